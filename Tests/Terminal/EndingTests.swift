import Foundation
import Testing

/// However memtop ends, the terminal is as it was before.
@Suite("ending", .timeLimit(.minutes(30)))
struct EndingTests {
  /// Every signal whose action is to end a program (signal(7)), but KILL, PIPE and those of a crash.
  static let ending: [Int32] =
    [
      SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGSTKFLT,
      SIGIO, SIGPWR, SIGXCPU, SIGXFSZ,
    ] + [32] + Array(34...64)

  static let ofCrashes: [Int32] = [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT, SIGSYS]

  @Test("these are all the signals there are, but those that are ignored or that stop")
  func allSignals() {
    // glibc catches 33 itself.
    let others = [SIGKILL, SIGPIPE, SIGCHLD, SIGURG, SIGWINCH, SIGCONT, 33]
    let stopping = [SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU]
    let all = Self.ending + Self.ofCrashes + others + stopping
    #expect(all.sorted() == Array(1...64))
  }

  @Test("a crash of another thread than the screen's does so, too")
  func crashOfAnotherThread() async throws {
    try await Gate.pass {
      let session = try Session(Launch())
      try await session.begin()
      try session.signalAnotherThread(SIGSEGV)
      #expect(try await session.end() == .signal(SIGSEGV))
      #expect(TerminalState(after: session.sent) == .whole)
      #expect(session.settings == session.before)
    }
  }

  @Test("the keys that quit end it with status 0 and say nothing", arguments: ["q", "\u{3}"])
  func quitting(_ key: String) async throws {
    try await Gate.pass {
      let session = try Session(Launch())
      try await session.begin()
      session.type(key)
      #expect(try await session.end() == .exit(0))
      #expect(TerminalState(after: session.sent) == .whole)
      #expect(session.settings == session.before)
      let text = String(decoding: session.sent, as: UTF8.self)
      let gone = try #require(text.range(of: "\u{1B}[?1049l"))
      #expect(PlainText.isBlank(Array(text[gone.upperBound...].utf8)))
    }
  }

  @Test(
    "where the screen stays when it ends, the prompt finds the last line empty",
    arguments: ["vt100", "linux"])
  func lastLine(_ term: String) async throws {
    try await Gate.pass {
      let session = try Session(Launch(term: term))
      try await session.begin()
      let mark = session.sent.count
      session.type("q")
      #expect(try await session.end() == .exit(0))
      let ending = String(decoding: session.sent.dropFirst(mark), as: UTF8.self)
      let erased = try #require(ending.range(of: "\u{1B}[J") ?? ending.range(of: "\u{1B}[K"))
      #expect(PlainText.isBlank(Array(ending[erased.upperBound...].utf8)))
    }
  }

  /// Keys, each with words that are on the screen after it.
  private static let steps: [[String]] = [
    ["?", "this help"], ["\r", "Memory, "], ["/", "Filter"], ["G]", "Enter review"],
    ["G]", "Enter review", "\r", "apply"], ["G]", "Enter review", "\r", "apply", "y", "(you)"],
  ]

  @Test("a line that is lost at any step ends it", arguments: steps)
  func lostAt(step: [String]) async throws {
    try await Gate.pass {
      let session = try Session(Launch())
      try await session.begin()
      for index in stride(from: 0, to: step.count, by: 2) {
        let mark = session.sent.count
        session.type(step[index])
        try await session.see(step[index + 1], after: mark)
      }
      session.hangUp()
      // What is being set is seen to its end before that.
      #expect(try await session.end() == .signal(SIGHUP))
    }
  }

  @Test("a lost line ends it")
  func lostLine() async throws {
    try await Gate.pass {
      let session = try Session(Launch())
      try await session.begin()
      session.hangUp()
      #expect(try await session.end() == .signal(SIGHUP))
    }
  }
}
