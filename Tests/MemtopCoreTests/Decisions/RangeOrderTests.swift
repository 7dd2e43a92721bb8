@testable import TestSupport
import Testing

@testable import MemtopCore
@testable import MemtopUI

/// Orders on a host where XAPI owns the targets.
@Suite(.timeLimit(.minutes(30))) struct RangeOrderTests {
  static let range = DynamicRange(low: .gib(1), high: .gib(3))

  private func snapshot(
    _ range: DynamicRange = range, target: Bytes = .gib(2), second: Int64 = 100,
    owner: TargetOwner = .xapi
  ) -> Snapshot {
    let guest = TestHost.guest(5) {
      ($0.dynamicMin, $0.dynamicMax, $0.target) = (range.low, range.high, target)
      $0.allocation = target
    }
    return TestHost.snapshot([guest], second: second) { $0.owner = owner }
  }

  private let order = TargetOrder(
    domain: TestHost.id(5), name: "g5", from: .gib(2), to: .mib(2560), reason: "test")

  private func run() -> ChangeRun { ChangeRun([(order: order, agreed: Verdict())]) }

  @Test("an order becomes one on the range, which is kept for the way back")
  func fitted() throws {
    let fitted = order.fitted(to: snapshot())
    #expect(fitted.range == RangeChange(from: Self.range, to: .point(.mib(2560))))
    let back = try #require(fitted.reversed)
    #expect(back.range == RangeChange(from: .point(.mib(2560)), to: Self.range))
    #expect(!back.isIdle)
    #expect(order.fitted(to: snapshot(owner: .qmemman)) == order)
  }

  @Test("squeezed's own moves do not stop an order; another range does")
  func overtaken() {
    var run = run()
    guard case .write(let written) = run.next(snapshot(target: .mib(2100))) else {
      Issue.record("\(run.items)")
      return
    }
    #expect(written.from == .mib(2100))
    var other = self.run()
    _ = other.next(snapshot())
    let fitted = order.fitted(to: snapshot())
    var second = ChangeRun([(order: fitted, agreed: Verdict())])
    _ = second.next(snapshot(DynamicRange(low: .gib(1), high: .gib(4))))
    #expect(
      second.items[0].state
        == .failed("someone else set its dynamic range to 1.00G to 4.00G meanwhile"))
  }

  @Test("it is followed until the range and the target are there")
  func followed() {
    var run = run()
    guard case .write(let written) = run.next(snapshot()) else {
      Issue.record("\(run.items)")
      return
    }
    let point = DynamicRange.point(.mib(2560))
    let outcome = TargetOutcome(ending: .written, target: .gib(2), range: point)
    run.wrote(written, outcome, videoram: .zero, at: SteadyTime(milliseconds: 101_000))
    #expect(run.items[0].hasLanded)
    _ = run.next(snapshot(point, second: 102))
    #expect(run.items[0].state.isSet && !run.isFinished)
    _ = run.next(snapshot(point, target: .mib(2560), second: 103))
    #expect(run.items[0].state == .arrived)
  }

  @Test("a range that reads back as another is a failure, with no way back")
  func readBack() {
    var run = run()
    guard case .write(let written) = run.next(snapshot()) else {
      Issue.record("\(run.items)")
      return
    }
    let outcome = TargetOutcome(ending: .written, target: .gib(2), range: Self.range)
    run.wrote(written, outcome, videoram: .zero, at: SteadyTime(milliseconds: 101_000))
    #expect(
      run.items[0].state
        == .failed("the dynamic range reads back as 1.00G to 3.00G, not 2.50G"))
    #expect(!run.items[0].hasLanded)
  }

  @Test("someone else's range that was replaced, or that replaced ours, is told")
  func contested() throws {
    let order = TargetOrder(
      domain: TestHost.id(5), name: "g5", from: .gib(2), to: .mib(2560), reason: "test",
      range: RangeChange(from: Self.range, to: .point(.mib(2560))))
    var outcome = TargetOutcome(ending: .written, target: .gib(2), range: .point(.mib(2560)))
    outcome.isContested = true
    #expect(
      ChangeRun.failure(order, outcome, videoram: .zero)
        == "someone else set its dynamic range at the same moment; this change replaced theirs")
    outcome.range = DynamicRange(low: .gib(2), high: .gib(3))
    #expect(
      ChangeRun.failure(order, outcome, videoram: .zero)
        == "someone else set its dynamic range to 2.00G to 3.00G meanwhile")
  }

  @Test("XAPI's hosts take advice and give to a plan; a range of one point is no guarantee")
  func free() {
    func guaranteed(_ range: DynamicRange) -> Bytes? {
      snapshot(range).domain(TestHost.id(5))?.guaranteed
    }
    #expect(guaranteed(Self.range) == .gib(1))
    #expect(guaranteed(.point(.gib(2))) == nil)
    let plan = FreePlan.make(freeing: .gib(21), in: snapshot())
    #expect(!plan.orders.isEmpty)
  }

  @Test("dom0, and a nudge, are what XAPI cannot do")
  func impossible() {
    let verdict = Guard.verdict(on: TestHost.id(0), to: .gib(3), in: snapshot())
    #expect(verdict.findings.first?.rule == .ownedByXAPI)
    #expect(verdict.severity == .never)
    #expect(Guard.verdict(on: TestHost.id(5), to: .gib(3), in: snapshot()).severity == .allow)
  }
}
