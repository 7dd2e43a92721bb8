import Foundation
import Testing

/// Nothing but the screen is printed while the screen is on.
@Suite("standard error", .timeLimit(.minutes(30)))
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

  /// As a library would: into what is standard error at that moment.
  private func complain(_ session: Session) throws {
    let path = "/proc/\(session.process)/fd/2"
    let errors = open(path, O_WRONLY | O_APPEND | O_NOCTTY | O_CLOEXEC)
    try #require(errors >= 0)
    defer { close(errors) }
    let words = "xencall: error\n"
    #expect(write(errors, words, words.utf8.count) == words.utf8.count)
  }

  private func words(_ session: Session, after sequence: String) throws -> Substring {
    let text = String(decoding: session.sent, as: UTF8.self)
    let end = try #require(text.range(of: sequence, options: .backwards))
    return text[end.upperBound...]
  }

  @Test("what a library says meanwhile is not on the screen, but told when that is gone")
  func held() async throws {
    try await Gate.pass {
      let session = try Session(Launch())
      try await session.begin()
      try complain(session)
      session.type("?")
      try await session.see("this help")
      #expect(!PlainText.of(session.sent).contains("xencall"))
      session.type("qq")
      #expect(try await session.end() == .exit(0))
      #expect(try words(session, after: "\u{1B}[?1049l").contains("xencall: error"))
    }
  }

  @Test("so it is after a crash, where it may say why")
  func heldInCrash() async throws {
    try await Gate.pass {
      let session = try Session(Launch())
      try await session.begin()
      try complain(session)
      session.signal(SIGTRAP)
      #expect(try await session.end() == .signal(SIGTRAP))
      #expect(try words(session, after: "memtop crashed").contains("xencall: error"))
    }
  }

  @Test("and where a mapped file is truncated under it, which it names")
  func truncated() async throws {
    let file = NSTemporaryDirectory() + "memtop-\(UUID().uuidString)"
    defer { for end in ["", "-wal", "-shm"] { unlink(file + end) } }
    try await Gate.pass {
      var launch = Launch()
      launch.arguments += ["--record", file]
      let session = try Session(launch)
      try await session.begin()
      try await session.see("rec")
      #expect(truncate(file + "-shm", 0) == 0)
      #expect(try await session.end() == .exit(1))
      let words = try words(session, after: "\u{1B}[?1049l")
      #expect(words.contains("memtop: \(file)-shm: it was truncated while memtop used it"))
      #expect(TerminalState(after: session.sent) == .whole)
    }
  }
}
