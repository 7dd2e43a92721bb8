import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

/// What the screen shows of a `ChangeRun`.
@Suite(.timeLimit(.minutes(30))) struct ProgressTests {
  private static func order(_ index: Int, _ to: Bytes) -> TargetOrder {
    let sample = Samples.twelve[index]
    return TargetOrder(
      domain: sample.id, name: sample.name, from: sample.size, to: to, reason: "test")
  }

  @Test("a run is finished for the screen once all is written, and u leads back")
  func written() {
    let order = Self.order(1, .mib(3200))
    var run = ChangeRun([(order, Verdict())])
    _ = run.next(Samples.host())
    #expect(ChangeProgress(run).steps.map(\.state) == [.writing])
    #expect(!ChangeProgress(run).isFinished)
    let outcome = TargetOutcome(ending: .written, target: order.to, limit: .at(order.to + .mib(1)))
    run.wrote(order, outcome, videoram: .zero, at: Samples.steady)
    #expect(ChangeProgress(run).steps.map(\.state) == [.following(since: Samples.steady)])
    #expect(ChangeProgress(run).isFinished)
    var board = Dashboard(columns: 120, rows: 40)
    _ = board.state.staging.follow(ChangeProgress(steps: [.init(order)]))
    board.send(.changeProgress(ChangeProgress(run)))
    #expect(board.state.message?.text == "web1: target 3.13G is set. u undoes it")
    board.send(.snapshot(Self.host(order, after: 1)))
    board.press("u")
    #expect(board.state.staging.orders.map(\.to) == [.gib(3)])
  }

  private static func host(_ order: TargetOrder, after seconds: Int64) -> Snapshot {
    let domains = Samples.twelve.map { sample in
      var sample = sample
      if sample.id == order.domain {
        sample.target = order.to
        sample.balloon.phase = .growing(since: Samples.steady)
      }
      return sample
    }
    return Samples.host(domains, after: .seconds(seconds))
  }

  @Test("what is set and does not arrive is told as such")
  func late() {
    let order = Self.order(1, .mib(3200))
    var run = ChangeRun([(order, Verdict())], patience: .seconds(5))
    _ = run.next(Samples.host())
    let outcome = TargetOutcome(ending: .written, target: order.to, limit: .at(order.to + .mib(1)))
    run.wrote(order, outcome, videoram: .zero, at: Samples.steady)
    #expect(run.next(Self.host(order, after: 6)) == .finished)
    let progress = ChangeProgress(run)
    #expect(progress.steps.map(\.state) == [.late(at: .gib(3))])
    let lines = ProgressText(
      progress: progress, snapshot: Samples.host(), glyphs: .ascii, width: 80
    ).lines().map { $0.pieces.map(\.text).joined() }
    #expect(lines.contains { $0.contains("set, not there yet: now at 3.00G") })
  }

  @Test("an order that the guard judged anew is told with its reason, and the rest is not tried")
  func judgedAnew() {
    let orders = [Self.order(1, .mib(2800)), Self.order(2, .mib(2100))]
    var run = ChangeRun(orders.map { ($0, Verdict()) })
    var domains = Samples.twelve
    domains[1].health = .stale
    guard case .judgedAnew = run.next(Samples.host(domains)) else {
      Issue.record("it was not judged anew")
      return
    }
    var board = Dashboard(columns: 120, rows: 40)
    _ = board.state.staging.follow(ChangeProgress(steps: orders.map { .init($0) }))
    board.state.pages.open(.progress(top: 0))
    board.send(.changeProgress(ChangeProgress(run)))
    #expect(board.state.message?.text.hasPrefix("Not done: web1's report is") == true)
    #expect(board.frame().contains("failed: web1's report is"))
    #expect(board.frame().contains("not tried"))
    #expect(board.state.staging.wayBack.isEmpty)
  }

  @Test("u leads back change by change, and a way back that is dropped is not lost")
  func undoes() {
    var board = Dashboard()
    func done(_ to: Bytes, from: Bytes, _ reason: String, isUndo: Bool = false) {
      let id = Samples.id(1)
      var order = TargetOrder(domain: id, name: "web1", from: from, to: to, reason: reason)
      order.isUndo = isUndo
      _ = board.state.staging.follow(ChangeProgress(steps: [.init(order)]))
      board.send(
        .changeProgress(
          ChangeProgress(steps: [.init(order, .following(since: Samples.steady))], isFinished: true)
        ))
      board.send(.snapshot(Self.host(order, after: board.state.now - Samples.steady)))
    }
    done(.mib(3100), from: .gib(3), "first")
    done(.mib(3200), from: .mib(3100), "second")
    board.press("u", "Esc", "u")
    #expect(board.state.staging.orders.map(\.to) == [.mib(3100)])
    let back = board.state.staging.orders[0]
    board.press("Esc")
    done(back.to, from: .mib(3200), back.reason, isUndo: true)
    #expect(board.state.message?.text == "web1: target 3.03G is set. u goes further back")
    board.press("u")
    #expect(board.state.message == nil)
    #expect(board.state.staging.orders.map(\.to) == [.gib(3)])
    board.press("Esc")
    done(.gib(3), from: .mib(3100), back.reason, isUndo: back.isUndo)
    #expect(board.state.message?.text == "web1: target 3.00G is set")
    board.press("u")
    #expect(board.state.staging.isEmpty)
    #expect(board.state.message?.text == "Nothing to undo")
    done(.mib(3100), from: .gib(3), "third")
    let foreign = TargetOrder(
      domain: Samples.id(1), name: "web1", from: .mib(3100), to: .mib(3300), reason: "")
    board.send(.snapshot(Self.host(foreign, after: board.state.now - Samples.steady)))
    board.press("u")
    #expect(board.state.staging.orders.map(\.to) == [.gib(3)])
    #expect(
      board.state.message?.text
        == "Someone else set web1 to 3.22G since; this undo replaces that")
  }

  @Test("u in the view of a change stages its way back, once it is finished")
  func undoesFromView() {
    var board = Dashboard(columns: 120, rows: 40)
    let orders = [Self.order(1, .mib(3200)), Self.order(2, .mib(3300))]
    _ = board.state.staging.follow(ChangeProgress(steps: orders.map { .init($0) }))
    board.state.pages.open(.progress(top: 0))
    board.press("u")
    #expect(board.state.mode == .progress && board.state.staging.isEmpty)
    board.send(
      .changeProgress(
        ChangeProgress(
          steps: orders.map { .init($0, .following(since: Samples.steady)) }, isFinished: true)))
    #expect(board.frame().contains("Free (not promised)"))
    board.send(.snapshot(Self.host(orders[0], after: 1)))
    board.press("u")
    #expect(board.state.mode == .listStaged)
    #expect(board.state.staging.orders.map(\.to) == [.gib(3)])
  }

  @Test("u while a change is written waits for its end")
  func undoesLater() {
    var board = Dashboard()
    func begin(_ order: TargetOrder) {
      _ = board.state.staging.follow(ChangeProgress(steps: [.init(order)]))
      board.press("u")
      #expect(board.state.staging.isEmpty)
      #expect(board.state.message?.text == "Wait until the change is finished")
      #expect(!board.frame().contains("u undo"))
    }
    let (first, second) = (Self.order(1, .mib(3200)), Self.order(2, .mib(3200)))
    begin(first)
    board.send(
      .changeProgress(
        ChangeProgress(
          steps: [.init(first, .following(since: Samples.steady))], isFinished: true)))
    #expect(board.frame().contains("u undo"))
    begin(second)
  }

  @Test("u right after a change, before that is seen, loses no way back")
  func undoesAtOnce() {
    var board = Dashboard()
    let order = Self.order(1, .mib(3200))
    _ = board.state.staging.follow(ChangeProgress(steps: [.init(order)]))
    let written = Samples.steady + Span(milliseconds: 300)
    board.send(
      .changeProgress(
        ChangeProgress(steps: [.init(order, .following(since: written))], isFinished: true)))
    board.press("u")
    #expect(board.state.message?.text.hasSuffix("the last change is not seen yet") == true)
    board.send(.snapshot(Self.host(order, after: 1)))
    board.press("u")
    #expect(board.state.staging.orders.map(\.to) == [.gib(3)])
  }

  @Test("a change that ends twice, over a move of the regulator's, has one way back")
  func endsTwice() {
    var board = Dashboard()
    let order = Self.order(1, .mib(3200))
    func end(_ order: TargetOrder) {
      let state = ChangeState.following(since: Samples.steady)
      board.send(
        .changeProgress(ChangeProgress(steps: [.init(order, state)], isFinished: true)))
    }
    _ = board.state.staging.follow(ChangeProgress(steps: [.init(order)]))
    end(order)
    var again = order
    again.from = .mib(3100)
    board.send(.changeProgress(ChangeProgress(steps: [.init(again, .writing)])))
    end(again)
    #expect(board.state.staging.wayBack.map { $0.map(\.to) } == [[.gib(3)]])
  }

  @Test("that there is nothing to undo since the domain is gone is said so")
  func undoOfTheGone() {
    var board = Dashboard()
    let order = Self.order(1, .mib(3200))
    _ = board.state.staging.follow(ChangeProgress(steps: [.init(order)]))
    board.send(
      .changeProgress(
        ChangeProgress(steps: [.init(order, .following(since: Samples.steady))], isFinished: true)))
    let left = Samples.twelve.filter { $0.id != order.domain }
    board.send(.snapshot(Samples.host(left, after: .seconds(5))))
    board.press("u")
    #expect(board.state.message?.text == "Nothing to undo: web1 is gone")
  }

  private static func host(_ order: TargetOrder, after span: Span) -> Snapshot {
    host(order, after: span.wholeSeconds + 1)
  }
}
