import Testing

/// A terminal is sent only what its locale says it can show.
@Suite("locale", .timeLimit(.minutes(30)))
struct LocaleTests {
  @Test(
    "where the locale is not UTF-8 not one byte above ASCII is sent",
    arguments: [
      Launch(language: "C"), Launch(language: "POSIX"), Launch(language: ""),
      Launch(language: "xx_YY"), Launch(language: "C", extra: ["TERM": "linux"]),
      Launch(language: "C.UTF-8", extra: ["LC_ALL": "C"]),
      Launch(arguments: ["--demo", "--scenario", "calm", "--ascii"]),
    ])
  func ascii(_ launch: Launch) async throws {
    try await Gate.pass {
      let session = try Session(launch)
      try await session.begin()
      for key in ["\r", "?", "q", "q", "]", "\r"] {
        let mark = session.sent.count
        session.type(key + "\u{C}")
        try await session.wait("an answer to \(key)") { session.sent.count > mark + 200 }
      }
      session.type("\u{3}")
      #expect(try await session.end() == .exit(0))
      #expect(session.sent.allSatisfy { $0 < 0x80 })
    }
  }

  @Test(
    "where it is UTF-8, installed or not, bars are drawn of blocks",
    arguments: ["C.UTF-8", "xx_YY.UTF-8", "xx_YY.utf8"])
  func unicode(_ language: String) async throws {
    try await Gate.pass {
      let session = try Session(Launch(language: language))
      try await session.begin()
      try await session.see("█")
    }
  }
}
