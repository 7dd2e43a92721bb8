import Foundation
import Testing

/// A terminal that takes nothing does not stop memtop.
@Suite("a terminal that is stuck", .timeLimit(.minutes(30)))
struct StuckTests {
  /// A terminal with nobody at its other end takes some kilobytes, then nothing.
  private func fill(_ session: Session) async throws {
    try await session.wait("a full terminal", reading: false) {
      session.type("\u{C}")
      return session.isFull
    }
  }

  private func stop(_ session: Session) async throws {
    session.type("\u{13}")
    try await session.wait("a terminal that is stopped") { session.isFull }
  }

  @Test("not read from, it is ended by SIGTERM")
  func unread() async throws {
    try await Gate.pass {
      let session = try Session(Launch(columns: 120, rows: 40))
      try await session.begin()
      try await fill(session)
      session.signal(SIGTERM)
      #expect(try await session.end(reading: false) == .signal(SIGTERM))
      #expect(session.settings == session.before)
    }
  }

  @Test("not read from for a while, it shows the present as soon as it is")
  func laterRead() async throws {
    try await Gate.pass {
      let session = try Session(Launch(columns: 120, rows: 40))
      try await session.begin()
      try await fill(session)
      session.type("?")
      try await session.see("this help")
      session.type("q")
      session.type("q")
      #expect(try await session.end() == .exit(0))
      #expect(TerminalState(after: session.sent) == .whole)
    }
  }

  @Test("stopped by ^S, it is ended by SIGTERM, and the terminal is whole")
  func stopped() async throws {
    try await Gate.pass {
      let session = try Session(Launch())
      try await session.begin()
      try await stop(session)
      session.signal(SIGTERM)
      #expect(try await session.end() == .signal(SIGTERM))
      #expect(TerminalState(after: session.sent) == .whole)
      #expect(session.settings == session.before)
    }
  }

  @Test("stopped by ^S, it hears ^C")
  func stoppedAndInterrupted() async throws {
    try await Gate.pass {
      let session = try Session(Launch())
      try await session.begin()
      try await stop(session)
      session.type("\u{3}")
      #expect(try await session.end() == .exit(0))
      #expect(TerminalState(after: session.sent) == .whole)
    }
  }

  @Test("stopped by ^S, it goes on after ^Q")
  func resumed() async throws {
    try await Gate.pass {
      let session = try Session(Launch())
      try await session.begin()
      try await stop(session)
      session.type("?\u{11}")
      try await session.see("this help")
    }
  }
}
