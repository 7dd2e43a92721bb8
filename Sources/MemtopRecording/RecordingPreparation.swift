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
    if try database.count("SELECT count(*) FROM sqlite_schema") == 0 {
      try database.run(Schema.preparation)
      try database.transaction { () throws(DatabaseError) in try database.run(Schema.creation) }
    }
    try Format.check(database, path)
    // Before `permit`: it allows no ALTER.
    for (table, column) in Schema.laterColumns where !database.has(column, in: table) {
      try database.run("ALTER TABLE \(table) ADD COLUMN \(column) INTEGER")
    }
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

  static func taken(_ path: String) -> RecordingError {
    let name = (try? recorder(path)) ?? "another memtop"
    return RecordingError(
      .taken, "\(path) is in use by \(name); choose another file")
  }
}
