import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

/// What the guard's word does to a review.
@Suite(.timeLimit(.minutes(30))) struct JudgedTests {
  private static func board(_ name: String, _ host: Snapshot = Samples.host()) -> Dashboard {
    var board = Dashboard(columns: 120, rows: 40, snapshot: host)
    board.press("/")
    board.type(name)
    board.press("Enter")
    return board
  }

  @Test("a target below what is busy is refused: y does nothing, and nobody is helped to force it")
  func refuses() {
    var board = Self.board("web1")
    board.press("e")
    board.type("512M")
    board.press("Enter", "Enter")
    board.send(DecidingTests.fresh())
    #expect(board.frame().contains("its OOM killer may strike"))
    #expect(board.frame().contains("programs in web1 could be killed"))
    #expect(!board.frame().contains("--force"))
    board.press("y")
    #expect(board.effects.isEmpty)
    #expect(board.state.mode == .review)
  }

  @Test("a review whose domain is gone says so, stays, and applies nothing by yes")
  func gone() {
    var board = Self.board("lab")
    board.press("]", "Enter")
    board.send(DecidingTests.fresh(1))
    board.press("y")
    #expect(board.state.mode == .prompt)
    let left = Samples.twelve.filter { !$0.name.hasPrefix("lab") }
    for second in Int64(2)...4 {
      board.send(.snapshot(Samples.host(left, after: .seconds(second))))
      #expect(board.frame().contains("the domain is gone"), "\(board.frame())")
    }
    board.type("yes")
    board.press("Enter")
    #expect(board.effects.isEmpty)
    #expect(board.state.mode == .review)
    #expect(board.frame().contains("impossible"), "\(board.frame())")
    #expect(!board.frame().contains("this size"), "\(board.frame())")
    board.press("Esc")
    #expect(board.state.mode == .list)
  }

  @Test("while yes is being typed the review stays as it was; it is not applied to what changed")
  func consentIsForWhatWasShown() {
    func changed(_ domains: [DomainSample]) -> [DomainSample] {
      domains.map {
        var sample = $0
        if sample.name == "lab" { sample.target = .mib(300) }
        return sample
      }
    }
    var board = Self.board("lab")
    board.press("]", "Enter")
    board.send(DecidingTests.fresh(1))
    board.press("y")
    #expect(board.state.mode == .prompt)
    let shown = board.state.pages.review?.rows
    board.send(.snapshot(Samples.host(changed(Samples.twelve), after: .seconds(2))))
    #expect(board.effects.isEmpty)
    #expect(board.state.pages.review?.rows == shown)
    board.type("yes")
    board.press("Enter")
    board.send(
      .readForChange(Samples.host(changed(Samples.twelve), after: .seconds(3)), Samples.facts))
    #expect(board.effects.isEmpty)
    #expect(board.frame().contains("lab: someone else set its target to 300M meanwhile"))
  }

  @Test("nor does a sample that another change asked for")
  func consentBesideAnotherChange() {
    var board = Self.board("lab")
    board.press("]", "Enter")
    board.send(DecidingTests.fresh(1))
    board.press("y")
    let shown = board.state.pages.review?.rows
    board.send(
      DecidingTests.fresh(2) { domains in
        for index in domains.indices where domains[index].name == "lab" {
          domains[index].target = .mib(300)
        }
      })
    #expect(board.state.mode == .prompt)
    #expect(board.state.pages.review?.rows == shown)
  }

  @Test(
    "every line of a long review is seen before y applies it, however narrow", arguments: 40..<80)
  func everyLine(_ columns: Int) throws {
    var board = Dashboard(columns: columns, rows: 12, snapshot: Samples.host())
    board.press("*", "]", "Enter")
    board.send(DecidingTests.fresh(1))
    var seen = ""
    for _ in 0..<40 {
      seen += board.frame() + "\n"
      board.press("PgDn")
    }
    let lines = try #require(
      Overlay(state: board.state, history: EmptyHistory(), glyphs: .unicode).content()
    ).lines.map { $0.pieces.map(\.text).joined() }
    #expect(lines.count > 12)
    for line in lines where line.contains(where: \.isLetter) {
      let words = line.reversed().drop { $0 == " " }.reversed()
      #expect(seen.contains(String(words)), "\(line)")
    }
  }

  @Test("a warning is applied only after the whole word yes", arguments: ["y", "YE", "no", "yes"])
  func warns(word: String) {
    var board = Self.board("legacy")
    board.press("e")
    board.type("max")
    board.press("Enter")
    #expect(board.state.staging.isEmpty)
    board = Self.board("lab")
    board.press("]", "Enter")
    board.send(DecidingTests.fresh(1))
    #expect(board.frame().contains("warning"))
    board.press("y")
    #expect(board.effects.isEmpty)
    #expect(board.state.mode == .prompt)
    board.type(word)
    board.press("Enter")
    #expect(board.effects.isEmpty == (word != "yes"))
    #expect(board.frame().contains("not applied: type yes in full") == (word != "yes"))
    board.send(DecidingTests.fresh(2))
    guard word == "yes" else {
      #expect(board.effects.isEmpty)
      // A word that was wrong is not a part of the next one.
      board.type("yes")
      board.press("Enter")
      return #expect(!board.effects.isEmpty)
    }
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
    board.send(.readForChange(Samples.host(two, after: .seconds(1)), Samples.facts))
    #expect(board.frame().contains("safe"))
    board.press("Esc", "Down", "e")
    board.type("+15G")
    board.press("Enter", "Enter")
    board.send(.readForChange(Samples.host(two, after: .seconds(2)), Samples.facts))
    #expect(board.frame().contains("memtop free can free some"))
    board.press("y")
    #expect(board.effects.isEmpty)
  }

  @Test("what a batch lowers pays for its raises, and for no more")
  func paysForRaises() {
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
    board.send(.readForChange(Samples.host(two, after: .seconds(1)), Samples.facts))
    #expect(!board.frame().contains("b would take"))
    board.press("Esc", "e")
    board.type("34G")
    board.press("Enter", "Enter")
    board.send(.readForChange(Samples.host(two, after: .seconds(2)), Samples.facts))
    #expect(board.frame().contains("b needs 14.0G more, but the host has only 13.6G free"))
  }

  @Test("a verdict that changed meanwhile is shown anew")
  func judgedAnew() {
    var board = Self.board("web1")
    board.press("[", "Enter")
    board.send(DecidingTests.fresh(1))
    board.press("y")
    board.send(DecidingTests.fresh(2) { $0[1].health = .stale })
    #expect(board.effects == [.refused([.reportStale])])
    #expect(board.frame().contains("changed after this review opened"))
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
    let left = PopulateOnDemand(entries: .mib(16), cache: .zero)
    let facts = [Samples.id(1): GuardFacts(populateOnDemand: .left(left))]
    board.send(.readForChange(Samples.host(hvm, after: .seconds(1)), facts))
    #expect(board.frame().contains("to populate on demand"))
    #expect(board.state.mode == .review)
    board.press("y")
    #expect(board.effects.isEmpty)
  }
}
