import Glibc
import MemtopCore
import MemtopSystem
import XenBridge

/// A connection to xenstored; any call may block for as long as xenstored does.
///
/// Unchecked: whoever has it uses it on one thread at a time, or behind a lock.
package final class StoreConnection: @unchecked Sendable {
  /// The connection is of no more use.
  package struct Lost: Error, Hashable, Sendable, CustomStringConvertible {
    let attempt: String
    let error: Errno
    package var description: String { "\(attempt): \(error)" }
  }

  private let handle: OpaquePointer

  /// `socketOnly` refuses the kernel's device, on which calls block while xenstored is dead.
  package init(socketOnly: Bool) throws(Lost) {
    var error: Int32 = 0
    guard let handle = mt_store_open(socketOnly, &error) else {
      throw Self.unreachable(error)
    }
    self.handle = handle
  }

  static func unreachable(_ error: Int32) -> Lost {
    let socket = String(cString: mt_store_socket())
    return Lost(attempt: "cannot connect to xenstored at \(socket)", error: Errno(error))
  }

  deinit { mt_store_close(handle) }

  static var hasSocket: Bool { mt_store_has_socket() }

  /// Folders can be listed: not over the kernel's device.
  var canList: Bool { mt_store_can_list(handle) }

  /// Asks for a node's value, or for a list of what is below it, without waiting; nil where an answer
  /// must be taken first.
  ///
  /// The number is `answer`'s to tell which request it answers; it is below `window`.
  func ask(_ path: UnsafePointer<CChar>, list: Bool = false) throws(Lost) -> Int? {
    var error: Int32 = 0
    let request = mt_store_ask(handle, list, path, &error)
    if request >= 0 { return Int(request) }
    guard error == EAGAIN else {
      throw Lost(attempt: "cannot ask xenstore for \(String(cString: path))", error: Errno(error))
    }
    return nil
  }

  /// Requests that may be unanswered at once, at most.
  static let window = Int(MT_STORE_WINDOW)

  /// Waits for an answer, and calls `body` with its request's number and the bytes of the node, or
  /// with nil where there is none that can be read.
  func answer<T>(_ body: (Int, UnsafeRawBufferPointer?) -> T) throws(Lost) -> T {
    try answer { request, bytes, _ in body(request, bytes) }
  }

  /// The same; `body` is also told whether there is a list that is too long for an answer.
  func answer<T>(_ body: (Int, UnsafeRawBufferPointer?, Bool) -> T) throws(Lost) -> T {
    var request: Int32 = -1
    var length: UInt32 = 0
    var error: Int32 = 0
    guard let bytes = mt_store_answer(handle, &request, &length, &error) else {
      guard request >= 0, Self.concernsNodeOnly(error) else {
        throw Lost(attempt: "cannot read from xenstore", error: Errno(error))
      }
      return body(Int(request), nil, error == E2BIG)
    }
    return body(Int(request), UnsafeRawBufferPointer(start: bytes, count: Int(length)), false)
  }

  /// Is an answer here, so that taking it takes no time?
  var isAnswered: Bool { mt_store_is_answered(handle) }

  /// The text of a node of dom0's own, or nil where there is none; nothing else may be unanswered.
  func text(_ path: String) throws(Lost) -> String? {
    let request = try ask(path)
    precondition(request != nil, "another answer was not taken")
    return try answer { _, bytes in bytes.map { String(decoding: $0, as: UTF8.self) } }
  }

  package func write(_ path: String, _ value: [UInt8]) throws(Lost) {
    var error: Int32 = 0
    guard mt_store_write(handle, path, value, UInt32(value.count), &error) else {
      throw Lost(attempt: "cannot write \(path)", error: Errno(error))
    }
  }

  /// Writes a node that no guest can read or write; false where `directory` is gone, which is then not
  /// made anew.
  func writePrivate(_ path: String, below directory: String, _ value: [UInt8]) throws(Lost) -> Bool
  {
    var error: Int32 = 0
    let count = UInt32(value.count)
    if mt_store_write_private(handle, directory, path, value, count, &error) { return true }
    guard error == ENOENT else { throw Lost(attempt: "cannot write \(path)", error: Errno(error)) }
    return false
  }

  package func remove(_ path: String) throws(Lost) {
    var error: Int32 = 0
    guard mt_store_remove(handle, path, &error) || error == ENOENT else {
      throw Lost(attempt: "cannot remove \(path)", error: Errno(error))
    }
  }

  /// xenstored's answers about one node (xs_wire.h, xsd_errors); all else is the connection's.
  private static func concernsNodeOnly(_ error: Int32) -> Bool {
    switch error {
    case ENOENT, EACCES, EPERM, EIO, E2BIG: true
    default: false
    }
  }
}

/// The coming and going of the two connections: one to read on, one for the watch.
struct StoreLink {
  private static let firstDelay = Span.seconds(1)
  private static let longestDelay = Span.seconds(30)

  private let watch: StoreWatch
  private var reader: StoreConnection?
  private var lost: StoreConnection.Lost?
  private var delay = firstDelay
  private var retryAt: SteadyTime?
  /// Once a socket was used, its absence means that xenstored is down, not that it is elsewhere.
  private var usesSocket = false

  init(watch: StoreWatch) { self.watch = watch }

  /// The connection to read on, opened where it is time to; nil while waiting to try again.
  mutating func connection(at now: SteadyTime) throws(StoreConnection.Lost) -> StoreConnection? {
    if let reader, watch.isOpen { return reader }
    if let retryAt, now < retryAt { return nil }
    usesSocket = usesSocket || StoreConnection.hasSocket
    let connection = try openReader()
    try watch.open(socketOnly: usesSocket)
    lost = nil
    retryAt = nil
    delay = Self.firstDelay
    return connection
  }

  private mutating func openReader() throws(StoreConnection.Lost) -> StoreConnection {
    if let reader { return reader }
    let connection = try StoreConnection(socketOnly: usesSocket)
    reader = connection
    return connection
  }

  /// Gives up both connections, and waits longer each time before the next try.
  mutating func lose(_ error: StoreConnection.Lost, at now: SteadyTime) {
    watch.close()
    reader = nil
    lost = error
    retryAt = now + delay
    delay = min(delay * 2, Self.longestDelay)
  }

  /// One line, or nil while all is well.
  func problem(at now: SteadyTime) -> String? {
    guard let lost, let retryAt else { return nil }
    let seconds = max(.zero, retryAt - now + Span(milliseconds: 999)).wholeSeconds
    return "\(lost); showing the last values, next try in \(seconds) s"
  }
}
