/// Whether a database is a recording that this memtop reads.
enum Format {
  /// The code of the errors made here; none of SQLite's.
  static let foreign: Int32 = -1

  static func check(_ database: Database, _ path: String) throws(DatabaseError) {
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
}
