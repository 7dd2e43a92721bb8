import Foundation
import Testing

/// Nothing but the screen is printed while the screen is on.
@Suite("standard error")
struct QuietTests {
  @Test("nothing is written to standard error from start to end, staging and quitting included")
  func nothing() async throws {
    try await Gate.pass {
      let file = FileManager.default.temporaryDirectory
        .appendingPathComponent("memtop-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: file) }
      let errors = open(file.path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
      defer { close(errors) }
      let session = try Session(
        Launch(), program: Launch.binary, Launch().arguments, errors: errors)
      try await session.begin()
      session.type("G]")
      try await session.see("Enter review")
      session.type("\u{1A}\u{C}")
      session.type("q")
      try await session.see("dropped")
      session.type("q")
      #expect(try await session.end() == .exit(0))
      #expect(try Data(contentsOf: file).isEmpty)
    }
  }

  /// What a library says is seen after the screen, not on it. `LD_DEBUG` makes the loader talk at
  /// any time, through whatever standard error is then.
  @Test("what a library says meanwhile is told when the screen is gone")
  func held() async throws {
    try await Gate.pass {
      let session = try Session(Launch(extra: ["LD_DEBUG": "bindings"]))
      try await session.see("? help", seconds: 40)
      let shown = try #require(
        String(decoding: session.sent, as: UTF8.self).range(of: "\u{1B}[?1049h"))
      let text = String(decoding: session.sent, as: UTF8.self)
      #expect(!text[shown.upperBound...].contains("binding file"))
      session.type("q")
      #expect(try await session.end() == .exit(0))
      let all = String(decoding: session.sent, as: UTF8.self)
      let gone = try #require(all.range(of: "\u{1B}[?1049l", options: .backwards))
      #expect(all[gone.upperBound...].contains("binding file"))
    }
  }
}
