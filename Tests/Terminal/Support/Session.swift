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
  /// Who leads its session, where it does not do so itself.
  private var shell: pid_t?
  private var link: Int32 = -1
  /// Stopped, and the shell has the terminal.
  private(set) var isStopped = false

  convenience init(_ launch: Launch) throws {
    try self.init(launch, program: Launch.binary, launch.arguments)
  }

  /// As a job of a shell, which can be stopped and continued.
  init(job launch: Launch) throws {
    try succeed("openpt", pt_open(launch.columns, launch.rows, &master, &slave))
    before = LineSettings(of: slave)
    let slave = slave
    var shell: pid_t = 0
    var link: Int32 = -1
    try Self.withStrings([Launch.binary] + launch.arguments, launch.environment) {
      try succeed("start", pt_start_job(Launch.binary, $0, $1, slave, &shell, &link))
    }
    self.shell = shell
    self.link = link
    var process: pid_t = 0
    let size = MemoryLayout.size(ofValue: process)
    try succeed("job", Foundation.read(link, &process, size) == size ? 0 : EIO)
    self.process = process
  }

  /// `errors` is a descriptor for standard error, where that is not the terminal.
  init(_ launch: Launch, program: String, _ arguments: [String], errors: Int32 = -1) throws {
    try succeed("openpt", pt_open(launch.columns, launch.rows, &master, &slave))
    before = LineSettings(of: slave)
    let slave = slave
    var process: pid_t = 0
    try Self.withStrings([program] + arguments, launch.environment) {
      try succeed(program, pt_start(program, $0, $1, slave, errors, &process))
    }
    self.process = process
  }

  private typealias Strings = [UnsafeMutablePointer<CChar>?]

  private static func withStrings(
    _ words: [String], _ variables: [String], _ body: (Strings, Strings) throws -> Void
  ) throws {
    let words = words.map { strdup($0) } + [nil]
    let variables = variables.map { strdup($0) } + [nil]
    defer { (words + variables).forEach { free($0) } }
    try body(words, variables)
  }

  deinit {
    if status == nil {
      kill(process, SIGKILL)
      if shell == nil { waitpid(process, nil, 0) }
    }
    if let shell {
      close(link)
      waitpid(shell, nil, 0)
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

  /// Whether all that was typed has been read, and all that came of it is drawn: since then it sleeps.
  private var isIdle: Bool { unread == 0 && statFields?.first == "S" }

  /// What the kernel tells of the process, from its state on (proc(5), field 3); nil where it is gone.
  var statFields: [Substring]? {
    (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8))
      .map { $0[$0.lastIndex(of: ")")!...].dropFirst().split(separator: " ") }
  }

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

  /// Waits until nothing more comes of what was typed.
  func settle() async throws {
    try await wait("the answers to all keys") { hasEnded() || isIdle }
    read()
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
    if shell != nil {
      hear()
    } else if status == nil, waitpid(process, &word, WNOHANG) == process {
      status = word
    }
    return status != nil
  }

  /// Waits until it has stopped, and has the terminal read to the end.
  func stop() async throws {
    try await wait("a stop") {
      hear()
      return isStopped
    }
    read()
  }

  /// What the shell's `fg` does.
  func proceed() {
    isStopped = false
    var order: UInt8 = 0
    Foundation.write(link, &order, 1)
  }

  /// What the shell has been told.
  private func hear() {
    var word: Int32 = 0
    while recv(link, &word, 4, Int32(MSG_DONTWAIT)) == 4 {
      if word & 0xFF == 0x7F { isStopped = true } else { status = word }
    }
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
