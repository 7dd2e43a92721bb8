import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

/// What comes from the clipboard is typed where text is typed, and is nothing anywhere else.
@Suite(.timeLimit(.minutes(30))) struct PastingTests {
  static let prompts: [([String], String)] = [
    (["/"], "swap>0"), (["e"], "busy+512M"), (["m"], "before the upgrade"),
    (["z", "b"], "15:04"), (["d"], "5"), (["F"], "1G"),
  ]

  private func prompt(_ board: Dashboard) -> Prompt? {
    if case .prompt(let prompt)? = board.state.pages.layers.last { prompt } else { nil }
  }

  @Test("at a prompt it is as if it had been typed", arguments: prompts)
  func typed(_ keys: [String], _ text: String) throws {
    var pasted = Dashboard(history: Samples.past())
    for key in keys { pasted.press(key) }
    var typed = pasted
    pasted.send(.key(.pasted(text)))
    typed.type(text)
    #expect(try #require(prompt(pasted)).text == text)
    #expect(pasted.frame() == typed.frame())
  }

  @Test("what the prompt has no room for is not taken in part, and that is said")
  func long() throws {
    var board = Dashboard()
    board.press("/")
    board.type("swap")
    board.send(.key(.pasted(String(repeating: "x", count: 1000))))
    #expect(try #require(prompt(board)).text == "swap")
    #expect(board.frame().contains("at most 500 characters"))
    // A filter from the command line may be longer than what can be typed.
    let long = String(repeating: "x", count: 600)
    board = Dashboard(filter: try Filter(long))
    board.press("/")
    board.type("y")
    #expect(try #require(prompt(board)).text == long)
    board.send(.key(.backspace))
    #expect(try #require(prompt(board)).text == String(long.dropLast()))
  }

  @Test(
    "anywhere else it does nothing",
    arguments: [[], ["Enter"], ["?"], ["]"], ["]", "Enter"], ["z"], ["M"]] as [[String]])
  func elsewhere(_ keys: [String]) {
    var board = Dashboard(history: Samples.past())
    for key in keys { board.press(key) }
    let before = board.frame()
    board.send(.key(.pasted("]eyq")))
    #expect(board.frame() == before)
    #expect(board.effects.isEmpty)
  }
}
