import CSQLite
import Glibc
import MemtopCore

/// What SQLite said to a call: what was tried, and why it failed.
package struct DatabaseError: Error, Hashable, Sendable, CustomStringConvertible {
  /// SQLite's extended result code (sqlite.org/rescode.html).
  package let code: Int32
  /// What the system said to SQLite, as errno has it; 0 where it was not the system that refused.
  package let system: Int32
  package let description: String

  /// - Parameter message: a damaged file has its own words in SQLite's: they are made safe to print.
  init(_ attempt: String, code: Int32, system: Int32 = 0, message: String) {
    self.code = code
    self.system = system
    let reason = system == 0 ? "" : " (\(errorText(system)))"
    description = "\(attempt): \(Identity.safe(message, 300))\(reason)"
  }

  /// The code without its details: `SQLITE_FULL`, `SQLITE_CORRUPT`, …
  package var primary: Int32 { code & 0xFF }

  /// The file holds what cannot be: it was damaged, or is no database. That what is always there
  /// is not, or is otherwise, means the same.
  package var isDamage: Bool {
    [
      SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_ERROR, SQLITE_CONSTRAINT, SQLITE_MISMATCH,
      SQLITE_TOOBIG,
    ].contains(primary)
  }
}

/// One connection to an SQLite database; the one place where SQLite's API is met.
///
/// Unchecked: whoever has it uses it on one thread at a time.
final class Database: @unchecked Sendable {
  enum Access {
    /// The file is there, and is not a link that leads elsewhere.
    case readWrite
    case readOnly
    /// For reading what is one's own: SQLite may mend it first.
    case ownCopy
    /// Nobody else has the file open for writing, and nothing is left in a WAL.
    case immutable
  }

  private let handle: OpaquePointer

  init(_ path: String, _ access: Access) throws(DatabaseError) {
    let flags =
      switch access {
      case .readWrite: SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW
      case .readOnly: SQLITE_OPEN_READONLY
      case .ownCopy: SQLITE_OPEN_READWRITE
      case .immutable: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
      }
    let name =
      switch access {
      case .readWrite: Self.inRealDirectory(path)
      case .readOnly, .ownCopy: Self.safe(path)
      case .immutable: Self.immutableURI(path)
      }
    var handle: OpaquePointer?
    let code = sqlite3_open_v2(name, &handle, flags | SQLITE_OPEN_NOMUTEX, nil)
    guard let handle else {
      throw DatabaseError("cannot open", code: code, message: "out of memory")
    }
    guard code == SQLITE_OK else {
      defer { sqlite3_close_v2(handle) }
      throw Self.error("cannot open", handle)
    }
    sqlite3_extended_result_codes(handle, 1)
    // Else what SQLite sorts could come to lie in /var/tmp.
    sqlite3_exec(handle, "PRAGMA temp_store = MEMORY", nil, nil, nil)
    self.handle = handle
    Distrust.limit(handle)
  }

  /// Goes on where the schema is damaged or the file is shorter than it says; only for reading.
  func tolerate() throws(DatabaseError) {
    Distrust.tolerate(handle)
    try run("PRAGMA writable_schema = ON")
  }

  /// From here on only this is done, whatever the file's schema says.
  func permit(_ rights: Distrust.Rights) { Distrust.permit(rights, handle) }

  /// Ends where a signal that ends programs waits: what is asked many times in a loop asks this, too.
  func heedSignals() throws(DatabaseError) {
    guard Distrust.isEndWanted else { return }
    throw DatabaseError.interruption
  }

  /// How many numbers were no such thing, or beyond all bounds (`Statement`).
  private(set) var refusals = 0
  func refuse() { refusals += 1 }

  deinit { sqlite3_close_v2(handle) }

  /// A file may be named like one of SQLite's own names: ":memory:", "file:…".
  private static func safe(_ path: String) -> String { path.hasPrefix("/") ? path : "./" + path }

  /// SQLite would refuse links to directories, too, which are the operator's own.
  private static func inRealDirectory(_ path: String) -> String {
    let slash = path.lastIndex(of: "/")
    let directory = slash.map { path[...$0] } ?? "."
    guard let real = realpath(String(directory), nil) else { return safe(path) }
    defer { free(real) }
    return String(cString: real) + "/" + path[(slash.map(path.index(after:)) ?? path.startIndex)...]
  }

