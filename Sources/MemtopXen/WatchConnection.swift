import Glibc
import MemtopCore
import MemtopSystem
import XenBridge

/// A connection to xenstored that brings the events of some watches and does nothing else.
///
/// Unchecked: whoever has it uses it on one thread at a time, or behind a lock.
final class WatchConnection: @unchecked Sendable {
  typealias Lost = StoreConnection.Lost

  private let handle: OpaquePointer

  /// As `StoreConnection.init`.
  init(socketOnly: Bool) throws(Lost) {
    var error: Int32 = 0
    guard let handle = mt_watch_open(socketOnly, &error) else {
      throw StoreConnection.unreachable(error)
    }
    self.handle = handle
  }

  deinit { mt_watch_close(handle) }

  /// Readable when events wait; tells of xenstored's death where there is a socket.
  var descriptor: Int32 { mt_watch_fd(handle) }

  /// Asks for a watch; `confirm` waits for it.
  func watch(_ path: StaticString) throws(Lost) {
    var error: Int32 = 0
    let start = UnsafeRawPointer(path.utf8Start).assumingMemoryBound(to: CChar.self)
    guard mt_watch_add(handle, start, &error) else {
      throw Lost(attempt: "cannot watch \(path)", error: Errno(error))
    }
  }

  /// Waits until xenstored has confirmed every watch, and calls `body` with the path of each event
  /// that comes before.
  func confirm(_ body: (UnsafePointer<CChar>) -> Void) throws(Lost) {
    var error: Int32 = 0
    while let path = mt_watch_confirm(handle, &error) { body(path) }
    try requireDrained(error)
  }

  /// Calls `body` with the path of each waiting event, at most `limit`; returns how many there were.
  func drain(limit: Int, _ body: (UnsafePointer<CChar>) -> Void) throws(Lost) -> Int {
    var error: Int32 = 0
    for count in 0..<limit {
      guard let path = mt_watch_next(handle, &error) else {
        try requireDrained(error)
        return count
      }
      body(path)
    }
    return limit
  }

  private func requireDrained(_ error: Int32) throws(Lost) {
    guard error != EAGAIN else { return }
    let isClosed = error == ECONNRESET
    let attempt = isClosed ? "xenstored closed the watch" : "cannot watch xenstore"
    throw Lost(attempt: attempt, error: Errno(error))
  }
}
