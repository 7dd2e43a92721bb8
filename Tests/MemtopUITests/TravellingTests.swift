import Testing

@testable import MemtopCore
@testable import TestSupport

@Suite(.timeLimit(.minutes(30))) struct TravellingTests {
  private var board: Dashboard { Dashboard(history: Samples.past()) }

  @Test("a frozen screen stands still while samples go on")
  func freezes() {
    var board = board
    board.press("z")
    board.send(.snapshot(Samples.host(after: .seconds(5))))
    #expect(board.state.shown?.steady == Samples.steady)
    #expect(board.frame().contains("FROZEN"))
    board.press("L")
    #expect(board.state.shown?.steady == Samples.steady + .seconds(5))
  }

  @Test("t and T go a sample on and back")
  func samples() {
    var board = board
    board.press("z", "T", "T", "t")
    #expect(board.state.shown?.steady == Samples.steady + .seconds(-2))
  }

  @Test("p and n go from event to event")
  func events() {
    var board = board
    board.press("z", "p")
    #expect(board.state.shown?.steady == Samples.steady + .seconds(-12))
    board.press("p")
    #expect(board.state.shown?.steady == Samples.steady + .seconds(-30))
    board.press("n", "n")
    #expect(board.state.message != nil)
  }

  @Test("( and ) go to the first and the last sample")
  func ends() {
    var board = board
    board.press("z", "(")
    #expect(board.state.shown?.steady == Samples.steady + .seconds(-600))
    board.press(")")
    #expect(board.state.shown?.steady == Samples.steady)
  }

  @Test(
    "b goes to a time of day, or so long ago",
    arguments: [("14:00:31", -100), ("13:59", -192), ("-5m", -300), ("-90s", -90), ("-1h", -600)])
  func goesTo(text: String, second: Int64) {
    var board = board
    board.press("b")
    board.type(text)
    board.press("Enter")
    #expect(board.state.pages.layers.isEmpty)
    #expect(board.state.shown?.steady == Samples.steady + .seconds(second))
  }

  @Test("a time that makes no sense keeps the prompt", arguments: ["25:00", "noon", "1:2:3:4"])
  func wrongTime(text: String) {
    var board = board
    board.press("b")
    board.type(text)
    board.press("Enter")
    #expect(board.state.mode == .prompt)
    #expect(board.state.playback.timeline.isLive)
  }

  @Test("from now b leads to no time that is in the future; from the past it leads to the newest")
  func future() {
    var board = board
    board.press("b")
    board.type("+1h")
    board.press("Enter")
    #expect(board.frame().contains("that is in the future"))
    board.press("Esc", "z", "(", "b")
    board.type("+1m")
    board.press("Enter")
    #expect(board.state.shown?.steady == Samples.steady + .seconds(-540))
    board.press("b")
    board.type("+1h")
    board.press("Enter")
    #expect(board.state.shown?.steady == Samples.steady)
    #expect(board.state.message?.text == "No history after 14:02:11")
  }

  @Test("played, the past goes on until it is the present")
  func plays() {
    var board = board
    board.press("z", "(", "z", ".", ".", ".")
    board.send(.tick(Samples.steady + .seconds(1)))
    #expect(board.state.shown?.steady == Samples.steady + .seconds(-590))
    board.press("z")
    board.send(.tick(Samples.steady + .seconds(2)))
    #expect(board.state.shown?.steady == Samples.steady + .seconds(-590))
    // It goes on as fast as it went.
    board.press("z")
    board.send(.tick(Samples.steady + .seconds(3)))
    #expect(board.state.shown?.steady == Samples.steady + .seconds(-580))
    board.press(".", ".", ".", ".", ".", ".", ".")
    board.send(.tick(Samples.steady + .seconds(4)))
    #expect(board.state.playback.timeline.isLive)
  }

  @Test("who stopped memtop for an hour has not missed an hour of what was played")
  func stopped() {
    var board = board
    board.press("z", "(", "z", ".", ".", ".")
    board.send(.tick(Samples.steady + .seconds(3600)))
    #expect(board.state.shown!.steady <= Samples.steady + .seconds(-580))
  }

  @Test("before anything is kept the keys say so and nothing breaks")
  func nothingKept() {
    var board = Dashboard()
    board.press("z", "T", "p", "(", ")", "n", "t")
    #expect(board.state.message != nil)
    board.press("b")
    board.type("-5m")
    board.press("Enter")
    #expect(board.state.mode == .prompt)
  }
}
