import Foundation
import Synchronization

/// A socket between a program and a real xenstored, at which a test sees each request before xenstored
/// does, and decides what becomes of it.
final class StoreProxy: @unchecked Sendable {
  /// What becomes of a request.
  enum Fate: Hashable, Sendable {
    case passedOn
    /// The program is told this error in place of an answer.
    case refused(String)
    /// The program is told what no xenstored says, and then loses its connection.
    case garbled
    case hungUp
    /// The program is killed before xenstored has the request, or after it has answered.
    case killed
    case answeredAndKilled
  }

  struct Request: Sendable {
    /// Of all that were made, from 0.
    var number: Int
    /// xs_wire.h, xsd_sockmsg_type.
    var type: UInt32
    var path: String
  }

  let path: String
  private let target: String
  private let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
  private let count = Mutex(0)
  private let decide: @Sendable (Request) -> Fate

  init(before xenstored: Xenstored, _ decide: @escaping @Sendable (Request) -> Fate) throws {
    path = xenstored.directory.appendingPathComponent("proxy-\(UUID().uuidString.prefix(8))").path
    target = xenstored.socket
    self.decide = decide
    guard UnixAddress(path).use(listener, bind), listen(listener, 8) == 0 else {
      throw Unexpected(description: "cannot listen at \(path)")
    }
    Thread.detachNewThread { [self] in
      while case let client = accept(listener, nil, nil), client >= 0 {
        Thread.detachNewThread { [self] in serve(client) }
      }
    }
  }

  /// No program is served from now on.
  func end() { shutdown(listener, Int32(SHUT_RDWR)) }

  private func serve(_ client: Int32) {
    let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer {
      close(server)
      close(client)
    }
    guard UnixAddress(target).use(server, connect) else { return }
    let hasAnswered = DispatchSemaphore(value: 0)
    let hasEnded = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      while let message = Message(from: server), message.send(to: client) {
        if message.head[0] != StoreMessage.event { hasAnswered.signal() }
      }
      shutdown(client, Int32(SHUT_RDWR))
      hasEnded.signal()
    }
    // One at a time: what is asked together is answered one after the other.
    while let message = Message(from: client), pass(message, client, server, hasAnswered) {}
    shutdown(server, Int32(SHUT_RDWR))
    shutdown(client, Int32(SHUT_RDWR))
    hasEnded.wait()
  }

  /// - Returns: whether the connection goes on.
  private func pass(
    _ message: Message, _ client: Int32, _ server: Int32, _ hasAnswered: DispatchSemaphore
  ) -> Bool {
    let number = count.withLock { count in
      defer { count += 1 }
      return count
    }
    switch decide(Request(number: number, type: message.head[0], path: message.path)) {
    case .passedOn:
      guard message.send(to: server) else { return false }
      return hasAnswered.wait(timeout: .now() + 60) == .success
    case .refused(let error): return message.refusal(error).send(to: client)
    case .garbled:
      _ = Message(head: [0x4242_4242, 0x4242_4242, 7, 3], payload: [1, 2, 3]).send(to: client)
      return false
    case .hungUp: return false
    case .killed:
      Self.kill(client)
      return false
    case .answeredAndKilled:
      // It is stopped meanwhile, so that it does nothing with the answer.
      Self.stop(client)
      if message.send(to: server) { _ = hasAnswered.wait(timeout: .now() + 60) }
      Self.kill(client)
      return false
    }
  }

  private static func process(_ client: Int32) -> pid_t {
    // struct ucred: pid, uid, gid.
    var peer: [pid_t] = [0, 0, 0]
    var size = socklen_t(12)
    getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &size)
    precondition(peer[0] > 1)
    return peer[0]
  }

  private static func stop(_ client: Int32) { Foundation.kill(process(client), SIGSTOP) }
  private static func kill(_ client: Int32) { Foundation.kill(process(client), SIGKILL) }
}

/// A message of xenstore's wire (xs_wire.h, struct xsd_sockmsg: type, request, transaction, length).
private struct Message {
  var head: [UInt32]
  var payload: [UInt8]

  init(head: [UInt32], payload: [UInt8]) { (self.head, self.payload) = (head, payload) }

  init?(from socket: Int32) {
    head = [0, 0, 0, 0]
    guard
      head.withUnsafeMutableBytes({ recv(socket, $0.baseAddress!, 16, Int32(MSG_WAITALL)) }) == 16
    else { return nil }
    payload = [UInt8](repeating: 0, count: Int(head[3]))
    guard payload.isEmpty || recv(socket, &payload, payload.count, Int32(MSG_WAITALL)) > 0 else {
      return nil
    }
  }

  /// The first word of a request.
  var path: String { String(decoding: payload.prefix { $0 != 0 }, as: UTF8.self) }

  func refusal(_ error: String) -> Message {
    let text = Array(error.utf8) + [0]
    return Message(head: [StoreMessage.error, head[1], head[2], UInt32(text.count)], payload: text)
  }

  func send(to socket: Int32) -> Bool {
    let bytes = head.withUnsafeBytes { Array($0) } + payload
    return Foundation.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
  }
}
