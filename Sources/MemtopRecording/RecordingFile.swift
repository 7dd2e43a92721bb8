import Glibc
import MemtopCore

/// A recording that is open for reading; somebody else may be writing it.
///
/// Nothing here holds a transaction between two calls, so that the writer's WAL can shrink.
public final class RecordingFile {
  /// As it was opened.
  public let path: String
  let database: Database
  let samples: SampleIndex
  let keyframes: KeyframeIndex
  let found = Damage()
  let lacksWAL: Bool
  /// What follows from the samples of sessions that do not say when something began and ended.
  private(set) lazy var derived = DerivedEvents(self)

  /// Opens a recording as it lies; else, where its directory cannot be written to and nobody writes it,
  /// as something that does not change; else a private copy of it and its WAL.
  ///
  /// A damaged file is opened as far as SQLite can read it; `damage` says what is missing.
  ///
  /// - Throws: `.foreign` where it is no memtop recording or a newer memtop's, `.damaged` where nothing of
  ///   it can be read, else `.system`.
  public init(_ path: String) throws(RecordingError) {
    self.path = path
    try RecordingPlace.requireReadable(path)
    lacksWAL = MissingWAL.isMissing(path)
    let unread = WALCheck.missing(path + "-wal")
    do throws(DatabaseError) {
      database = try Self.open(path, found)
      keyframes = try KeyframeIndex(database, found)
      samples = try SampleIndex(database, found)
      if let unread { found.note(unread) }
    } catch {
      throw error.code == Format.foreign
        ? RecordingError(.foreign, error.description) : Self.unreadable(error, path)
    }
  }

  /// Whether it is of several hosts.
  public var isOfSeveralHosts: Bool {
    let host = Identity.hostColumn("identity", database)
    let found = "SELECT 1 FROM identity WHERE \(host) IS NOT NULL LIMIT 1"
    return (try? database.count("SELECT count(*) FROM (\(found))")) ?? 0 > 0
  }

  private static func unreadable(_ error: DatabaseError, _ path: String) -> RecordingError {
    error.isNoDatabase ? .noRecording(path) : RecordingError(error, path)
  }

  private static func open(_ path: String, _ damage: Damage) throws(DatabaseError) -> Database {
    do throws(DatabaseError) {
      return try tried(path, .readOnly, damage)
    } catch  where error.isUnopenable {
      // What a writer left that was killed must be mended first, and whoever may not write cannot.
      guard PrivateCopy.parts(of: path).count > 1 else {
        return try tried(path, .immutable, damage)
      }
      return try PrivateCopy.opened(path) { copy throws(DatabaseError) in
        try tried(copy, .ownCopy, damage)
      }
    }
  }

  private static func tried(
    _ path: String, _ access: Database.Access, _ damage: Damage
  ) throws(DatabaseError) -> Database {
    do throws(DatabaseError) {
      return try checked(path, access, isTolerant: false)
    } catch  where error.isDamage && !error.isNoDatabase {
      let database = try checked(path, access, isTolerant: true)
      damage.note("SQLite finds damage (\(error))")
      return database
    }
  }

  private static func checked(_ path: String, _ access: Database.Access, isTolerant: Bool)
    throws(DatabaseError) -> Database
  {
    let database = try Database(path, access)
    database.wait(milliseconds: 2_000)
    if isTolerant { try database.tolerate() }
    try Format.check(database, path)
    database.permit(.reading)
    return database
  }

  /// The first and the last sample, on the recording's axis; nil while it holds none.
  public var range: ClosedRange<SteadyTime>? { samples.range }

  /// The first and the last sample by number; nil while it holds none.
  public var sampleIDs: ClosedRange<Int64>? { samples.ids }

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
  /// - Throws: `.damaged` or `.system`.
  public func refresh() throws(RecordingError) -> Bool {
    try reading { () throws(DatabaseError) in try samples.refresh() }
  }

  /// What the file says of itself: its sessions, the last of them last.
  ///
  /// - Throws: `.damaged` or `.system`.
  public func sessions() throws(RecordingError) -> [RecordingSession] {
    try reading { () throws(DatabaseError) in try RecordingSession.all(database) }
  }

  /// What was written about the sessions of these samples, oldest first.
  func notes(of ids: ClosedRange<Int64>) throws(RecordingError) -> [UsageReport.Note] {
    let sessions = try sessions()
    return sessions.indices.compactMap { place in
      let end = place + 1 < sessions.count ? sessions[place + 1].firstSample : .max
      let session = sessions[place]
      guard let note = session.note, !note.isEmpty, session.firstSample <= ids.upperBound,
        end > ids.lowerBound
      else { return nil }
      return UsageReport.Note(at: session.began, user: session.user, text: note)
    }
  }

  /// The latest note that was written about a session; nil where there is none.
  ///
  /// - Throws: `.damaged` or `.system`.
  public func lastNote() throws(RecordingError) -> UsageReport.Note? {
    try notes(of: 1...RowID.mostSamples).last
  }

  /// Does what reads the file; what SQLite says to it is told as the file's.
  func reading<T>(_ body: () throws(DatabaseError) -> T) throws(RecordingError) -> T {
    do throws(DatabaseError) {
      return try body()
    } catch {
      throw RecordingError(error, path)
    }
  }
}

/// One run of a memtop that recorded.
public struct RecordingSession: Hashable, Sendable {
  /// The number of its first sample.
  public var firstSample: Int64
  /// When it began, by the wall clock; 1970 where a damaged file does not say.
  public var began: WallTime
  /// How often it was to sample.
  public var interval: Span
  /// Which command recorded: "memtop", "memtop record" or "memtop dump".
  public var program: String
  /// The login name of who recorded; empty where that is not known.
  public var user: String
  /// What was written about it (`record --note`).
  public var note: String?

  static func all(_ database: Database) throws(DatabaseError) -> [RecordingSession] {
    let statement = try database.prepare(
      "SELECT first_sample, began, interval, program, user, note FROM session "
        + "WHERE first_sample > 0 ORDER BY first_sample")
    var sessions: [RecordingSession] = []
    while try statement.step() {
      func text(_ column: Int) -> String? {
        statement.text(column).map { Identity.safe($0, 200) }
      }
      sessions.append(
        RecordingSession(
          firstSample: statement.sample(0) ?? 0,
          began: statement.wallTime(1) ?? WallTime(milliseconds: 0),
          interval: Span(milliseconds: statement.interval(2) ?? SessionTime.usualInterval),
          program: text(3) ?? "",
          user: text(4) ?? "", note: text(5)))
    }
    return sessions
  }
}
