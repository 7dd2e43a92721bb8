import Glibc
import MemtopCore
import MemtopSystem
import MemtopUI
import Testing

@testable import TestSupport
@testable import memtop

/// A terminal of a test's own: it tells what was done to it, and has what is typed in a pipe.
private final class FakeTerminal: DashboardTerminal {
  enum Deed: Hashable { case forget, takeBack, end }

  let keys = TestPipe()
  /// Full where the terminal takes nothing.
  private let line = TestPipe()
  var size = ScreenSize(columns: 100, rows: 24)
  var canBeHad = true
  var isGone = false
  private(set) var isBehind = false
  private(set) var deeds: [Deed] = []
  /// What it shows.
  private(set) var shown: Frame?
  private(set) var frames = 0
  private(set) var pushes = 0
  private var isStopped = false

  var input: Int32 { keys.reading }
  var congested: Int32? { isStopped ? line.writing : nil }
  var text: String {
    guard let shown else { return "" }
    return (0..<shown.height).map(shown.text).joined(separator: "\n")
  }

  /// ^S, until `flow`.
  func stop() {
    line.fill()
    isStopped = true
  }

  func flow() { line.drain() }

  func show(_ frame: Frame) {
    isBehind = isStopped
    guard !isBehind else { return }
    shown = frame
    frames += 1
  }

  func push() {
    isStopped = false
    pushes += 1
  }

  func forget() { deeds.append(.forget) }
  func resize() -> ScreenSize { size }

  func takeBack() -> Bool {
    deeds.append(.takeBack)
    return canBeHad
  }

  func end() { deeds.append(.end) }
}

