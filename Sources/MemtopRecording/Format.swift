import CSQLite

/// Whether a database is a recording that this memtop reads.
enum Format {
  /// The code of the errors made here; none of SQLite's.
  static let foreign: Int32 = -1
  static let uncopied: Int32 = -2
  static let replaced: Int32 = -3
  /// Has the low byte of SQLite's own code for damage.
  static let damaged = SQLITE_CORRUPT | 0x7F00

  static func check(_ database: Database, _ path: String) throws(DatabaseError) {
    if try database.count("SELECT count(*) FROM sqlite_schema") == 0 {
      throw DatabaseError(
        path, code: foreign, message: "is empty: nothing has been recorded yet")
    }
    guard try database.count("PRAGMA application_id") == Schema.applicationID else {
      throw DatabaseError(
        path, code: foreign, message: "is not a memtop recording, but another database")
    }
    let version = try database.count("PRAGMA user_version") ?? 0
    guard version <= Schema.version else {
      throw DatabaseError(
        path, code: foreign,
        message: "was recorded by a newer memtop (format \(version); this one knows format "
          + "\(Schema.version)): use that one")
    }
    switch try SchemaCheck.problem(database) {
    case nil: break
    case .damaged(let why): throw DatabaseError("cannot read", code: damaged, message: why)
    case .foreign(let why):
      throw DatabaseError(path, code: foreign, message: "is not a memtop recording: \(why)")
    }
  }
}
