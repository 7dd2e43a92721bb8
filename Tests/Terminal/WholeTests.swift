import Foundation
import Testing

/// However memtop ends and wherever, a terminal emulator that holds all of a terminal's state cannot
/// tell that memtop was there.
@Suite("the terminal is given back whole", .timeLimit(.minutes(30)))
struct WholeTests {
  static let terms = [
    "xterm-256color", "xterm", "xterm-mono", "screen-256color", "tmux-256color",
    "rxvt-unicode-256color", "linux", "vt100", "vt102", "vt220",
  ]
  static let sizes = [(80, 24), (120, 40), (200, 60), (300, 100)]

  static let places = terms.flatMap { term in
    sizes.map { Seat.Place(term: term, columns: $0.0, rows: $0.1) }
  }

  @Test("after ^Z, and after q, on every terminal at every size", arguments: places)
  func stoppedAndQuit(_ place: Seat.Place) async throws {
    try await Gate.pass {
      let seat = try Seat(place, asJob: true)
      try await seat.begin()
      seat.session.type("\u{1A}")
      try await seat.session.stop()
      seat.expectWhole("after ^Z")
      seat.say("\r\nshell> fg\r\n")
      seat.session.proceed()
      try await seat.begin()
      for more in [30, 0] {
        seat.resize(columns: place.columns + more, rows: place.rows + more)
        try await seat.begin()
      }
      seat.session.type("q")
      #expect(try await seat.session.end() == .exit(0))
      seat.expectWhole("after q")
    }
  }

  /// A way to end, and where.
  struct Case: Sendable, CustomTestStringConvertible {
    var number: Int32
    var place: Seat.Place
    var testDescription: String { "signal \(number) on \(place.testDescription)" }
  }

  /// Each with another terminal and another size than the one before it.
  private static func spread(_ numbers: [Int32]) -> [Case] {
    numbers.enumerated().map { index, number in
      Case(number: number, place: places[(index * 13 + 5) % places.count])
    }
  }

  @Test("after every signal that ends it", arguments: spread(EndingTests.ending))
  func signals(_ ending: Case) async throws {
    try await Gate.pass {
      let seat = try Seat(ending.place)
      try await seat.begin()
      seat.session.signal(ending.number)
      #expect(try await seat.session.end() == .signal(ending.number))
      seat.expectWhole("after the signal")
    }
  }

  @Test("after a crash", arguments: spread(EndingTests.ofCrashes))
  func crashes(_ ending: Case) async throws {
    try await Gate.pass {
      let seat = try Seat(ending.place)
      try await seat.begin()
      seat.session.signal(ending.number)
      #expect(try await seat.session.end() == .signal(ending.number))
      seat.expectWhole("after the crash", then: "memtop crashed; please report this bug\r\n")
    }
  }

  @Test("after ^C", arguments: terms)
  func interrupted(_ term: String) async throws {
    try await Gate.pass {
      let seat = try Seat(Seat.Place(term: term, columns: 120, rows: 40))
      try await seat.begin()
      seat.session.type("\u{3}")
      #expect(try await seat.session.end() == .exit(0))
      seat.expectWhole("after ^C")
    }
  }

  /// All that tmux tells of how a terminal behaves.
  private static let ofTmux = [
    "scroll_region_upper", "scroll_region_lower", "alternate_on", "cursor_flag", "insert_flag",
    "keypad_cursor_flag", "keypad_flag", "mouse_any_flag", "origin_flag", "wrap_flag", "cursor_x",
  ]

  @Test("tmux, another emulator, says so too, and has the last row where it is", arguments: sizes)
  func secondOpinion(_ columns: Int, _ rows: Int) async throws {
    try await Gate.pass {
      let tmux = try Tmux(columns: columns, rows: rows)
      try await tmux.seePrompt()
      let before = try Self.ofTmux.map(tmux.value)
      for (keys, words) in [("q", "shell>"), ("C-z", "Stopped")] {
        try await tmux.startMemtop()
        try await tmux.see("app1")
        try await tmux.wait("the hints in the last row") { text in
          let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
          return lines.count >= rows && lines[rows - 1].contains("? help")
            && lines[0].hasPrefix("memtop")
        }
        try tmux.press(keys)
        try await tmux.see(words)
        try await tmux.seePrompt()
        #expect(try Self.ofTmux.map(tmux.value) == before)
        try tmux.command("clear")
      }
    }
  }

  @Test("after signals that stop it, each continued", arguments: [SIGTSTP, SIGTTIN, SIGTTOU])
  func stopped(_ number: Int32) async throws {
    try await Gate.pass {
      let seat = try Seat(
        Seat.Place(term: "screen-256color", columns: 120, rows: 40), asJob: true)
      try await seat.begin()
      seat.session.signal(number)
      try await seat.session.stop()
      seat.expectWhole("after it has stopped")
      seat.session.proceed()
      try await seat.begin()
      seat.session.signal(SIGTERM)
      #expect(try await seat.session.end() == .signal(SIGTERM))
      seat.expectWhole("after its end")
    }
  }
}
