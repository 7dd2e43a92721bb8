import CLinux
import Glibc
import MemtopCore
import MemtopSystem

/// A process that makes changes, one after another, in a session of its own; it talks in lines over
/// a socket.
///
/// It is killed with the thread that started it. Unchecked: used by one thread at a time.
final class WriterProcess: @unchecked Sendable {
  enum Ending: Hashable, Sendable {
    case exited(Int32)
    case signalled(Int32)
    /// Killed, and still there: the kernel holds it.
    case unkillable
  }

  enum News: Hashable {
    case reply(TargetReply)
    case nothing
    /// It closed its end, or says a line without end.
    case ended
  }

  let id: pid_t
  /// It has said that it has started.
  private(set) var hasStarted = false
  private let socket: Int32
  private let clock: HostClock
  private var heard: [UInt8] = []
  private var ending: Ending?

  private static let longestLine = 4096
  static let killPatience = Span.seconds(2)

  /// Runs `path` with `arguments` ([0] is its name).
  init(_ path: String, _ arguments: [String], clock: HostClock) throws(Errno) {
    var words = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var (id, socket): (pid_t, Int32) = (0, -1)
    let error = mt_child_start(path, &words, &id, &socket)
    guard error == 0 else { throw Errno(error) }
    (self.id, self.socket, self.clock) = (id, socket, clock)
  }

  /// Doubles this process, which must have one thread only; the double does `body` and exits.
  init(clock: HostClock, doubledFor body: () -> Int32) throws(Errno) {
    var (id, socket): (pid_t, Int32) = (0, -1)
    let error = mt_child_fork(&id, &socket)
    guard error == 0 else { throw Errno(error) }
    if id == 0 { _exit(body()) }
    (self.id, self.socket, self.clock) = (id, socket, clock)
  }

  deinit {
    _ = kill()
    close(socket)
  }

  /// Gives it a line to read; one that is gone shows by its answer.
  func send(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = bytes.withUnsafeBytes {
      Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
  }

  /// What it says next, until `end` at the latest. Lines that nobody understands are a library's.
  func next(until end: SteadyTime) -> News {
    while true {
      if let line = takeLine() {
        guard let reply = TargetReply(line: line) else { continue }
        if reply == .started { hasStarted = true }
        return .reply(reply)
      }
      let left = (end - clock.steady()).milliseconds
      var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      guard left >= 0, poll(&waiting, 1, Int32(clamping: left)) > 0 else { return .nothing }
      guard heard.count < Self.longestLine, hear() else { return .ended }
    }
  }

  /// All it writes until it closes its end, but no more than `most`; nil where it has not done so by then.
  func output(until end: SteadyTime, most: Int) -> [UInt8]? {
    while true {
      let left = (end - clock.steady()).milliseconds
      var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      guard left >= 0, poll(&waiting, 1, Int32(clamping: left)) > 0 else { return nil }
      guard hear() else { return heard }
      heard = Array(heard.prefix(most))
    }
  }

  private func takeLine() -> String? {
    guard let end = heard.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    defer { heard.removeFirst(end + 1) }
    return String(decoding: heard[..<end], as: UTF8.self)
  }

  /// False where there is nothing more to be heard.
  private func hear() -> Bool {
    var chunk = [UInt8](repeating: 0, count: Self.longestLine)
    let got = recv(socket, &chunk, chunk.count, 0)
    if got < 0 && errno == EINTR { return true }
    guard got > 0 else { return false }
    heard.append(contentsOf: chunk.prefix(got))
    return true
  }

  /// How it ended, which it is given a moment for.
  func wait() -> Ending { ended(within: Self.killPatience) ?? kill() }

  /// Ends it with all it has started.
  func kill() -> Ending {
    if let ending { return ending }
    Glibc.kill(-id, SIGKILL)
    // One that was doubled may not have its session yet.
    Glibc.kill(id, SIGKILL)
    return ended(within: Self.killPatience) ?? .unkillable
  }

  /// nil where it still runs then.
  private func ended(within span: Span) -> Ending? {
    let end = clock.steady() + span
    while ending == nil {
      var status: Int32 = 0
      let found = waitpid(id, &status, WNOHANG)
      if found == id { ending = Self.ending(status) }
      if found < 0 && errno != EINTR { ending = .exited(-1) }
      guard ending == nil, clock.steady() < end else { break }
      poll(nil, 0, 2)
    }
    return ending
  }

  /// The encoding of wait(2), whose macros Swift cannot see.
  private static func ending(_ status: Int32) -> Ending {
    let signal = status & 0x7F
    return signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
  }
}