/// The dashboard on a terminal and a loop of the test's own.
@Suite("the screen's loop", .timeLimit(.minutes(30))) struct DashboardTests {
  let loop = EmbeddedLoop()
  let host: TroubledHost
  private let terminal = FakeTerminal()

  init() { host = TroubledHost(loop) }

  private func run() -> Dashboard.Ending {
    let source = LiveSource(
      host: host.connection, loop: loop,
      recording: ScreenRecording { _, _ throws(Failure) in
        throw Failure(line: "no", status: .failed)
      })
    return Dashboard(
      source: source, loop: loop, terminal: terminal, settings: ScreenSettings(),
      list: ListChoice(), glyphs: .ascii
    ).run()
  }

  private func type(_ text: String, after span: Span) {
    loop.after(span) { [terminal] in terminal.keys.write(text) }
  }

  private func at(_ seconds: Int64, _ what: @escaping () -> Void) {
    loop.after(.seconds(seconds), what)
  }

  private func isQuit(_ ending: Dashboard.Ending) -> Bool {
    if case .quit = ending { true } else { false }
  }

  private func number(_ ending: Dashboard.Ending) -> Int32? {
    if case .signal(let number) = ending { number } else { nil }
  }

  @Test("it shows each sample, until q; then the terminal is given back, once")
  func quits() {
    type("q", after: Span(milliseconds: 5500))
    #expect(isQuit(run()))
    #expect(host.seconds == [0, 1, 2, 3, 4, 5] && terminal.frames >= 6)
    #expect(terminal.text.contains("router") && terminal.deeds == [.end])
    #expect(loop.time == SteadyTime(milliseconds: 1_005_500))
  }

  @Test(
    "a signal that ends a program ends it, and the terminal is given back before",
    arguments: [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGALRM])
  func ends(by signal: Int32) {
    loop.signal(signal, after: .seconds(3))
    #expect(number(run()) == signal)
    #expect(terminal.deeds == [.end] && loop.time == SteadyTime(milliseconds: 1_003_000))
  }

  @Test("another size is drawn at once, and whole")
  func resized() {
    at(2) { [terminal, loop] in
      terminal.size = ScreenSize(columns: 61, rows: 9)
      loop.signal(SIGWINCH)
    }
    at(2) { [terminal] in #expect(terminal.shown?.width == 100) }
    loop.after(Span(milliseconds: 2100)) { [terminal] in
      #expect(terminal.shown?.width == 61 && terminal.shown?.height == 9)
    }
    loop.signal(SIGTERM, after: .seconds(4))
    #expect(number(run()) == SIGTERM)
    #expect(terminal.deeds == [.forget, .end])
  }

  @Test(
    "stopped by a signal, it gives the terminal and its watch back; continued, it takes both again",
    arguments: [SIGTSTP, SIGTTIN, SIGTTOU])
  func stopped(by signal: Int32) {
    loop.whileStopped = { [terminal, host, loop] in
      #expect(terminal.deeds == [.end] && host.pauses == 1 && host.resumes == 0)
      terminal.size = ScreenSize(columns: 80, rows: 20)
      loop.pass(.minutes(60))
    }
    loop.signal(signal, after: Span(milliseconds: 2500))
    type("q", after: .seconds(3604))
    #expect(isQuit(run()))
    #expect(loop.stops == [signal] && loop.stopped == [.process])
    #expect(terminal.deeds == [.end, .takeBack, .forget, .end] && host.resumes == 1)
    #expect(terminal.shown?.width == 80)
    // A sample at once, and none for the time in between.
    #expect(host.seconds == [0, 1, 2, 3602, 3603], "\(host.seconds)")
  }

  @Test("^Z stops the whole job")
  func suspended() {
    type("\u{1A}", after: .seconds(2))
    type("q", after: .seconds(4))
    #expect(isQuit(run()))
    #expect(loop.stops == [SIGTSTP] && loop.stopped == [.job])
    #expect(terminal.deeds == [.end, .takeBack, .forget, .end])
  }

  @Test("where no shell could continue it, it goes on with the terminal")
  func cannotStop() {
    loop.canStop = false
    loop.signal(SIGTSTP, after: .seconds(2))
    type("q", after: .seconds(4))
    #expect(isQuit(run()))
    #expect(terminal.deeds == [.end, .takeBack, .forget, .end])
    #expect(host.pauses == 1 && host.resumes == 1)
  }

  @Test("a signal that came while it was stopped ends it, and the terminal stays the shell's")
  func killedWhileStopped() {
    loop.whileStopped = { [loop] in loop.signal(SIGTERM) }
    loop.signal(SIGTSTP, after: .seconds(2))
    #expect(number(run()) == SIGTERM)
    #expect(!terminal.deeds.contains(.takeBack))
  }

  @Test("continued after a STOP that nobody could see, it takes the terminal as it is now")
  func continued() {
    loop.signal(SIGCONT, after: .seconds(2))
    type("q", after: .seconds(4))
    #expect(isQuit(run()))
    #expect(terminal.deeds == [.takeBack, .forget, .end] && loop.stops.isEmpty)
  }

  @Test("a terminal that cannot be had again ends it as a hangup does")
  func lost() {
    terminal.canBeHad = false
    loop.signal(SIGTSTP, after: .seconds(2))
    #expect(number(run()) == SIGHUP)
  }

  @Test("a terminal that is gone ends it as a hangup does", arguments: [true, false])
  func gone(isInput: Bool) {
    at(3) { [terminal] in
      if isInput { terminal.keys.closeWriting() } else { terminal.isGone = true }
    }
    #expect(number(run()) == SIGHUP)
    #expect(terminal.deeds == [.end] && loop.time <= SteadyTime(milliseconds: 1_004_000))
  }

  @Test("a terminal that takes nothing holds up no sample; then it shows the newest")
  func behind() {
    at(2) { [terminal] in terminal.stop() }
    at(9) { [terminal] in terminal.size = ScreenSize(columns: 70, rows: 24) }
    loop.signal(SIGWINCH, after: .seconds(9))
    at(30) { [terminal] in
      #expect(terminal.pushes == 0 && terminal.shown?.width == 100)
      terminal.flow()
    }
    loop.after(Span(milliseconds: 30_100)) { [terminal] in
      #expect(terminal.pushes == 1 && terminal.shown?.width == 70)
    }
    type("q", after: Span(milliseconds: 31_500))
    #expect(isQuit(run()))
    #expect(host.seconds.count == 32, "\(host.seconds)")
  }

  @Test("a host that fails for good is told of, and the screen can be used")
  func dies() {
    at(5) { [host] in host.failure = SourceError("xenstore said no") }
    at(20) { [terminal] in #expect(terminal.text.contains("xenstore said no")) }
    type("?", after: .seconds(25))
    at(26) { [terminal] in #expect(terminal.text.contains("this help")) }
    type("qq", after: Span(milliseconds: 29_500))
    #expect(isQuit(run()))
    #expect(host.seconds.count == 30, "\(host.seconds)")
  }

  @Test("a host that hangs for good is told of, and does not keep it from ending")
  func hangs() {
    at(5) { [host] in host.readingTakes = .minutes(600) }
    at(20) { [terminal] in
      #expect(terminal.text.contains("the host has not responded for "))
    }
    type("q", after: .seconds(30))
    #expect(isQuit(run()))
    #expect(loop.time == SteadyTime(milliseconds: 1_030_000) && terminal.deeds == [.end])
  }

  @Test("a wall clock that steps an hour either way changes nothing", arguments: [3_600, -3_600])
  func steps(seconds: Int64) {
    at(3) { [loop] in loop.wall = loop.wall + .seconds(seconds) }
    type("q", after: Span(milliseconds: 6500))
    #expect(isQuit(run()))
    #expect(host.seconds == [0, 1, 2, 3, 4, 5, 6] && terminal.text.contains("router"))
  }
}
