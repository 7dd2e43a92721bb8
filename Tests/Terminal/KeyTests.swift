import Foundation
import Testing

/// No part of what a terminal sends by itself, or for a key of its own, is taken for a command.
@Suite("keys", .timeLimit(.minutes(30)))
struct KeyTests {
  @Test("there are keys to press")
  func table() {
    #expect(Presses.all.count > 250)
    #expect(Presses.meant.allSatisfy(Presses.all.contains))
  }

  @Test(
    "every key of every terminal, sent whole, stages nothing but what it says",
    arguments: TermTests.usable)
  func whole(_ term: String) async throws {
    try await Gate.pass {
      let typist = try await Typist(term: term)
      for press in Presses.all {
        typist.session.type("G")
        typist.session.type(press)
        let hasStaged = try await typist.hasStaged()
        #expect(hasStaged == Presses.meant.contains(press), "\(name(press))")
      }
    }
  }

  @Test("sent byte by byte they stage nothing else either", arguments: TermTests.usable)
  func byteByByte(_ term: String) async throws {
    try await Gate.pass {
      let typist = try await Typist(term: term)
      for press in Presses.all where !Presses.meant.contains(press) {
        typist.session.type("G")
        try await typist.typeSlowly(press)
        #expect(try await !typist.hasStaged(), "\(name(press))")
      }
    }
  }

  @Test(
    "torn apart after ESC for longer than Esc takes, they stage nothing",
    arguments: TermTests.usable)
  func torn(_ term: String) async throws {
    try await Gate.pass {
      let typist = try await Typist(term: term)
      for rest in ["[A", "OA", "[5~", "[19~", "[[A", "[1;5A", "[<0;3;3M", "[I"] {
        try await typist.typeTorn(rest)
        #expect(try await !typist.hasStaged(), "\(rest)")
      }
    }
  }

  private func name(_ press: [UInt8]) -> String {
    String(decoding: press, as: UTF8.self).debugDescription
  }
}

/// What is pasted is no command either.
@Suite("pastes", .timeLimit(.minutes(30)))
struct PasteTests {
  static let pastes = [
    "]", "[[[", "e", "]\ry", "]\r\ryes\r", "\u{1B}", "\u{1B}\u{1B}]", "\u{3}", "a\u{3}]\u{1A}]",
    "\u{1B}[19~", "\u{1B}[20]", "\u{1B}[200~]", "\u{9B}]", "é€😀]", "\u{0}]\u{7F}",
    String(repeating: "] lorem ipsum yes\r", count: 1000),
  ]

  @Test("a paste does nothing, whatever is in it", arguments: TermTests.usable)
  func bracketed(_ term: String) async throws {
    try await Gate.pass {
      let typist = try await Typist(term: term)
      for paste in Self.pastes {
        typist.session.type("G")
        try await typist.typeMuch("\u{1B}[200~\(paste)\u{1B}[201~")
        #expect(try await typist.footer() == .list, "\(paste.prefix(30).debugDescription)")
      }
    }
  }

  @Test("nor does one that arrives byte by byte")
  func byteByByte() async throws {
    try await Gate.pass {
      let typist = try await Typist(term: "xterm-256color")
      for paste in Self.pastes where paste.utf8.count < 100 {
        typist.session.type("G")
        try await typist.typeSlowly(Array("\u{1B}[200~\(paste)\u{1B}[201~".utf8))
        #expect(try await typist.footer() == .list, "\(paste.debugDescription)")
      }
    }
  }

  @Test("a paste whose end is lost ends by silence, and keys are keys again")
  func lostEnd() async throws {
    try await Gate.pass {
      let typist = try await Typist(term: "xterm-256color")
      typist.session.type("G\u{1B}[200~]]]\u{1B}[20")
      #expect(try await typist.footer(patience: 4) == .list)
      typist.session.type("[")
      #expect(try await typist.footer() == .staged)
    }
  }
}
