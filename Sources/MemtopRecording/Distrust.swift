import CSQLite
import Glibc
import MemtopCore

/// What a connection is kept from: a recording may come from anybody, and its schema is a program.
enum Distrust {
  /// What is done with a recording.
  enum Rights {
    case reading, writing
  }

  /// Nothing in the file is longer than a mebibyte, there are no virtual tables of any kind, neither
  /// triggers nor views are run, the cells of pages are looked at before they are used, and a signal
  /// ends what takes long (sqlite.org/security.html).
  static func limit(_ handle: OpaquePointer) {
    for (what, most) in limits { sqlite3_limit(handle, what, most) }
    for (option, on) in switches { cs_switch(handle, option, on) }
    sqlite3_drop_modules(handle, nil)
    sqlite3_exec(handle, "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0", nil, nil, nil)
    sqlite3_progress_handler(handle, 100_000, { _ in Distrust.isEndWanted ? 1 : 0 }, nil)
  }

  private static let limits: [(Int32, Int32)] = [
    (SQLITE_LIMIT_LENGTH, 1 << 20), (SQLITE_LIMIT_SQL_LENGTH, 100_000),
    (SQLITE_LIMIT_EXPR_DEPTH, 100), (SQLITE_LIMIT_ATTACHED, 0),
    (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50), (SQLITE_LIMIT_TRIGGER_DEPTH, 1),
  ]

  private static let switches: [(Int32, Int32)] = [
    (SQLITE_DBCONFIG_DEFENSIVE, 1), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
    (SQLITE_DBCONFIG_ENABLE_TRIGGER, 0), (SQLITE_DBCONFIG_ENABLE_VIEW, 0),
    (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0), (SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0),
  ]

  /// `PRAGMA writable_schema` is refused as long as this is on.
  static func tolerate(_ handle: OpaquePointer) {
    cs_switch(handle, SQLITE_DBCONFIG_DEFENSIVE, 0)
  }

  /// A signal that ends programs waits: it is blocked, for whoever polls for it, who is kept from that.
  static var isEndWanted: Bool {
    var pending = sigset_t()
    sigpending(&pending)
    return ending.contains { sigismember(&pending, $0) == 1 }
  }

  private static let ending = [SIGTERM, SIGINT, SIGHUP, SIGQUIT]

  /// Lets the signals that end programs wait; `isEndWanted` tells of them.
  ///
  /// - Returns: which signals waited before, for `letSignals`.
  static func holdSignals() -> sigset_t {
    var (held, before) = (sigset_t(), sigset_t())
    sigemptyset(&held)
    for signal in ending { sigaddset(&held, signal) }
    pthread_sigmask(SIG_BLOCK, &held, &before)
    return before
  }

  static func letSignals(_ before: sigset_t) {
    var before = before
    pthread_sigmask(SIG_SETMASK, &before, nil)
  }

  static func permit(_ rights: Rights, _ handle: OpaquePointer) {
    switch rights {
    case .reading:
      sqlite3_set_authorizer(handle, { Distrust.verdict($1, $2, $3, $5, [SQLITE_SELECT]) }, nil)
    case .writing:
      sqlite3_set_authorizer(
        handle,
        {
          Distrust.verdict(
            $1, $2, $3, $5, [SQLITE_SELECT, SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE])
        }, nil)
    }
  }

  private static let functions: Set = ["max", "min", "count", "strftime"]

  /// - Parameters:
  ///   - object: the table, pragma or function; functions stand in `other`.
  ///   - inside: the trigger or view that wants it: nothing is done for those.
  private static func verdict(
    _ action: Int32, _ object: UnsafePointer<CChar>?, _ other: UnsafePointer<CChar>?,
    _ inside: UnsafePointer<CChar>?, _ allowed: [Int32]
  ) -> Int32 {
    guard inside == nil else { return SQLITE_DENY }
    let isAllowed =
      switch action {
      case SQLITE_READ, SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE:
        (action == SQLITE_READ || allowed.contains(action)) && isKnown(object, action)
      case SQLITE_FUNCTION: other.map { functions.contains(String(cString: $0)) } ?? false
      case SQLITE_SELECT, SQLITE_TRANSACTION, SQLITE_PRAGMA: true
      default: false
      }
    return isAllowed ? SQLITE_OK : SQLITE_DENY
  }

  private static func isKnown(_ table: UnsafePointer<CChar>?, _ action: Int32) -> Bool {
    guard let table else { return false }
    let name = String(cString: table)
    return Schema.tables[name] != nil
      || action == SQLITE_READ && ["sqlite_master", "sqlite_schema"].contains(name)
  }
}

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
