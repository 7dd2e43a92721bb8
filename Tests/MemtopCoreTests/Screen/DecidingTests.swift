import Testing

@testable import MemtopCore

@Suite struct DecidingTests {
  /// One raise of web1, under review, its domains read.
  static func reviewing(_ keys: [String] = ["]"], then more: [String] = []) -> Dashboard {
    var board = Dashboard(snapshot: Samples.host(Samples.twelve))
    board.press("/")
    board.type("web1")
    board.press("Enter")
    for key in keys { board.press(key) }
    board.press("Enter")
    return board
  }

  static func fresh(_ second: Int64 = 1, _ change: (inout [DomainSample]) -> Void = { _ in })
    -> AppEvent
  {
    var domains = Samples.twelve
    change(&domains)
    return .readForChange(Samples.host(domains, after: .seconds(second)), [:])
  }

  @Test("opening the review throws typed-ahead keys away and reads the domains")
  func opens() {
    let board = Self.reviewing()
    #expect(board.effects == [.flushInput, .readForChange([Samples.id(1)])])
    #expect(board.state.mode == .review)
  }

  @Test("before the domains are read, y applies nothing")
  func tooEarly() {
    var board = Self.reviewing()
    board.press("y")
    #expect(board.effects.isEmpty)
    #expect(board.state.mode == .review)
  }

  @Test("y reads the domains once more, and only then applies")
  func applies() {
    var board = Self.reviewing()
    board.send(Self.fresh(1))
    board.press("y")
    #expect(board.effects == [.readForChange([Samples.id(1)])])
    board.send(Self.fresh(2))
    guard case .apply(let agreed)? = board.effects.first else {
      Issue.record("nothing was applied")
      return
    }
    let orders = agreed.map(\.order)
    #expect(orders.map(\.domain) == [Samples.id(1)])
    #expect(orders[0].to == .gib(3) + .mib(256))
    #expect(board.state.staged.isEmpty)
    #expect(board.state.mode == .list)
  }

  @Test(
    "any other key goes back, and what is staged stays",
    arguments: ["Enter", "Esc", "q", "n", "]", "Space", "?", "F8", "Y"])
  func goesBack(key: String) {
    var board = Self.reviewing()
    board.send(Self.fresh())
    board.press(key)
    #expect(board.state.mode == .listStaged)
    #expect(board.state.staged.count == 1)
    #expect(board.effects.isEmpty)
  }

  @Test("a target that somebody else changed meanwhile is shown anew, and needs a new y")
  func changedMeanwhile() {
    var board = Self.reviewing()
    board.send(Self.fresh(1))
    board.press("y")
    board.send(Self.fresh(2) { $0[1].target = .gib(1) })
    #expect(board.effects.isEmpty)
    #expect(board.state.mode == .review)
    #expect(board.frame().contains("changed since you looked"))
    #expect(board.frame().contains("1.00G → 3.25G"))
    board.press("y")
    board.send(Self.fresh(3) { $0[1].target = .gib(1) })
    #expect(board.effects.count == 1)
  }

  @Test("a domain that was replaced meanwhile is not changed")
  func replacedMeanwhile() {
    var board = Self.reviewing()
    board.send(Self.fresh(1))
    board.press("y")
    board.send(
      Self.fresh(2) { $0[1].id = DomainID(domid: 1, uuid: DomainUUID(high: 9, low: 9)) })
    #expect(board.effects.isEmpty)
    #expect(board.state.staged.isEmpty)
    #expect(board.state.mode == .list)
  }

  @Test("a batch shows how it goes, and u stages the way back of what was written")
  func follows() {
    var board = Dashboard()
    board.press("/")
    board.type("web")
    board.press("Enter", "*", "]", "Enter")
    board.send(Self.fresh(1))
    board.press("y")
    if board.state.mode == .prompt {
      board.type("yes")
      board.press("Enter")
    }
    board.send(Self.fresh(2))
    guard case .apply(let agreed)? = board.effects.first else {
      Issue.record("nothing was applied")
      return
    }
    let orders = agreed.map(\.order)
    #expect(board.state.mode == .progress)
    board.send(
      .changeProgress(
        ChangeProgress(
          steps: [
            .init(orders[0], .following), .init(orders[1], .failed("no lock within 10 s")),
            .init(orders[2], .skipped),
          ], isFinished: true)))
    #expect(board.frame().contains("no lock within 10 s"))
    #expect(board.frame().contains("not tried"))
    board.press("Esc")
    board.send(
      .snapshot(
        Samples.host(
          Samples.twelve.map { sample in
            var sample = sample
            if sample.id == orders[0].domain { sample.target = orders[0].to }
            return sample
          }, after: .seconds(3))))
    board.press("u")
    #expect(board.state.staged.map(\.domain) == [orders[0].domain])
    #expect(board.state.staged.map(\.to) == [orders[0].from])
  }

