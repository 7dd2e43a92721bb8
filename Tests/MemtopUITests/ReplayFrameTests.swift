import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

/// Recordings on the screen, as golden files in Golden/.
@Suite(.timeLimit(.minutes(30))) struct ReplayFrameTests {
  struct View: Sendable, CustomTestStringConvertible {
    var name: String
    var at: String?
    var speed: PlaySpeed? = .thirty
    var follows = false
    var keys: [String] = []
    var testDescription: String { name }
  }

  static let views = [
    View(name: "playing", at: "-2m"), View(name: "paused", at: "-90s", speed: nil),
    View(name: "page", at: "-30s", speed: nil, keys: ["Enter"]),
    View(name: "gap", at: "13:56:30", speed: nil), View(name: "end", at: "-1s"),
    View(name: "following", speed: nil, follows: true),
    View(name: "help", speed: nil, keys: ["?"]),
  ]

  private static func board(_ view: View, _ size: (Int, Int)) -> Dashboard {
    var board = Dashboard.replay(
      columns: size.0, rows: size.1, at: view.at, speed: view.speed, follows: view.follows)
    board.wait(.seconds(1))
    for key in view.keys { board.press(key) }
    return board
  }

  private static let sizes = [(120, 40), (80, 24), (40, 10)]

  @Test("a recording is shown as its golden file has it", arguments: views, [false, true])
  func golden(view: View, ascii: Bool) {
    for size in Self.sizes {
      let frame = Self.board(view, size).frame(ascii: ascii)
      if ascii { #expect(frame.utf8.allSatisfy { $0 < 0x7F }) }
      let name = "replay-\(view.name)-\(size.0)x\(size.1)" + (ascii ? "-ascii" : "")
      Golden.check(frame, name)
    }
  }

  @Test("a session that records is shown as its golden file has it", arguments: [false, true])
  func recording(ascii: Bool) {
    for size in Self.sizes {
      var board = Dashboard(columns: size.0, rows: size.1, history: Samples.past())
      board.send(.recording(.on(file: "x.memtop", since: Samples.steady + .seconds(-751))))
      board.press("Down")
      let name = "\(size.0)x\(size.1)" + (ascii ? "-ascii" : "")
      Golden.check(board.frame(ascii: ascii), "recording-\(name)")
      board.send(.recording(.stopped(why: "no space left on the device")))
      Golden.check(board.frame(ascii: ascii), "recording-stopped-\(name)")
    }
  }

  @Test("a recording has room at any size", arguments: views)
  func sizes(view: View) {
    var board = Self.board(view, (80, 24))
    for width in 1...200 {
      let size = ScreenSize(columns: width, rows: 1 + width * 7 % 50)
      board.send(.resized(size))
      let frame = Screen.draw(board.state, history: board.history)
      for row in 0..<frame.height {
        #expect(TextWidth.columns(of: frame.text(row)) <= size.columns, "\(size)")
      }
    }
  }
}
