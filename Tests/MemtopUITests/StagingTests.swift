import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

@Suite(.timeLimit(.minutes(30))) struct StagingTests {
  @Test("a step is a round number near a sixteenth of the domain")
  func step() {
    for (size, step) in [
      (Bytes.gib(2), Bytes.mib(128)), (.gib(8), .mib(512)), (.gib(64), .gib(4)),
      (.mib(192), .mib(16)), (.mib(3000), .mib(128)), (.mib(16), .mib(1)), (.mib(1), .mib(1)),
    ] {
      let board = Dashboard(
        snapshot: Samples.host([Samples.domain(1, "a", alloc: size, max: .gib(100))]))
      #expect(board.state.step == step, "\(size.short)")
    }
  }

  @Test("] and [ stage steps from the target, not from the allocation")
  func steps() {
    var board = Dashboard()
    board.press("]", "]", "F8", "+")
    #expect(board.state.staging.orders.map(\.to) == [.gib(11)])
    #expect(board.state.staging.orders[0].from == .gib(9))
    board.press("[", "F7", "-", "-")
    #expect(board.state.staging.isEmpty)
  }

  @Test("} doubles the step and { halves it")
  func stepSizes() {
    var board = Dashboard()
    board.press("}", "]")
    #expect(board.state.staging.orders[0].to == .gib(10))
    board.press("{", "{", "[")
    #expect(board.state.staging.orders[0].to == .gib(10) - .mib(256))
  }

  @Test("the step neither vanishes nor grows without end")
  func stepLimits() {
    var board = Dashboard()
    for _ in 0..<100 { board.press("{") }
    #expect(board.state.step == .mib(1))
    for _ in 0..<100 { board.press("}") }
    #expect(board.state.step == Bytes(1 << 40))
    board.press("{")
    #expect(board.state.step == Bytes(1 << 39))
  }

  @Test("tagged domains get the step together")
  func tagged() {
    var board = Dashboard()
    board.press("Space", "Space", "]")
    #expect(Set(board.state.staging.orders.map(\.name)) == ["db2", "mail"])
  }

  @Test("with several tagged domains the bar names no step, since each has its own")
  func stepOfTagged() {
    var board = Dashboard(columns: 120)
    #expect(board.frame().contains("] +512M  [ -512M"), "\(board.frame())")
    board.press("Space")
    // The step is that of the domain which `]` changes, not that of the one under the cursor.
    #expect(board.frame().contains("] +512M  [ -512M"), "\(board.frame())")
    board.press("Space")
    #expect(board.frame().contains("] one step up  [ one step down"), "\(board.frame())")
    board.press("}")
    #expect(board.state.message?.text == "Each step is doubled")
    board.press("]")
    #expect(board.frame().contains("Staged one step for each of 2 tagged domains"))
    board.press("Esc")
    for _ in 0..<100 { board.press("}") }
    #expect(board.state.message?.text == "The steps stay as they are")
  }

  @Test("a step of several counts those that it moved, and says which are at their limit")
  func stepsAtTheLimit() {
    func board(_ sizes: Bytes...) -> Dashboard {
      var board = Dashboard(
        snapshot: Samples.host(
          zip("abcdef", sizes).enumerated().map {
            Samples.domain(UInt16($0 + 1), String($1.0), alloc: $1.1)
          }))
      board.press("*", "]")
      return board
    }
    let one = board(.gib(2), .gib(4), .gib(3))
    #expect(one.state.staging.orders.count == 2)
    #expect(
      one.state.message?.text
        == "Staged one step for 2 of 3 tagged domains; b can have at most 4.00G")
    let two = board(.gib(2), .gib(4), .gib(4))
    #expect(
      two.state.message?.text
        == "Staged one step for 1 of 3 tagged domains; 2 are limited by their MAX")
    var down = board(.gib(2), .mib(1))
    down.press("Esc", "[")
    #expect(down.state.message?.text == "Staged one step for 1 of 2 tagged domains")
  }

  @Test("nothing is staged above static-max")
  func staticMax() {
    var board = Dashboard(snapshot: Samples.host([Samples.domain(1, "a", alloc: .mib(4090))]))
    board.press("]")
    #expect(board.state.staging.orders[0].to == .gib(4))
    #expect(board.state.message?.text.contains("at most 4.00G") == true)
  }

  @Test("a staged target is bound to domid and uuid: a domain that takes its place gets nothing")
  func replaced() {
    var board = Dashboard()
    board.press("]")
    var replaced = Samples.twelve
    replaced[6].id = DomainID(domid: 7, uuid: DomainUUID(high: 1, low: 1))
    board.send(.snapshot(Samples.host(replaced, after: .seconds(1))))
    #expect(board.state.staging.isEmpty)
    #expect(board.state.message?.text.contains("db2 is gone") == true)
  }

  /// The same host without db2.
  private static func withoutDB2(_ seconds: Int64) -> AppEvent {
    .snapshot(Samples.host(Samples.twelve.filter { $0.name != "db2" }, after: .seconds(seconds)))
  }

  @Test("the question for a target of a domain that is gone says so, under its name")
  func goneWhileTyping() {
    var board = Dashboard()
    board.press("e")
    board.send(Self.withoutDB2(1))
    #expect(board.frame().contains("Target for db2:"), "\(board.frame())")
    #expect(board.frame().contains("it is gone"), "\(board.frame())")
    board.press("4")
    board.send(Self.withoutDB2(2))
    #expect(board.frame().contains("Target for db2: 4"), "\(board.frame())")
    #expect(board.frame().contains("it is gone"), "\(board.frame())")
  }

  @Test("rows hold still while anything is staged, and move again after")
  func holdsStill() {
    var board = Dashboard()
    let before = board.names
    board.press("]")
    var worse = Samples.twelve
    worse[1].state = .crashed
    board.send(.snapshot(Samples.host(worse, after: .seconds(1))))
    #expect(board.names == before)
    board.press(">")
    #expect(board.names == before)
    board.press("Esc")
    #expect(board.names.first == "web1")
  }

  @Test("Esc drops what is staged, and so does q, before it quits")
  func drops() {
    var board = Dashboard()
    board.press("]", "Esc")
    #expect(board.state.staging.isEmpty)
    board.press("]", "q")
    #expect(board.state.staging.isEmpty)
    #expect(board.effects.isEmpty)
    board.press("q")
    #expect(board.effects == [.quit])
  }

  @Test("nothing is staged read-only: the keys do not exist")
  func readOnly() {
    var board = Dashboard(readOnly: true)
    board.press("]", "[", "F7", "F8", "e", "F", "a", "u", "+", "-")
    #expect(board.state.staging.isEmpty)
    #expect(board.state.pages.layers.isEmpty)
    #expect(!board.frame().contains("raise"))
    board.press("?")
    #expect(!board.frame().contains("stage"))
  }

  @Test("nothing is staged while frozen")
  func frozen() {
    var board = Dashboard()
    board.press("z", "]", "e", "a", "F")
    #expect(board.state.staging.isEmpty)
    #expect(board.state.pages.layers.isEmpty)
  }

  @Test("nothing is staged while samples are late, and the reason is said")
  func late() {
    var board = Dashboard()
    board.send(.sourceProblem("xenstore has not responded for 5 s"))
    board.press("]")
    #expect(board.state.staging.isEmpty)
    #expect(board.state.message?.text.contains("xenstore has not responded for 5 s") == true)
    board.send(.snapshot(Samples.host(after: .seconds(6))))
    board.press("]")
    #expect(board.state.staging.orders.count == 1)
    board.press("Esc")
    board.send(.tick(Samples.steady + .seconds(20)))
    board.press("]")
    #expect(board.state.staging.isEmpty)
  }

  @Test("no key but those that say so stages anything")
  func othersStageNothing() {
    let changing = Set(Command.table.filter(\.changesHost).flatMap(\.keys))
    let names =
      (0x21...0x7E).map { String(Character(Unicode.Scalar($0))) }
      + ["Up", "Down", "PgUp", "PgDn", "Home", "End", "Enter", "Space", "^D", "^U", "F1", "F9"]
    for name in names where !changing.contains(name) || name == "Enter" {
      var board = Dashboard()
      board.press(name, name)
      #expect(board.state.staging.isEmpty, "\(name)")
      #expect(board.state.mode != .review, "\(name)")
    }
  }

  @Test("a snapshot for which xenstore could not be read stages nothing, and says why")
  func unread() {
    var board = Dashboard()
    var old = Samples.host(after: .seconds(1))
    old.problem = "xenstore: read failed (EIO)"
    board.send(.snapshot(old))
    board.press("]")
    #expect(board.state.staging.isEmpty)
    #expect(board.frame().contains("xenstore: read failed (EIO)"))
    board.send(.snapshot(Samples.host(after: .seconds(2))))
    board.press("]")
    #expect(board.state.staging.orders.count == 1)
  }
}