  private static func board(_ name: String, _ host: Snapshot = Samples.host()) -> Dashboard {
    var board = Dashboard(columns: 120, rows: 40, snapshot: host)
    board.press("/")
    board.type(name)
    board.press("Enter")
    return board
  }

  @Test("a target below what is busy is refused: y does nothing, and a shell's way is shown")
  func refuses() {
    var board = Self.board("web1")
    board.press("e")
    board.type("512M")
    board.press("Enter", "Enter")
    board.send(Self.fresh())
    #expect(board.frame().contains("its OOM killer wakes"))
    #expect(board.frame().contains("memtop set web1 512M --force"))
    board.press("y")
    #expect(board.effects.isEmpty)
    #expect(board.state.mode == .review)
  }

  @Test("a warning is applied only after the whole word yes", arguments: ["y", "YES", "no", "yes"])
  func warns(word: String) {
    var board = Self.board("legacy")
    board.press("e")
    board.type("max")
    board.press("Enter")
    #expect(board.state.staged.isEmpty)
    board = Self.board("lab")
    board.press("]", "Enter")
    board.send(Self.fresh(1))
    #expect(board.frame().contains("warning"))
    board.press("y")
    #expect(board.effects.isEmpty)
    #expect(board.state.mode == .prompt)
    board.type(word)
    board.press("Enter")
    #expect(board.effects.isEmpty == (word != "yes"))
    board.send(Self.fresh(2))
    guard word == "yes" else { return #expect(board.effects.isEmpty) }
    guard case .apply(let rows)? = board.effects.first else {
      Issue.record("nothing was applied")
      return
    }
    #expect(rows.map(\.verdict.severity) == [.warn])
  }

  @Test("raises that fit one by one but not together are refused together")
  func together() {
    let two = [
      Samples.domain(1, "a", alloc: .gib(20), max: .gib(64), busy: .gib(1)),
      Samples.domain(2, "b", alloc: .gib(20), max: .gib(64), busy: .gib(1)),
    ]
    var board = Dashboard(columns: 120, rows: 40, snapshot: Samples.host(two))
    board.press("e")
    board.type("+15G")
    board.press("Enter", "Enter")
    board.send(.readForChange(Samples.host(two, after: .seconds(1)), [:]))
    #expect(board.frame().contains("safe"))
    board.press("Esc", "Down", "e")
    board.type("+15G")
    board.press("Enter", "Enter")
    board.send(.readForChange(Samples.host(two, after: .seconds(2)), [:]))
    #expect(board.frame().contains("F frees more"))
    board.press("y")
    #expect(board.effects.isEmpty)
  }

  @Test("what a batch lowers is not given yet: it does not pay for a raise")
  func notGivenYet() {
    let two = [
      Samples.domain(1, "a", alloc: .gib(40), max: .gib(64), busy: .gib(1)),
      Samples.domain(2, "b", alloc: .gib(20), max: .gib(64), busy: .gib(1)),
    ]
    var board = Dashboard(columns: 120, rows: 40, snapshot: Samples.host(two))
    board.press("e")
    board.type("-10G")
    board.press("Enter", "Down", "e")
    board.type("+10G")
    board.press("Enter", "Enter")
    board.send(.readForChange(Samples.host(two, after: .seconds(1)), [:]))
    #expect(board.frame().contains("b would take 10.0G, and 3.63G of the host is free"))
  }

  @Test("a verdict that changed meanwhile is shown anew")
  func judgedAnew() {
    var board = Self.board("web1")
    board.press("[", "Enter")
    board.send(Self.fresh(1))
    board.press("y")
    board.send(Self.fresh(2) { $0[1].health = .stale })
    #expect(board.effects.isEmpty)
    #expect(board.frame().contains("changed since you looked"))
    #expect(board.frame().contains("refused"))
  }

  @Test("populate-on-demand entries that the read found are judged")
  func onDemand() {
    let hvm = [Samples.domain(1, "hvm", alloc: .gib(4), max: .gib(8), busy: .gib(1))].map {
      var sample = $0
      sample.balloon.hasFollowed = false
      return sample
    }
    var board = Dashboard(columns: 120, rows: 40, snapshot: Samples.host(hvm))
    board.press("[", "Enter")
    let facts = [Samples.id(1): GuardFacts(populateOnDemandEntries: 4096)]
    board.send(.readForChange(Samples.host(hvm, after: .seconds(1)), facts))
    #expect(board.frame().contains("populated on demand"))
    #expect(board.state.mode == .review)
    board.press("y")
    #expect(board.effects.isEmpty)
  }
}
