import Foundation
import Testing

/// Any size, and any change of size, is drawn as far as it goes.
@Suite("size", .timeLimit(.minutes(30)))
struct SizeTests {
  @Test("it draws at every size that it promises", arguments: [(80, 24), (120, 40), (40, 8)])
  func sizes(_ columns: Int, _ rows: Int) async throws {
    try await Gate.pass {
      let tmux = try Tmux(columns: columns, rows: rows)
      try await tmux.startMemtop()
      try await tmux.see("app1")
      try await tmux.wait("the heading and the hints") { text in
        let lines = text.split(separator: "\n")
        return lines.first?.hasPrefix("memtop") == true && lines.last?.contains("? help") == true
      }
      let lines = try tmux.lines()
      #expect(lines.prefix(rows).last?.contains("? help") == true)
    }
  }

  @Test("too small, it says what it needs, and recovers as soon as it is larger")
  func tooSmall() async throws {
    try await Gate.pass {
      let tmux = try Tmux(columns: 39, rows: 7)
      try await tmux.startMemtop()
      try await tmux.see("memtop needs 40x8, this is 39x7")
      try tmux.resize(columns: 40, rows: 8)
      try await tmux.see("app1")
      try tmux.resize(columns: 30, rows: 10)
      try await tmux.see("30x10")
      try tmux.resize(columns: 100, rows: 30)
      try await tmux.see("app8")
      try tmux.press("q")
      try await tmux.seePrompt()
    }
  }

  @Test("it lives through every size, while it is drawn", arguments: ["xterm-256color", "vt100"])
  func dragged(_ term: String) async throws {
    try await Gate.pass {
      let session = try Session(Launch(term: term))
      try await session.begin()
      for (columns, rows): (UInt16, UInt16) in [
        (1, 1), (200, 60), (2, 50), (300, 2), (39, 7), (40, 8), (1, 24), (80, 1), (500, 200),
        (100, 30),
      ] {
        let mark = session.sent.count
        session.resize(columns: columns, rows: rows)
        try await session.wait("a frame of \(columns)x\(rows)") { session.sent.count > mark }
      }
      let mark = session.sent.count
      session.type("\u{C}")
      try await session.see("app8", after: mark)
      session.type("q")
      #expect(try await session.end() == .exit(0))
    }
  }

  @Test(
    "on a line that knows no size, such as a serial console, it draws on LINES and COLUMNS, else 24",
    arguments: [(["LINES": "8", "COLUMNS": "60"], 8), ([:], 24), (["LINES": "99999"], 500)])
  func serialConsole(_ extra: [String: String], _ rows: Int) async throws {
    try await Gate.pass {
      let session = try Session(Launch(term: "vt100", columns: 0, rows: 0, extra: extra))
      try await session.see("? help")
      let emulator = Emulator(columns: 200, rows: 600)
      emulator.write(session.sent)
      #expect((0..<600).first { emulator.text($0).contains("? help") } == rows - 1)
    }
  }

  @Test(
    "no size that a terminal can say ends it",
    arguments: [(32_767, 30), (32_768, 30), (65_535, 40), (100, 32_768), (65_535, 65_535)])
  func endlessWindow(_ columns: UInt16, _ rows: UInt16) async throws {
    try await Gate.pass {
      let session = try Session(Launch(columns: columns, rows: rows))
      try await session.begin()
      session.resize(columns: 100, rows: 30)
      try await session.see("app8", after: session.sent.count)
      let mark = session.sent.count
      session.resize(columns: columns, rows: rows)
      try await session.see("app8", after: mark)
      session.resize(columns: 0, rows: 0)
      session.type("q")
      #expect(try await session.end() == .exit(0))
      #expect(TerminalState(after: session.sent) == .whole)
    }
  }
}

extension Tmux {
  /// Starts memtop from the shell, as an operator does.
  func startMemtop(_ prefix: String = "") async throws {
    try await seePrompt()
    try command("\(prefix)\(Launch.binary) --demo --scenario calm")
  }
}
