import Foundation

@testable import MemtopXen

/// A fake xenstored: a socket on which a test itself says, byte by byte, what memtop receives.
///
/// For one connection, to which whatever is sent before it is asked for waits in the socket.
final class FakeXenstored: @unchecked Sendable {
  private let directory = Fixture.temporaryDirectory()
  private let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
  private var connection: Int32 = -1

  private func listen() {
    let path = directory.appendingPathComponent("socket").path
    precondition(UnixAddress(path).use(listener, bind) && Foundation.listen(listener, 1) == 0)
    setenv("XENSTORED_PATH", path, 1)
  }

  /// A connection to it for reading.
  func reader() throws -> StoreConnection {
    listen()
    let reader = try StoreConnection(socketOnly: true)
    connection = accept(listener, nil, nil)
    return reader
  }

  /// A connection to it that asked for a watch.
  func watcher() throws -> WatchConnection {
    listen()
    let watcher = try WatchConnection(socketOnly: true)
    connection = accept(listener, nil, nil)
    try watcher.watch(StoreEvent.domains)
    return watcher
  }

  deinit {
    end()
    close(listener)
    try? FileManager.default.removeItem(at: directory)
  }

  func send(_ bytes: some Collection<UInt8>) {
    let bytes = Array(bytes)
    precondition(Foundation.send(connection, bytes, bytes.count, 0) == bytes.count)
  }

  /// Says nothing more, and goes on listening.
  func finish() { shutdown(connection, Int32(SHUT_WR)) }

  func end() {
    if connection >= 0 { close(connection) }
    connection = -1
  }

  /// What it was asked, and then its end: did memtop close the connection?
  func isLeft() -> Bool {
    var bytes = [UInt8](repeating: 0, count: 4096)
    var count = 0
    repeat {
      count = recv(connection, &bytes, bytes.count, Int32(MSG_DONTWAIT))
    } while count > 0
    return count == 0
  }
}

/// Messages as xenstored sends them (xen/io/xs_wire.h, struct xsd_sockmsg and xsd_sockmsg_type).
enum StoreMessage {
  static let list: UInt32 = 1
  static let watch: UInt32 = 4
  static let event: UInt32 = 15
  static let error: UInt32 = 16

  static func bytes(_ type: UInt32, _ payload: String, length: UInt32? = nil) -> [UInt8] {
    let payload = Array(payload.utf8)
    let head: [UInt32] = [type, 0, 0, length ?? UInt32(payload.count)]
    return head.flatMap { number in
      withUnsafeBytes(of: number) { Array($0) }
    } + payload
  }

  static let confirmation = bytes(watch, "OK\0")

  static func event(_ path: String) -> [UInt8] { bytes(event, "\(path)\0memtop\0") }
}
