import Foundation
import Testing

/// Any size, and any change of size, is drawn as far as it goes.
@Suite("size")
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

  @Test("on a line that knows no size, such as a serial console, it takes LINES and COLUMNS")
  func serialConsole() async throws {
    try await Gate.pass {
      let extra = ["LINES": "8", "COLUMNS": "60"]
      let session = try Session(Launch(term: "vt100", columns: 0, rows: 0, extra: extra))
      try await session.see("? help")
      #expect(session.regions == ["1;8"])
    }
  }

  @Test("without those either, it draws on 24 lines")
  func serialConsoleBare() async throws {
    try await Gate.pass {
      let session = try Session(Launch(term: "vt100", columns: 0, rows: 0))
      try await session.see("? help")
      #expect(session.regions == ["1;24"])
    }
  }
}

extension Session {
  /// The first and the last row of the regions that were set to scroll (DECSTBM): the whole screen.
  fileprivate var regions: Set<String> {
    let text = String(decoding: sent, as: UTF8.self)
    return Set(text.matches(of: /\u{1B}\[(\d+;\d+)r/).map { String($0.1) })
  }
}

extension Tmux {
  /// Starts memtop from the shell, as an operator does.
  func startMemtop(_ prefix: String = "") async throws {
    try await seePrompt()
    try command("\(prefix)\(Launch.binary) --demo --scenario calm")
  }
}
