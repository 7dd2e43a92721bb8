import Foundation

/// Types at a memtop, and looks at its last line for what has come of it.
final class Typist {
  let session: Session
  private static let close = "\u{1B}[27u"

  /// What the last line offers.
  enum Footer: CaseIterable {
    case staged, list, layer

    var words: String {
      switch self {
      case .staged: "Enter review"
      case .list: "? help"
      case .layer: "Esc close"
      }
    }
  }

  /// With the list on the screen, and a domain at its end that can be raised and lowered.
  init(term: String) async throws {
    session = try Session(Launch(term: term, columns: 80, rows: 12))
    try await session.see("app1")
    _ = try await footer()
  }

  /// Has the screen drawn anew after all that was typed. The list is back when this returns.
  ///
  /// `patience` is in seconds: for how long no more is typed.
  func footer(patience: Double = 1) async throws -> Footer {
    let footer = try await look(patience)
    guard footer != .list else { return footer }
    // Esc, in the spelling that no pause is needed after; it closes and drops.
    session.type(Self.close + Self.close)
    while try await look(patience) != .list {}
    return footer
  }

  func hasStaged() async throws -> Bool { try await footer() == .staged }

  private func look(_ patience: Double) async throws -> Footer {
    let mark = session.sent.count
    var asked = Date.distantPast
    var found: Footer?
    try await session.wait("the last line") {
      // A sequence that lacks its end takes ^L for a part of it; the next one gets through.
      // A pause begins when it has read what came before: on a busy machine that is later than it was typed.
      if asked != .distantPast, session.unread > 0 { asked = Date() }
      if asked.timeIntervalSinceNow < -patience {
        session.type("\u{C}")
        asked = Date()
      }
      let text = PlainText.of(session.sent.dropFirst(mark))
      // The last line may change by itself; the title's beginning is drawn when all is drawn, and only
      // then.
      guard text.contains("memtop  xen2") else { return false }
      found = Footer.allCases.first { text.contains($0.words) }
      return found != nil
    }
    // Asked twice, it may answer twice, and the second answer is not one to what is typed next.
    try await session.settle()
    return found!
  }

  /// Byte by byte, each read before the next is sent.
  func typeSlowly(_ bytes: [UInt8]) async throws {
    while try await !typeInTime(bytes) { _ = try await footer(patience: 4) }
  }

  /// ESC, and the rest when ESC alone has become the key Esc, but before a torn sequence is given up.
  func typeTorn(_ rest: String) async throws {
    while true {
      session.type("\u{1B}")
      let escaped = Date()
      try await Task.sleep(for: .milliseconds(450))
      // On a machine that was asleep itself, from the beginning.
      if escaped.timeIntervalSinceNow > -1.2, try await typeInTime(Array(rest.utf8)) { return }
      _ = try await footer(patience: 4)
    }
  }

  /// - Returns: false if a busy machine held this test up for so long behind one of the first bytes that they
  ///   count as pressed by hand. What they have begun is over 4 s later.
  private func typeInTime(_ bytes: [UInt8]) async throws -> Bool {
    for (index, byte) in bytes.enumerated() {
      let typed = Date()
      session.type([byte])
      try await Task.sleep(for: .milliseconds(2))
      try await session.wait("the byte to be read") { session.unread == 0 }
      if index < 2, typed.timeIntervalSinceNow < -0.015 { return false }
    }
    return true
  }

  /// More than the terminal's queue holds.
  func typeMuch(_ text: String) async throws {
    var rest = Array(text.utf8)[...]
    try await session.wait("all to be taken") {
      rest = rest.dropFirst(session.typeSome(Array(rest)))
      return rest.isEmpty
    }
  }
}
