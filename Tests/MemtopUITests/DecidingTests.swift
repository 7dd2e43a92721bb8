import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

@Suite(.timeLimit(.minutes(30))) struct DecidingTests {
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
    return .readForChange(Samples.host(domains, after: .seconds(second)), Samples.facts)
  }

  @Test("opening the review throws typed-ahead keys away and reads the domains")
  func opens() {
    let board = Self.reviewing()
    #expect(board.effects == [.flushInput, .readForChange([Samples.id(1)])])
    #expect(board.state.mode == .review)
  }

  @Test("of a review of two the one that is left can be applied after another look")
  func oneGone() {
    var board = Dashboard(snapshot: Samples.host(Samples.twelve))
    board.press("]")
    let gone = board.state.staging.orders[0].domain
    board.press("Down")
    board.press("]")
    board.press("Enter")
    board.send(Self.fresh(1))
    let left = Samples.twelve.filter { $0.id != gone }
    board.send(.snapshot(Samples.host(left, after: .seconds(2))))
    #expect(board.state.pages.review?.severity == .never)
    board.send(.readForChange(Samples.host(left, after: .seconds(3)), Samples.facts))
    #expect(board.state.pages.review?.rows.map(\.order.domain).contains(gone) == false)
    #expect(board.state.pages.review?.news == Review.somethingChanged)
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
    #expect(board.state.staging.isEmpty)
    #expect(board.state.mode == .list)
  }

  @Test("Esc and q go back, and what is staged stays", arguments: ["Esc", "q"])
  func goesBack(key: String) {
    var board = Self.reviewing()
    board.send(Self.fresh())
    board.press(key)
    #expect(board.state.mode == .listStaged)
    #expect(board.state.staging.orders.count == 1)
    #expect(board.effects.isEmpty)
  }

  @Test(
    "any other key stays in the review and says which keys do something",
    arguments: ["Enter", "n", "]", "-", "b", "r", "Space", "F8", "Y"])
  func stays(key: String) {
    var board = Self.reviewing()
    board.send(Self.fresh())
    let orders = board.state.staging.orders
    for key in [key, "-", "5", "m"] { board.press(key) }
    #expect(board.state.mode == .review)
    #expect(board.state.staging.orders == orders)
    #expect(board.effects.isEmpty)
    #expect(board.frame().contains("y applies, Esc goes back"), "\(board.frame())")
  }

  @Test("what a review says of its keys fits it")
  func choices() {
    var board = Self.reviewing()
    board.press("b")
    #expect(board.state.message?.text == "Reading the domains; Esc goes back")
    // To less than what is busy.
    var refused = Self.reviewing(["[", "[", "[", "[", "[", "[", "[", "[", "[", "["])
    refused.send(Self.fresh())
    refused.press("b")
    #expect(refused.state.pages.review?.severity == .refuse)
    #expect(refused.state.message?.text == "Refused; Esc goes back")
  }

  @Test(
    "yes counts in any case, and nothing but the whole word", arguments: ["yes", "YES", " Yes "])
  func consents(text: String) {
    var board = Dashboard(snapshot: Samples.host(Samples.twelve))
    board.press("/")
    board.type("lab")
    board.press("Enter", "]", "Enter")
    board.send(Self.fresh(1))
    let domain = board.state.staging.orders[0].domain
    #expect(board.state.pages.review?.severity == .warn)
    board.press("y")
    board.type("ye")
    board.press("Enter")
    #expect(board.frame().contains("type yes in full"))
    board.type(text)
    board.press("Enter")
    #expect(board.effects == [.readForChange([domain])])
  }

  @Test("that targets are lowered first is said only where some are raised, too")
  func orders() {
    var board = Dashboard()
    board.press("]", "Down", "]", "Enter")
    #expect(board.frame().contains("If one fails, the rest is not set."), "\(board.frame())")
    #expect(!board.frame().contains("lowered first"), "\(board.frame())")
    board.press("Esc", "[", "[", "Enter")
    #expect(board.frame().contains("Targets are lowered first. The others"), "\(board.frame())")
  }

  @Test("help opens over a review and comes back to it", arguments: ["?", "h", "F1"])
  func help(key: String) {
    var board = Self.reviewing()
    board.send(Self.fresh())
    let review = board.frame()
    board.press(key)
    #expect(board.state.mode == .help)
    #expect(board.frame().contains("this help"))
    board.press("y")
    #expect(board.effects.isEmpty)
    board.press("Esc")
    #expect(board.frame() == review)
    board.press("y")
    #expect(board.effects == [.readForChange([Samples.id(1)])])
  }

  @Test("a target that somebody else changed meanwhile is shown anew, and needs a new y")
  func changedMeanwhile() {
    var board = Self.reviewing()
    board.send(Self.fresh(1))
    board.press("y")
    board.send(Self.fresh(2) { $0[1].target = .gib(1) })
    #expect(board.effects.isEmpty)
    #expect(board.state.mode == .review)
    #expect(
      board.frame().contains("web1: someone else set its target to 1.00G meanwhile. Check again."))
    #expect(board.frame().contains("1.00G → 3.25G"))
    board.press("y")
    board.send(Self.fresh(3) { $0[1].target = .gib(1) })
    #expect(board.effects.count == 1)
  }

  private static func sample(_ second: Int64, target: Bytes) -> AppEvent {
    var domains = Samples.twelve
    domains[1].target = target
    return .snapshot(Samples.host(domains, after: .seconds(second)))
  }

  @Test("a review that is open follows what someone else sets, and says so")
  func followsOthers() {
    var board = Self.reviewing()
    board.send(Self.fresh(1))
    board.send(Self.sample(2, target: .gib(1)))
    #expect(board.effects == [.readForChange([Samples.id(1)])])
    // Nothing is applied before the domains are read.
    board.press("y")
    #expect(board.effects.isEmpty)
    board.send(Self.fresh(3) { $0[1].target = .gib(1) })
    #expect(board.frame().contains("web1: someone else set its target to 1.00G meanwhile"))
    #expect(board.frame().contains("1.00G → 3.25G"))
    board.send(Self.sample(4, target: .gib(1)))
    #expect(board.effects.isEmpty)
  }

  @Test("a review whose target someone else has set already ends with a word")
  func setAlready() {
    var board = Self.reviewing()
    let to = board.state.staging.orders[0].to
    board.send(Self.fresh(1))
    board.send(Self.sample(2, target: to))
    board.send(Self.fresh(3) { $0[1].target = to })
    #expect(board.state.mode == .list)
    #expect(board.state.message?.text == "Nothing is left to apply: the target is set already")
  }

  @Test("a domain that was replaced meanwhile is not changed")
  func replacedMeanwhile() {
    var board = Self.reviewing()
    board.send(Self.fresh(1))
    board.press("y")
    board.send(
      Self.fresh(2) { $0[1].id = DomainID(domid: 1, uuid: DomainUUID(high: 9, low: 9)) })
    #expect(board.effects.isEmpty)
    #expect(board.state.staging.isEmpty)
    #expect(board.state.mode == .review)
    #expect(board.frame().contains("domid 1 now belongs to another domain"), "\(board.frame())")
    board.press("y")
    #expect(board.effects.isEmpty)
    board.press("Esc")
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
            .init(orders[0], .following(since: Samples.steady)),
            .init(orders[1], .failed("no lock within 10 s")),
            .init(orders[2], .notAttempted(after: "web2")),
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
    #expect(board.state.staging.orders.map(\.domain) == [orders[0].domain])
    #expect(board.state.staging.orders.map(\.to) == [orders[0].from])
  }

  @Test("a sample that was asked for another change makes no review ready")
  func answerForOthers() {
    var board = Self.reviewing()
    board.send(.readForChange(Samples.host(after: .seconds(1)), [Samples.id(7): GuardFacts()]))
    board.press("y")
    #expect(board.effects.isEmpty)
    board.send(Self.fresh(2))
    board.press("y")
    #expect(board.effects == [.readForChange([Samples.id(1)])])
    board.send(.readForChange(Samples.host(after: .seconds(3)), [Samples.id(7): GuardFacts()]))
    #expect(board.effects.isEmpty)
  }

  @Test("while the guests of the last change are still on their way, the next one can be reviewed")
  func nextChange() {
    var board = Self.reviewing()
    board.press("Esc")
    let order = board.state.staging.orders[0]
    _ = board.state.staging.follow(ChangeProgress(steps: [.init(order, .writing)]))
    board.press("Enter")
    #expect(board.state.mode == .listStaged)
    #expect(board.state.message?.text.contains("Wait") == true)
    board.send(
      .changeProgress(
        ChangeProgress(steps: [.init(order, .following(since: Samples.steady))], isFinished: true)))
    board.press("Enter")
    #expect(board.state.mode == .review)
  }

  @Test("an answer that does not come is asked for again, and then waited for")
  func asksAgain() {
    var board = Self.reviewing()
    board.send(.tick(Samples.steady + .seconds(1)))
    #expect(board.effects.isEmpty)
    board.send(.tick(Samples.steady + .seconds(2)))
    #expect(board.effects == [.readForChange([Samples.id(1)])])
    board.send(.tick(Samples.steady + .seconds(3)))
    #expect(board.effects.isEmpty)
    board.send(Self.fresh(3))
    board.send(.tick(Samples.steady + .seconds(9)))
    #expect(board.effects.isEmpty)
  }
}
