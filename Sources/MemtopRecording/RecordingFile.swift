import Glibc
import MemtopCore

/// A recording that is open for reading; somebody else may be writing it.
///
/// Nothing here holds a transaction between two calls, so that the writer's WAL can shrink.
public final class RecordingFile {
  public let path: String
  let database: Database
  /// Where the file cannot be read as it lies: a copy that goes with this object.
  private let copy: PrivateCopy?
  let samples: SampleIndex

  /// Opens a recording as it lies; else, where its directory cannot be written to and nobody writes it,
  /// as something that does not change; else a private copy of it and its WAL.
  public init(_ path: String) throws(RecordingError) {
    self.path = path
    guard access(path, F_OK) == 0 else {
      throw RecordingError(.system, "cannot open \(path): \(errorText(errno))")
    }
    guard access(path, R_OK) == 0 else {
      throw RecordingError(.system, "cannot read \(path): \(errorText(errno))")
    }
    do throws(DatabaseError) {
      (database, copy) = try Self.open(path)
      samples = try SampleIndex(database)
    } catch {
      throw error.code == Format.foreign
        ? RecordingError(.foreign, error.description) : Self.unreadable(error, path)
    }
  }

  private static func unreadable(_ error: DatabaseError, _ path: String) -> RecordingError {
    error.isNoDatabase ? .noRecording(path) : RecordingError(error, path)
  }

  private static func open(_ path: String) throws(DatabaseError) -> (Database, PrivateCopy?) {
    do throws(DatabaseError) {
      return (try tried(path, .readOnly), nil)
    } catch  where error.isUnopenable {
      var status = stat()
      let hasWAL = stat(path + "-wal", &status) == 0 && status.st_size > 0
      guard hasWAL else { return (try tried(path, .immutable), nil) }
      let copy = try PrivateCopy(path)
      return (try tried(copy.path, .readWrite), copy)
    }
  }

  private static func tried(_ path: String, _ access: Database.Access) throws(DatabaseError)
    -> Database
  {
    let database = try Database(path, access)
    database.wait(milliseconds: 2_000)
    try Format.check(database, path)
    return database
  }

  /// The first and the last sample, on the recording's axis; nil while it holds none.
  public var range: ClosedRange<SteadyTime>? { samples.range }

  /// When the first and the last sample were taken, by the wall clock.
  public var wallRange: ClosedRange<WallTime>? {
    samples.ids.map { ids in
      let (first, last) = (samples.wall(ids.lowerBound), samples.wall(ids.upperBound))
      return min(first, last)...max(first, last)
    }
  }

  /// Looks whether somebody has written more, or taken away what was old.
  ///
  /// - Returns: whether the samples are others now.
  public func refresh() throws(RecordingError) -> Bool {
    do throws(DatabaseError) {
      return try samples.refresh()
    } catch {
      throw RecordingError(error, path)
    }
  }

  /// What the file says of itself: its sessions, the last of them last.
  public func sessions() throws(RecordingError) -> [RecordingSession] {
    do throws(DatabaseError) {
      return try RecordingSession.all(database)
    } catch {
      throw RecordingError(error, path)
    }
  }
}

/// One run of a memtop that recorded.
public struct RecordingSession: Hashable, Sendable {
  public var firstSample: Int64
  public var began: WallTime
  public var interval: Span
  public var program: String
  public var user: String
  public var note: String?

  static func all(_ database: Database) throws(DatabaseError) -> [RecordingSession] {
    let statement = try database.prepare(
      "SELECT first_sample, began, interval, program, user, note FROM session ORDER BY first_sample"
    )
    var sessions: [RecordingSession] = []
    while try statement.step() {
      func text(_ column: Int) -> String? {
        statement.text(column).map { Identity.safe($0, 200) }
      }
      sessions.append(
        RecordingSession(
          firstSample: statement.number(0) ?? 0,
          began: WallTime(milliseconds: statement.number(1) ?? 0),
          interval: Span(milliseconds: statement.number(2) ?? 1000), program: text(3) ?? "",
          user: text(4) ?? "", note: text(5)))
    }
    return sessions
  }
}

/// A copy of a database and its WAL in the directory for temporary files; removed with this object.
final class PrivateCopy {
  let path: String
  private let directory: String

  init(_ original: String) throws(DatabaseError) {
    let root = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(root)/memtop-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw DatabaseError(
        "\(original) must be copied to be read", code: Format.foreign,
        message: "no directory can be made in \(root): \(errorText(errno))")
    }
    directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    path = directory + "/recording"
    try Self.copy(original, path)
    try Self.copy(original + "-wal", path + "-wal")
  }

  deinit {
    for end in ["", "-wal", "-shm", "-journal"] { unlink(path + end) }
    rmdir(directory)
  }

  private static func copy(_ from: String, _ to: String) throws(DatabaseError) {
    let source = open(from, O_RDONLY | O_CLOEXEC)
    defer { if source >= 0 { close(source) } }
    let target = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    defer { if target >= 0 { close(target) } }
    var copied = source >= 0 && target >= 0 ? 1 : -1
    while copied > 0 { copied = sendfile(target, source, nil, 1 << 24) }
    guard copied == 0 else {
      throw DatabaseError(
        "\(from) must be copied to be read", code: Format.foreign,
        message: "copying it to \(to) failed: \(errorText(errno))")
    }
  }
}
