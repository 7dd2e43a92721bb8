import MemtopCore

/// Whether a file's schema is a recording's, object by object.
///
/// The tables and the index that are read and written are just as memtop makes them; a later version
/// may have added columns (a name and a type), plain tables and indexes, and views, none of which is
/// used here. A recording has no triggers and no virtual tables.
struct SchemaCheck {
  /// Why it is none; nil where it is.
  static func problem(_ database: Database) throws(DatabaseError) -> Problem? {
    let statement = try database.prepare("SELECT type, name, sql FROM sqlite_schema")
    var check = SchemaCheck()
    while try statement.step() {
      let (type, name) = (statement.text(0) ?? "", statement.text(1) ?? "")
      let sql = words(statement.text(2) ?? "")
      if let problem = check.look(type, name, sql) { return problem }
    }
    return Schema.tables.keys.sorted().first { !check.found.contains($0) }.map {
      .damaged("its table \($0) is missing")
    }
  }

  enum Problem {
    case foreign(String)
    case damaged(String)
  }

  private var found: Set<String> = []

  private mutating func look(_ type: String, _ name: String, _ sql: String) -> Problem? {
    let shown = Identity.safe(name, 64)
    if let known = Schema.tables[name] {
      guard found.insert(name).inserted else { return .damaged("it has two tables \(name)") }
      if type != "table" || sql.hasPrefix("CREATE VIRTUAL") {
        return .foreign("its table \(name) is not a plain table")
      }
      return Self.isSame(sql, known) ? nil : .foreign("its table \(name) differs from memtop's")
    }
    switch type {
    case "table" where !sql.hasPrefix("CREATE TABLE "):
      return .foreign("it has a virtual table, \(shown)")
    case "table", "view": return nil
    case "index" where !Self.isPlainIndex(sql):
      return .foreign("it has an index that is not on plain columns, \(shown)")
    case "index": return nil
    default: return .foreign("it has a \(Identity.safe(type, 16)), \(shown)")
    }
  }

  /// With nothing added but columns without expressions.
  private static func isSame(_ sql: String, _ known: String) -> Bool {
    let known = words(known).dropLast()
    guard sql.hasPrefix(known) else { return false }
    let added = sql.dropFirst(known.count)
    return added == ")" || added.hasPrefix(",") && added.last == ")" && !added.contains("(")
  }

  /// Of columns, in SQLite's own spelling; an automatic one has no text.
  private static func isPlainIndex(_ sql: String) -> Bool {
    sql.isEmpty
      || sql.hasPrefix("CREATE INDEX ") && sql.last == ")" && sql.filter { $0 == "(" }.count == 1
  }

  /// One space between words, as ALTER TABLE and people lay them out otherwise.
  private static func words(_ sql: String) -> String {
    sql.split { $0.isWhitespace }.joined(separator: " ")
  }
}
