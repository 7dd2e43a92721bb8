import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

/// The screen of a host where XAPI owns the targets.
@Suite(.timeLimit(.minutes(30))) struct XAPIHostTests {
  private static let range = DynamicRange(low: .gib(1), high: .gib(4))

  private static func host(
    _ range: DynamicRange = range, after span: Span = .zero,
    _ change: (inout DomainSample) -> Void = { _ in }
  ) -> Snapshot {
    var domains = Samples.twelve
    for index in domains.indices where domains[index].id == Samples.id(1) {
      (domains[index].dynamicMin, domains[index].dynamicMax) = (range.low, range.high)
      change(&domains[index])
    }
    return Samples.host(domains, after: span, owner: .xapi)
  }

  /// web1 under the cursor.
  private static func board(_ snapshot: Snapshot = host()) -> Dashboard {
    var board = Dashboard(columns: 120, rows: 40, snapshot: snapshot)
    board.press("/")
    board.type("web1")
    board.press("Enter")
    return board
  }

  @Test("the first line says who owns the targets, and how many guests squeezed has given up")
  func title() {
    #expect(Self.board().frame().contains("targets through XAPI"))
    let given = Self.host { $0.isUncooperative = true }
    #expect(Self.board(given).frame().contains("1 uncooperative"))
  }

  @Test("the bar shows where the range begins and ends, and a point is no range")
  func bar() {
    func bar(_ range: DynamicRange) -> MemoryBar {
      let sample = Self.host(range).domain(Samples.id(1))!
      return MemoryBar(sample, target: nil, width: 40)
    }
    let line = bar(Self.range).line(.ascii).pieces.map(\.text).joined()
    #expect(line.contains("(") && line.contains(")"))
    #expect(bar(.point(.gib(2))).low == nil)
    #expect(Self.board().frame(ascii: true).contains("("))
  }

  @Test("the review says what becomes of the range, and that it stays over reboots")
  func review() {
    var board = Self.board()
    board.press("]", "Enter")
    board.send(.readForChange(Self.host(after: .seconds(1)), Samples.facts))
    let frame = board.frame()
    #expect(frame.contains("Dynamic range: 1.00G to 4.00G now, only 3.25G after."))
    #expect(frame.contains("XAPI keeps the new range over reboots"))
    board.press("y")
    board.send(.readForChange(Self.host(after: .seconds(2)), Samples.facts))
    guard case .apply(let rows)? = board.effects.first else {
      Issue.record("nothing was applied")
      return
    }
    #expect(rows[0].order.range == RangeChange(from: Self.range, to: .point(.gib(3) + .mib(256))))
  }

  @Test("a range that somebody changes under the review is shown again before anything is set")
  func changed() {
    var board = Self.board()
    board.press("]", "Enter")
    board.send(.readForChange(Self.host(after: .seconds(1)), Samples.facts))
    board.press("y")
    let other = DynamicRange(low: .gib(2), high: .gib(4))
    board.send(.readForChange(Self.host(other, after: .seconds(2)), Samples.facts))
    #expect(board.effects.isEmpty)
    #expect(board.frame().contains("Check again"))
  }

  @Test("u gives back the range as it was")
  func undo() {
    var board = Self.board()
    let point = DynamicRange.point(.gib(3) + .mib(256))
    let order = TargetOrder(
      domain: Samples.id(1), name: "web1", from: .gib(3), to: point.low, reason: "raised",
      range: RangeChange(from: Self.range, to: point))
    board.press("]", "Enter")
    board.send(.readForChange(Self.host(after: .seconds(1)), Samples.facts))
    board.press("y")
    board.send(.readForChange(Self.host(after: .seconds(2)), Samples.facts))
    board.send(
      .changeProgress(ChangeProgress(steps: [.init(order, .arrived)], isFinished: true)))
    board.send(.snapshot(Self.host(point, after: .seconds(3)) { $0.target = point.low }))
    board.press("u", "Enter")
    board.send(
      .readForChange(
        Self.host(point, after: .seconds(4)) { $0.target = point.low }, Samples.facts))
    #expect(board.frame().contains("Dynamic range: 3.25G now, 1.00G to 4.00G after"))
  }

  @Test("u gives a range back that somebody else has changed since, and says so")
  func undoesOthersRange() {
    var board = Dashboard(snapshot: Self.host(Self.range))
    let point = DynamicRange.point(.gib(3) + .mib(256))
    let order = TargetOrder(
      domain: Samples.id(1), name: "web1", from: .gib(3), to: .gib(3) + .mib(256), reason: "test",
      range: RangeChange(from: Self.range, to: point))
    _ = board.state.staging.follow(ChangeProgress(steps: [.init(order)]))
    board.send(
      .changeProgress(
        ChangeProgress(steps: [.init(order, .following(since: Samples.steady))], isFinished: true)))
    let others = DynamicRange(low: .gib(2), high: .gib(3))
    board.send(.snapshot(Self.host(others, after: .seconds(5))))
    board.press("u")
    #expect(
      board.state.message?.text
        == "Someone else set web1 to \(others.short) since; this undo replaces that"
    )
    #expect(board.state.staging.orders.map(\.range) == [RangeChange(from: others, to: Self.range)])
    board.press("Enter")
    board.send(.readForChange(Self.host(others, after: .seconds(6)), Samples.facts))
    board.send(.snapshot(Self.host(others, after: .seconds(7))))
    #expect(board.effects.isEmpty, "it is read once and stands")
    #expect(board.state.pages.review?.news == nil)
  }

  @Test("the page tells the range, and what XAPI's figure means")
  func page() {
    var board = Self.board(Self.host { $0.isUncooperative = true })
    board.press("Enter")
    #expect(board.frame().contains("dynamic range 1.00G to 4.00G"))
    #expect(board.frame().contains("uncooperative: it missed its target"))
  }

  @Test("the help explains the host")
  func help() {
    var board = Self.board()
    board.press("?")
    #expect(board.frame().contains("This host"))
    #expect(board.frame().contains("XAPI owns them: a change"))
    var other = Dashboard(columns: 120, rows: 40)
    other.press("?")
    #expect(!other.frame().contains("This host"))
  }

  @Test("domains can be handed over where memtop regulate runs")
  func handing() {
    var snapshot = Self.host()
    snapshot.host.regulator = RegulatorStatus(pid: 5, guests: 0, health: .alive)
    var board = Self.board(snapshot)
    board.press("M")
    #expect(board.state.mode == .prompt)
  }
}
