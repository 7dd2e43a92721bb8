import Foundation
import Testing

/// Somebody at a terminal: a shell's words on the screen, memtop among them, and a second terminal
/// beside it that has the shell's words alone. What memtop gives back is equal to that one.
final class Seat {
  /// A terminal by its description and its size.
  struct Place: Sendable, CustomTestStringConvertible {
    var term: String
    var columns: Int
    var rows: Int
    var testDescription: String { "\(term) \(columns)x\(rows)" }

    /// By smcup: what was there before is there again.
    var hasOtherScreen: Bool { !["vt100", "vt102", "vt220", "linux", "ansi"].contains(term) }
  }

  let session: Session
  let place: Place
  private let emulator: Emulator
  private let reference: Emulator
  private var fed = 0

  init(_ place: Place, asJob: Bool = false) throws {
    self.place = place
    let launch = Launch(
      term: place.term, columns: UInt16(place.columns), rows: UInt16(place.rows))
    session = try asJob ? Session(job: launch) : Session(launch)
    emulator = Emulator(columns: place.columns, rows: place.rows)
    reference = Emulator(columns: place.columns, rows: place.rows)
    say((1...place.rows / 2).map { "shell> line \($0)\r\n" }.joined() + "shell> memtop\r\n")
  }

  /// What the shell writes.
  func say(_ text: String) {
    emulator.write(text)
    reference.write(text)
  }

  /// Shows what has come.
  func look() {
    emulator.write(session.sent[fed...])
    fed = session.sent.count
  }

  func resize(columns: Int, rows: Int) {
    look()
    for terminal in [emulator, reference] { terminal.resize(columns: columns, rows: rows) }
    session.resize(columns: UInt16(columns), rows: UInt16(rows))
  }

  /// Waits until the screen is memtop's, from the first row to the last.
  func begin() async throws {
    try await session.wait("the screen on \(place)") {
      guard session.sent.count > fed else { return false }
      look()
      return emulator.text(0).hasPrefix("memtop")
        && emulator.text(emulator.rows - 1).contains("? help")
    }
  }

  /// Expects the terminal as it would be had memtop never been there.
  func expectWhole(_ when: String, then words: String = "") {
    look()
    reference.write(words)
    #expect(emulator.state == .whole, "\(place) \(when)")
    #expect(session.settings == session.before, "\(place) \(when)")
    if place.hasOtherScreen {
      expectSame(when)
    } else {
      #expect(emulator.text(emulator.rows - 1) == "", "\(place) \(when)")
      #expect(emulator.cursor == [emulator.rows - 1, 0], "\(place) \(when)")
      say("\u{1B}[H\u{1B}[2J")
    }
    // How a terminal is set is seen by what it makes of what is written.
    say(probe)
    expectSame("\(when), written to")
  }

  private func expectSame(_ when: String) {
    let (ours, others) = (emulator.screen, reference.screen)
    #expect(ours.cursor == others.cursor, "\(place) \(when)")
    #expect(ours.properties == others.properties, "\(place) \(when)")
    if place.hasOtherScreen { #expect(ours.scrolledOff == others.scrolledOff, "\(place) \(when)") }
    for row in 0..<emulator.rows where ours.rows[row] != others.rows[row] {
      Issue.record(
        "\(place) \(when): row \(row): \"\(emulator.text(row))\" for \"\(reference.text(row))\"")
      return
    }
  }

  /// Line feeds beyond the last row, a line that is too long, both character sets, tabs, a character
  /// in the midst of others, and the corners.
  private var probe: String {
    let lines = (0..<emulator.rows + 2).map { "row \($0)\r\n" }.joined()
    let long = String(repeating: "0123456789", count: emulator.columns / 10 + 1)
    return lines + long + "\r\n\u{E}qxq\u{F}qxq\tx\tx\r\n\u{1B}[3Gin\u{1B}[A\u{1B}[5Gput\n"
      + "\u{1B}[1;1Htop\u{1B}[\(emulator.rows);1Hbottom\r\n"
  }
}
