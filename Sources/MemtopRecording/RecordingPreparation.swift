import Glibc
import MemtopCore

/// How a recording is opened for writing: what is made of a new file, and what is said where it is not
/// one to go on with.
extension RecordingWriter {
  static func explained(_ error: DatabaseError, _ path: String) -> RecordingError {
    // What was found wrong with the file is told as it is.
    if error.code == Format.foreign { return RecordingError(.foreign, error.description) }
    if error.isBusy {
      return RecordingError(.system, "another program holds \(path) locked; try again")
    }
    return error.isNoDatabase ? .noRecording(path) : RecordingError(error, path)
  }

  static func prepare(_ database: Database, _ path: String) throws(DatabaseError) {
    // Another program may look at it; one that holds it for longer is told of.
    database.wait(milliseconds: 2_000)
    let isNew = try database.count("SELECT count(*) FROM sqlite_schema") == 0
    if isNew {
      try database.run(Schema.preparation)
    } else {
      try Format.check(database, path)
    }
    // Before `permit`: it allows no ALTER.
    try makeTables(database, isNew: isNew)
    if isNew { try Format.check(database, path) }
    database.permit(.writing)
    // One begun by an earlier memtop knows fewer kinds of events.
    if let known = try? database.count("SELECT count(*) FROM event_kind"),
      known < Schema.eventKinds.count
    {
      for words in Schema.eventKinds { try database.run(words) }
    }
    try database.run("PRAGMA journal_mode = WAL")
    try database.run("PRAGMA synchronous = NORMAL")
    try database.run("PRAGMA cache_size = -512")
  }

  /// In one transaction, since each waits for the disk.
  private static func makeTables(_ database: Database, isNew: Bool) throws(DatabaseError) {
    let missing = Schema.laterColumns.filter { isNew || !database.has($0.column, in: $0.table) }
    guard !missing.isEmpty else { return }
    try database.transaction { () throws(DatabaseError) in
      if isNew { try database.run(Schema.creation) }
      for (table, column) in missing {
        let type = Schema.laterTexts.contains(column) ? "TEXT" : "INTEGER"
        try database.run("ALTER TABLE \(table) ADD COLUMN \(column) \(type)")
      }
    }
  }

  static func lastSample(_ database: Database) throws(DatabaseError) -> Int64 {
    let statement = try database.prepare("SELECT id FROM sample ORDER BY id DESC LIMIT 1")
    guard try statement.step() else { return 0 }
    guard let last = statement.sample(0), last < RowID.mostSamples - 1 else {
      throw DatabaseError(
        "cannot continue the recording", code: Format.damaged,
        message: "its last sample has no number")
    }
    return last
  }

  private static func recorder(_ path: String) throws(DatabaseError) -> String? {
    let database = try Database(path, .readOnly)
    database.permit(.reading)
    return try database.text(
      "SELECT program || ' of ' || user FROM session ORDER BY id DESC LIMIT 1"
    ).map { Identity.safe($0, 100) }
  }

  static func lost(_ path: String) -> RecordingError {
    RecordingError(
      .system, "\(path) was closed, removed or replaced during the recording")
  }

  static func taken(_ path: String) -> RecordingError {
    let name = (try? recorder(path)) ?? "another memtop"
    return RecordingError(
      .taken, "\(path) is in use by \(name); choose another file")
  }
}

/// Sees to it that one memtop at a time records into a file.
///
/// flock(2), which goes with the process, on a descriptor of its own: SQLite's own locks (fcntl) would
/// be lost when that descriptor is closed, so it must outlive the database connection.
final class WriterLock {
  private let descriptor: Int32

  /// Creates the file where there is none; nil is held by another.
  ///
  /// - Parameter isNew: the file must not be there yet.
  init?(_ path: String, isNew: Bool) throws(RecordingError) {
    let descriptor = try RecordingPlace.open(path, isNew: isNew)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let error = errno
      close(descriptor)
      if error == EWOULDBLOCK { return nil }
      throw RecordingError(.system, "cannot lock \(path): \(errorText(error))")
    }
    self.descriptor = descriptor
  }

  deinit {
    // A child that is being started may have the descriptor, too, until its program is loaded.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  /// Whether the file that is locked is still the one of this name.
  func isFile(_ path: String) -> Bool {
    var (locked, named) = (stat(), stat())
    return fstat(descriptor, &locked) == 0 && lstat(path, &named) == 0
      && locked.st_dev == named.st_dev && locked.st_ino == named.st_ino
  }
}

func errorText(_ code: Int32) -> String { String(cString: strerror(code)) }

/// How a recording is kept.
package struct RecordingOptions: Hashable, Sendable {
  /// What is older than this is forgotten; nil keeps all.
  package var keep: Span?
  /// Database and WAL together stay below this; nil is no limit.
  package var maxSize: Bytes?
  /// What a power failure can cost, at most: how often the disk is made to have it.
  package var sync: Span
  /// Between samples, for whoever reads the file.
  package var interval: Span
  /// "memtop record", and whose it is.
  package var program: String
  package var user: String
  package var note: String?

  package static let defaultSync = Span.seconds(5)
  /// A keyframe of a thousand domains and a WAL need room beside each other.
  package static let leastMaxSize = Bytes.mib(2)

  package init(
    keep: Span? = nil, maxSize: Bytes? = nil, sync: Span = defaultSync,
    interval: Span = .seconds(1), program: String = "memtop", user: String = "", note: String? = nil
  ) {
    self.keep = keep
    self.maxSize = maxSize
    self.sync = sync
    self.interval = interval
    self.program = program
    self.user = user
    self.note = note
  }
}

extension RecordingWriter {
  /// What became of a sample.
  package enum Outcome: Hashable, Sendable {
    case written
    /// Not written, and why: somebody holds the file locked, or their long look at it keeps its WAL
    /// from shrinking below the limit.
    case skipped(String)
  }
  /// Adds a snapshot of which there is no other: what can be skipped from now and then is an error here.
  func appendSurely(_ snapshot: Snapshot) throws(RecordingError) {
    guard case .skipped(let why) = try append(snapshot) else { return }
    throw RecordingError(.system, "\(path) is not written: \(why)")
  }
}
