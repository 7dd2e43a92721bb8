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
    if try database.number("SELECT count(*) FROM sqlite_schema") == 0 {
      throw DatabaseError(
        path, code: foreign, message: "is empty: nothing has been recorded into it yet")
    }
    guard try database.number("PRAGMA application_id") == Schema.applicationID else {
      throw DatabaseError(
        path, code: foreign, message: "is no recording of memtop's, but another database")
    }
    let version = try database.number("PRAGMA user_version") ?? 0
    guard version <= Schema.version else {
      throw DatabaseError(
        path, code: foreign,
        message: "was recorded by a newer memtop (format \(version); this one knows format "
          + "\(Schema.version)): use that one")
    }
  }

  /// Whether all tables are there that are read, and are tables.
  static func checkTables(_ database: Database) throws(DatabaseError) {
    for table in Schema.tableNames {
      let isThere = try database.number(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '\(table)'")
      guard isThere == 1 else {
        throw DatabaseError("read", code: damaged, message: "its table \(table) is missing")
      }
    }
  }
}
