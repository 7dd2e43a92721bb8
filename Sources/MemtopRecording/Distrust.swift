import CSQLite
import Glibc

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
    return [SIGTERM, SIGINT, SIGHUP, SIGQUIT].contains { sigismember(&pending, $0) == 1 }
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
