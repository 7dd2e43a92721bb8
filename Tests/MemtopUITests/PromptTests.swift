import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

/// The line on which something is typed.
@Suite(.timeLimit(.minutes(30))) struct PromptTests {
  private static func board(_ columns: Int, _ keys: [String]) -> Dashboard {
    var board = Dashboard(columns: columns, history: Samples.past())
    for key in keys { board.press(key) }
    return board
  }

  private static func line(_ board: Dashboard) -> String {
    String(board.frame(ascii: true).split(separator: "\n").last ?? "")
  }

  @Test(
    "an empty prompt shows what can be typed and the way out, as far as there is room",
    arguments: [
      (80, "e", "Target for db2:   (2G  +10%  max   Esc cancels)"),
      (40, "e", "Target for db2:   (2G  +10%  max)"),
      (80, "b", "Go to:   (14:02  -5m   Esc cancels)"),
      (40, "b", "Go to:   (14:02  -5m   Esc cancels)"),
      (80, "/", "Filter:   (web  !db2  busy>2G   Esc cancels)"),
      (40, "/", "Filter:   (web  !db2  busy>2G)"),
      (80, "d", "Seconds between samples:   (0.5  10   Esc cancels)"),
      (80, "m", "Note on xen1:   (Esc cancels)"),
      (120, "F", "How much should be free on the host (now 16.1G):   (8G   Esc cancels)"),
    ])
  func hints(columns: Int, key: String, line: String) {
    var board = Self.board(columns, [key])
    #expect(Self.line(board).trimmed == line)
    board.press("1")
    #expect(!Self.line(board).contains("cancels"))
  }

  @Test("the question of F says how much is free now at each width", arguments: [40, 60, 80, 120])
  func free(columns: Int) {
    let line = Self.line(Self.board(columns, ["F"]))
    #expect(
      line.contains("ree") && line.contains("(now ") && line.contains("Esc cancels)"), "\(line)")
  }

  @Test("with nothing typed Enter leaves the prompt", arguments: ["e", "b", "F", "d", "m"])
  func leaves(key: String) {
    var board = Self.board(80, [key, "Space", "Enter"])
    #expect(board.state.pages.layers.isEmpty)
    #expect(board.state.staging.isEmpty && board.state.playback.timeline.isLive)
    board.press(key, "Enter")
    #expect(board.state.pages.layers.isEmpty)
  }

  @Test(
    "what is wrong is said in words that fit",
    arguments: [
      (40, "e", "4,5G", "write 4.5G with a point"), (40, "e", "lots", "try 2G or +10%"),
      (80, "e", "lots", "a size looks like 512M, 2G, +10%, -256M, max, busy+512M"),
      (40, "b", "noon", "try 14:02 or -5m"), (60, "b", "noon", "try 14:02 or -5m"),
      (120, "b", "noon", "not a time; write it as 14:02, \"2026-11-20 03:10\", -5m or +1h"),
      (40, "F", "x", "give an amount, such as 4G"), (40, "d", "0", "from 0.2 to 3600 seconds"),
      (40, "/", "busy>lots", "try web or busy>2G"), (40, "e", "9999G", "at most 16.0G"),
    ])
  func problems(columns: Int, key: String, text: String, words: String) {
    var board = Self.board(columns, [key])
    board.type(text)
    board.press("Enter")
    #expect(Self.line(board).trimmed.hasSuffix("\(text)   \(words)"), "\(Self.line(board))")
  }
}
