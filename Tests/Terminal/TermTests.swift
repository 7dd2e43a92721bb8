import Foundation
import Testing

/// Whatever TERM says, memtop draws on it or says in one line that it cannot.
@Suite("TERM", .timeLimit(.minutes(30)))
struct TermTests {
  static let usable = [
    "vt100", "linux", "xterm-256color", "screen-256color", "tmux-256color", "xterm-mono",
  ]

  @Test("it draws, hears its keys and quits", arguments: usable)
  func draws(_ term: String) async throws {
    try await Gate.pass {
      let session = try Session(Launch(term: term))
      try await session.begin()
      session.type("?")
      try await session.see("this help")
      session.type("qq")
      #expect(try await session.end() == .exit(0))
      #expect(session.settings == session.before)
    }
  }

  @Test("NO_COLOR and a monochrome terminal get no colour, others do", arguments: usable)
  func colour(_ term: String) async throws {
    try await Gate.pass {
      for (isWanted, extra) in [(true, [:]), (false, ["NO_COLOR": "1"])] {
        let session = try Session(Launch(term: term, extra: extra))
        try await session.begin()
        let hasColour = !["vt100", "xterm-mono"].contains(term) && isWanted
        #expect(Self.coloursSet(by: session.sent).isEmpty == !hasColour)
      }
    }
  }

  /// The parameters of SGR that set a colour (ECMA-48, 8.3.117, and the bright ones of aixterm).
  private static func coloursSet(by sent: [UInt8]) -> [Int] {
    let text = String(decoding: sent, as: UTF8.self)
    let parameters = text.matches(of: /\u{1B}\[([0-9;:]*)m/).flatMap { match in
      match.1.split { $0 == ";" || $0 == ":" }.compactMap { Int($0) }
    }
    return parameters.filter {
      (30...38).contains($0) || (40...48).contains($0) || (90...107).contains($0)
    }
  }

  @Test(
    "where it cannot draw it says so in one line and ends with status 1",
    arguments: ["dumb", "no-such-terminal", nil, "", "../../etc/passwd", "x\u{1B}[2Jy"])
  func refusals(_ term: String?) async throws {
    try await Gate.pass {
      let session = try Session(Launch(term: term))
      #expect(try await session.end() == .exit(1))
      let words = String(decoding: session.sent, as: UTF8.self)
      #expect(words.hasPrefix("memtop: ") && words.contains("TERM") && words.contains("memtop -b"))
      #expect(words.utf8.filter { $0 == 0x0A }.count == 1 && words.hasSuffix("\r\n"))
      #expect(!words.contains("\u{1B}"))
      #expect(session.settings == session.before)
    }
  }

  @Test("without a terminal it says so in one line", arguments: ["<", ">"])
  func noTerminal(_ redirection: String) async throws {
    try await Gate.pass {
      let command = "\(Launch.binary) --demo \(redirection)/dev/null"
      let session = try Session(Launch(), program: "/bin/sh", ["-c", command])
      #expect(try await session.end() == .exit(1))
      let line = "memtop: the screen needs a terminal on standard input and output;"
      let words = String(decoding: session.sent, as: UTF8.self)
      #expect(words.hasPrefix(line) && words.utf8.filter { $0 == 0x0A }.count == 1, "\(words)")
    }
  }
}
