import CSQLite
import Foundation

enum Shell {
  struct Failed: Error { let status: Int32 }

  /// Runs a program that is found on the PATH, and waits for it.
  ///
  /// Not by Foundation's Process: what it closes for each child may by then belong to another test.
  static func run(_ program: String, _ arguments: String...) throws {
    let words = ([program] + arguments).map { "'\($0)'" }
    let status = system(words.joined(separator: " ") + " >/dev/null")
    guard status == 0 else { throw Failed(status: status) }
  }
}

/// A connection of somebody else's that holds a read transaction open.
final class HeldReader {
  private var handle: OpaquePointer?

  init(_ path: String) throws {
    guard sqlite3_open(path, &handle) == SQLITE_OK,
      sqlite3_exec(handle, "BEGIN; SELECT count(*) FROM sample", nil, nil, nil) == SQLITE_OK
    else { throw Shell.Failed(status: 1) }
  }

  func letGo() {
    sqlite3_exec(handle, "COMMIT", nil, nil, nil)
    sqlite3_close_v2(handle)
    handle = nil
  }
}
