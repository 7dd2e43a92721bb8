import Foundation
import Patience
import PseudoTerminal
import Testing

/// A memtop on a terminal of its own, whose other end the test holds: every byte that is sent is
/// seen, and nothing is read but while the test waits for something.
final class Session {
  let process: pid_t
  /// Everything the terminal was sent.
  private(set) var sent: [UInt8] = []
  /// How the line was set before memtop came.
  let before: LineSettings

  private var master: Int32 = -1
  private var slave: Int32 = -1
  private var status: Int32?

  convenience init(_ launch: Launch) throws {
    try self.init(launch, program: Launch.binary, launch.arguments)
  }

  /// `errors` is a descriptor for standard error, where that is not the terminal.
  init(_ launch: Launch, program: String, _ arguments: [String], errors: Int32 = -1) throws {
    try succeed("openpt", pt_open(launch.columns, launch.rows, &master, &slave))
    before = LineSettings(of: slave)
    let words = ([program] + arguments).map { strdup($0) } + [nil]
    let variables = launch.environment.map { strdup($0) } + [nil]
    defer { (words + variables).forEach { free($0) } }
    var process: pid_t = 0
    try succeed(program, pt_start(program, words, variables, slave, errors, &process))
    self.process = process
  }

  deinit {
    if status == nil {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
    hangUp()
    close(slave)
  }

  // MARK: - What the terminal does

  func type(_ text: String) { type(Array(text.utf8)) }

  func type(_ bytes: [UInt8]) {
    let count = typeSome(bytes)
    precondition(count == bytes.count || master < 0, "the terminal's queue is full")
  }

  /// Types as much as the terminal's queue takes, and tells how much that was.
  func typeSome(_ bytes: [UInt8]) -> Int { max(0, write(master, bytes, bytes.count)) }

  func resize(columns: UInt16, rows: UInt16) { pt_resize(master, columns, rows) }

  /// The line is lost.
  func hangUp() {
    if master >= 0 { close(master) }
    master = -1
  }

  func signal(_ number: Int32) { kill(process, number) }

  /// Sends it to a thread that is not the first one, as the kernel does where that one crashes.
  func signalAnotherThread(_ number: Int32) throws {
    let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")
    let other = try #require(threads.compactMap { pid_t($0) }.first { $0 != process })
    try succeed("tgkill", pt_signal_thread(process, other, number))
  }

  /// How the line is set now.
  var settings: LineSettings { LineSettings(of: slave) }

  /// Bytes that were typed and that memtop has not read yet.
  var unread: Int { Int(pt_unread(slave)) }

  /// Whether the terminal takes nothing more.
  var isFull: Bool {
    var room = pollfd(fd: slave, events: Int16(POLLOUT), revents: 0)
    return poll(&room, 1, 0) == 0
  }

  private func read() {
    var buffer = [UInt8](repeating: 0, count: 16384)
    while master >= 0 {
      let count = Foundation.read(master, &buffer, buffer.count)
      guard count > 0 else { return }
      sent += buffer.prefix(count)
    }
  }

  // MARK: - Waiting

  /// Reads on until `condition` holds.
  func wait(
    _ what: String, seconds: Double = 20, reading: Bool = true,
    until condition: () throws -> Bool
  ) async throws {
    var patience = Patience(seconds: seconds)
    while true {
      if reading { read() }
      if try condition() { return }
      guard patience.lasts() else {
        throw TimedOut(what: what, screen: String(PlainText.of(sent.suffix(3000))))
      }
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  /// Waits for words on the screen, drawn after `mark`.
  func see(_ words: String..., after mark: Int = 0, seconds: Double = 20) async throws {
    var looked = -1
    try await wait("the words \(words)", seconds: seconds) {
      guard sent.count > looked else { return false }
      looked = sent.count
      let text = PlainText.of(sent.dropFirst(mark))
      return words.contains { text.contains($0) }
    }
  }

  /// Waits until the screen is up: a sample is drawn, and what the keys do.
  func begin() async throws {
    try await see("app1")
    try await see("? help", "Enter page")
  }

  /// Waits for the end.
  func end(within seconds: Double = 20, reading: Bool = true) async throws -> Ending {
    try await wait("the end", seconds: seconds, reading: reading) { hasEnded() }
    if reading { read() }
    return Ending(status: status!)
  }

  func hasEnded() -> Bool {
    var word: Int32 = 0
    if status == nil, waitpid(process, &word, WNOHANG) == process { status = word }
    return status != nil
  }
}

private func succeed(_ call: String, _ failure: Int32) throws {
  if failure != 0 { throw SystemError(call: call, code: failure) }
}

struct TimedOut: Error {
  var what: String
  var screen: String
}

/// How a process ended.
enum Ending: Equatable {
  case exit(Int32)
  case signal(Int32)

  init(status: Int32) {
    let number = status & 0x7F
    self = number == 0 ? .exit(status >> 8 & 0xFF) : .signal(number)
  }
}