  private static func immutableURI(_ path: String) -> String {
    var uri = "file:"
    for byte in safe(path).utf8 {
      switch byte {
      case UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "%"):
        uri += "%" + String(byte, radix: 16)
      default: uri.unicodeScalars.append(Unicode.Scalar(byte))
      }
    }
    return uri + "?immutable=1"
  }

  /// Waits for so long where another connection holds a lock.
  func wait(milliseconds: Int32) { sqlite3_busy_timeout(handle, milliseconds) }

  /// Runs statements that give nothing back.
  func run(_ sql: String) throws(DatabaseError) {
    errno = 0
    guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else {
      throw Self.error(Self.opening(of: sql), handle)
    }
  }

  func prepare(_ sql: String) throws(DatabaseError) -> Statement {
    var statement: OpaquePointer?
    guard
      sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        == SQLITE_OK, let statement
    else { throw Self.error(Self.opening(of: sql), handle) }
    return Statement(statement, of: self)
  }

  /// Whether a table has this column: recordings of earlier versions lack some.
  func has(_ column: String, in table: String) -> Bool {
    (try? prepare("SELECT \(column) FROM \(table)")) != nil
  }

  /// `key` and `columns` as they can be selected from a table of a recording, however old: NULL for those of
  /// `later` that it lacks.
  func selection(_ key: String, _ columns: [String], later: [String], of table: String) -> String {
    let present = columns.map { !later.contains($0) || has($0, in: table) ? $0 : "NULL" }
    return ([key] + present).joined(separator: ", ")
  }

  /// The first column of the first row as a count of something, or a sample's number; nil where there
  /// is no row, or a NULL.
  func count(_ sql: String) throws(DatabaseError) -> Int64? {
    let statement = try prepare(sql)
    return try statement.step() ? statement.count(0) : nil
  }

  func sample(_ sql: String) throws(DatabaseError) -> Int64? {
    let statement = try prepare(sql)
    return try statement.step() ? statement.sample(0) : nil
  }

  func text(_ sql: String) throws(DatabaseError) -> String? {
    let statement = try prepare(sql)
    return try statement.step() ? statement.text(0) : nil
  }

  /// Runs `body` in one transaction; where it throws, nothing of it was done.
  func transaction<T>(_ kind: String = "IMMEDIATE", _ body: () throws(DatabaseError) -> T)
    throws(DatabaseError) -> T
  {
    try run("BEGIN \(kind)")
    do throws(DatabaseError) {
      let result = try body()
      try run("COMMIT")
      return result
    } catch {
      // SQLite may have rolled it back already.
      try? run("ROLLBACK")
      throw error
    }
  }

  /// Rows that the last statement inserted, changed or deleted.
  var changes: Int { Int(sqlite3_changes64(handle)) }

  func error(_ attempt: String) -> DatabaseError { Self.error(attempt, handle) }

  private static func error(_ attempt: String, _ handle: OpaquePointer) -> DatabaseError {
    let last = errno
    let code = sqlite3_extended_errcode(handle)
    let isSystem = [SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_FULL].contains(code & 0xFF)
    // SQLite does not keep it where a COMMIT fails.
    let kept = sqlite3_system_errno(handle)
    return DatabaseError(
      attempt, code: code, system: isSystem ? (kept != 0 ? kept : last) : 0,
      message: String(cString: sqlite3_errmsg(handle)))
  }

  private static func opening(of sql: String) -> String {
    sql.split(separator: " ", maxSplits: 3).prefix(3).joined(separator: " ")
  }
}

extension DatabaseError {
  /// The file is no SQLite database at all.
  var isNoDatabase: Bool { primary == SQLITE_NOTADB }
  /// The file, or what must lie beside it, cannot be opened or created.
  var isUnopenable: Bool { primary == SQLITE_CANTOPEN || primary == SQLITE_READONLY }
  /// Another connection holds a lock.
  var isBusy: Bool { primary == SQLITE_BUSY || primary == SQLITE_LOCKED }
  /// There is no room left on the disk, or for the user, or for the process.
  var isFull: Bool { primary == SQLITE_FULL || [ENOSPC, EDQUOT, EFBIG].contains(system) }
  static var interruption: DatabaseError {
    DatabaseError("stopped", code: SQLITE_INTERRUPT, message: "interrupted by a signal")
  }
  /// A signal that ends programs came meanwhile.
  var isInterruption: Bool { primary == SQLITE_INTERRUPT }
  /// What was asked for cannot be read, but something else may be: the file is damaged there, or
  /// the disk is.
  var isLoss: Bool { isDamage || primary == SQLITE_IOERR }
}
