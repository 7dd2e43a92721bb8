import Testing

@testable import MemtopCore
@testable import TestSupport

/// What is on the screen, as golden files in Golden/.
@Suite(.timeLimit(.minutes(30))) struct FrameTests {
  struct View: Sendable, CustomTestStringConvertible {
    var name: String
    var keys: [String] = []
    var typed = ""
    var testDescription: String { name }
  }

  static let views = [
    View(name: "list"),
    View(name: "staged", keys: ["]", "Down", "Space", "Space", "["]),
    View(name: "page", keys: ["Enter"]),
    View(name: "page-silent", keys: ["Down", "Down", "Down", "Down", "Down", "Enter"]),
    View(name: "help", keys: ["?"]),
    View(name: "past", keys: ["z", "p"]),
    View(name: "filter", keys: ["/"], typed: "swap>0 "),
    View(name: "size", keys: ["e"], typed: "busy+512M"),
  ]

  static let sizes = [(120, 40), (80, 24), (40, 8)]

  static func board(
    _ view: View, _ size: (Int, Int), _ past: History = Samples.past()
  ) -> Dashboard {
    var board = Dashboard(columns: size.0, rows: size.1, history: past)
    for key in view.keys { board.press(key) }
    board.type(view.typed)
    return board
  }

  @Test("the screen is as its golden file has it", arguments: views, [false, true])
  func golden(view: View, ascii: Bool) {
    for size in Self.sizes {
      let name = "\(view.name)-\(size.0)x\(size.1)" + (ascii ? "-ascii" : "")
      Golden.check(Self.board(view, size).frame(ascii: ascii), name)
    }
  }

  @Test("in ASCII there is nothing but ASCII", arguments: views)
  func ascii(view: View) {
    for size in Self.sizes {
      #expect(Self.board(view, size).frame(ascii: true).utf8.allSatisfy { $0 < 0x7F })
    }
  }

  @Test("without room memtop says what it needs", arguments: [(30, 5), (39, 24), (80, 7), (12, 4)])
  func tooSmall(columns: Int, rows: Int) {
    let words = Dashboard(columns: columns, rows: rows).frame()
      .split { $0 == " " || $0 == "\n" }.joined(separator: " ")
    #expect(words.hasPrefix("memtop needs 40x8, this is \(columns)x\(rows)"))
  }

  @Test("before the first sample the screen says that it waits")
  func waiting() {
    let board = Dashboard(snapshot: nil)
    #expect(board.frame().contains("first sample"))
  }
}
