import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

/// What a key acts on is what the operator saw under it.
@Suite("keys act on what is seen", .timeLimit(.minutes(30))) struct ActedOnTests {
  private static func calm(_ name: String, after: Span) -> Snapshot {
    let domains = Samples.twelve.map {
      var sample = $0
      if sample.name == name { (sample.pressure, sample.swapInRate) = (.ok, .zero) }
      return sample
    }
    return Samples.host(domains, after: after)
  }

  private static func withoutDB2(after: Span) -> Snapshot {
    Samples.host(Samples.twelve.filter { $0.name != "db2" }, after: after)
  }

  @Test("a filter that stops showing the domain under the cursor leaves it there until it is left")
  func filtered() {
    var board = Dashboard()
    board.press("/")
    board.type("thrashing|tight")
    board.press("Enter")
    #expect(board.names == ["db2", "web3"])
    board.press("Enter")
    board.send(.snapshot(Self.calm("db2", after: .seconds(1))))
    #expect(board.state.mode == .page && board.cursorName == "db2")
    board.press("]")
    #expect(board.state.staging.orders.map(\.name) == ["db2"])
    board.press("Esc", "Esc")
    #expect(board.state.mode == .list && Set(board.names) == ["db2", "web3"])
    board.press(board.names[0] == "db2" ? "Down" : "Up")
    #expect(board.cursorName == "web3")
    board.send(.snapshot(Self.calm("db2", after: .seconds(2))))
    #expect(board.names == ["web3"])
  }

  @Test("a filter that is being typed hides the domain under the cursor, too")
  func typed() {
    var board = Dashboard()
    board.press("Down", "/")
    board.type("cache1")
    #expect(board.names == ["cache1"])
  }

  @Test("where there is no room for the screen, keys do nothing but leave it")
  func tooSmall() {
    var board = Dashboard(columns: 120, rows: 40)
    board.press("/")
    board.type("lab")
    board.press("Enter", "]", "Enter")
    board.send(DecidingTests.fresh(1))
    #expect(board.state.mode == .review)
    board.send(.resized(ScreenSize(columns: 39, rows: 24)))
    board.press("y")
    #expect(board.effects.isEmpty && board.state.mode == .review)
    board.press("Esc", "Enter")
    #expect(board.state.mode == .review && board.state.staging.orders.count == 1)
    board.press("^C")
    #expect(board.effects == [.quit])
    board.send(.resized(ScreenSize(columns: 120, rows: 40)))
    board.press("Esc")
    #expect(board.state.mode == .listStaged)
  }

  @Test("that a staged target is dropped is still told when what hid it is closed")
  func toldLater() {
    var board = Dashboard()
    board.press("]", "/")
    board.send(.snapshot(Self.withoutDB2(after: .seconds(1))))
    board.type("web")
    board.send(.tick(Samples.steady + .minutes(5)))
    board.send(.snapshot(Self.withoutDB2(after: .minutes(5))))
    board.press("Enter")
    #expect(board.state.message?.text == "db2 is gone; its staged target is dropped")
    board.press("Down")
    #expect(board.state.message == nil)
  }

  @Test("what is staged can be reviewed where a filter hides every domain")
  func hiddenByFilter() {
    var board = Dashboard()
    board.press("]", "/")
    board.type("no-such-name")
    board.press("Enter", "Enter")
    #expect(board.state.mode == .review)
  }

  @Test("a note on a domain that ends meanwhile is about it")
  func noteOfTheGone() {
    var board = Dashboard()
    board.press("Enter", "m")
    board.send(.snapshot(Self.withoutDB2(after: .seconds(1))))
    board.type("leaked")
    board.press("Enter")
    #expect(board.effects == [.note(text: "leaked", domain: Samples.id(7), name: "db2")])
  }

  @Test("a failing sample hides neither that the screen is frozen nor what is staged")
  func notices() {
    var board = Dashboard(columns: 160, rows: 40)
    board.press("]")
    board.send(.sourceProblem("xenstore does not respond"))
    let title = board.frame().split(separator: "\n")[0]
    #expect(title.contains("xenstore does not respond") && title.contains("1 staged"), "\(title)")
  }

  @Test("the review shows a whole name and the whole change, however narrow it is")
  func narrow() {
    let name = "customer-production-database-04"
    let domains = Samples.twelve.map {
      guard $0.name == "web1" else { return $0 }
      return Samples.domain(1, name, alloc: .gib(3), busy: .mib(1100), cache: .mib(1300))
    }
    for columns in [40, 60, 80] {
      var board = Dashboard(columns: columns, rows: 24, snapshot: Samples.host(domains))
      board.press("/")
      board.type("customer")
      board.press("Enter", "]", "Enter")
      board.send(.readForChange(Samples.host(domains, after: .seconds(1)), Samples.facts))
      let frame = board.frame()
      #expect(frame.contains(name) && frame.contains("3.00G → 3.25G"), "\(frame)")
      #expect(frame.contains("+256M"), "\(frame)")
    }
  }

  @Test("of a long line in wide characters the end is seen, with the cursor behind it")
  func wide() {
    var board = Dashboard(columns: 80)
    board.press("m")
    for character in String(repeating: "東", count: 50) + "京" {
      board.send(.key(.character(character)))
    }
    let line = board.frame().split(separator: "\n").last.map(String.init) ?? ""
    #expect(line.contains("東京") && !line.contains("…"), "\(line)")
  }

  @Test("a page names no key that does nothing there")
  func pageKeys() {
    let history = History()
    history.append(Samples.host())
    var board = Dashboard(columns: 120, rows: 60, history: history)
    board.press("Enter")
    #expect(board.frame().contains("E lists all"))
    board.press("]")
    #expect(!board.frame().contains("E lists all"))
  }
}
