@testable import TestSupport
import Testing

@testable import MemtopCore
@testable import MemtopUI

@Suite(.timeLimit(.minutes(30))) struct ChangeRunTests {
  private var bench = ChangeBench(domains: [TestHost.guest(5), TestHost.guest(6)], free: .gib(20))

  private func run(
    _ orders: [TargetOrder], agreed: Verdict = Verdict(), isForced: Bool = false
  ) -> ChangeRun {
    ChangeRun(orders.map { (order: $0, agreed: agreed) }, isForced: isForced)
  }

  @Test("lowers are written before raises, and the operator's order stays otherwise")
  mutating func lowersFirst() {
    bench.domains += [TestHost.guest(7), TestHost.guest(8)]
    let orders = [
      bench.order(5, to: .gib(3)), bench.order(6, to: .mib(1500)), bench.order(7, to: .gib(3)),
      bench.order(8, to: .mib(1500)),
    ]
    var run = run(orders)
    for order in [orders[1], orders[3], orders[0], orders[2]] {
      #expect(run.next(bench.snapshot) == .write(order))
      #expect(run.next(bench.snapshot) == .wait)
      bench.land(order, in: &run)
    }
    for domid: UInt16 in [5, 6, 7, 8] { bench.arrive(domid) }
    #expect(run.next(bench.snapshot) == .finished)
    #expect(run.items.allSatisfy { $0.state == .arrived })
    #expect(run.isFinished)
  }

  @Test("a raise waits for what the lowered domain still holds")
  mutating func raiseWaits() {
    (bench.free, bench[6]) = (.mib(1400), TestHost.guest(6, size: .gib(4)))
    let (raise, lower) = (bench.order(5, to: .mib(3800)), bench.order(6, to: .gib(2)))
    var run = run([raise, lower])
    #expect(run.next(bench.snapshot) == .write(lower))
    bench.land(lower, in: &run)
    #expect(run.next(bench.snapshot) == .wait)
    #expect(run.items.last?.state == .pending)
    bench.arrive(6)
    #expect(run.next(bench.snapshot) == .write(raise))
  }

  @Test("a raise that only memory would help does not wait for a lower that has given up")
  mutating func nobodyGives() {
    (bench.free, bench[6]) = (.mib(100), TestHost.guest(6, size: .gib(4)))
    let (raise, lower) = (bench.order(5, to: .mib(3000)), bench.order(6, to: .gib(2)))
    var run = run([lower, raise])
    #expect(run.next(bench.snapshot) == .write(lower))
    bench.land(lower, in: &run)
    bench[6].balloon.phase = .stuck(since: SteadyTime(milliseconds: 0))
    guard case .judgedAnew(let order, let verdict) = run.next(bench.snapshot) else {
      Issue.record("the raise was not stopped")
      return
    }
    #expect(order == raise)
    #expect(verdict.findings.first?.rule == .hostShort)
    #expect(run.items[0].state == .stuck(at: .gib(4)))
  }

  @Test("a raise waits no longer than its patience, and then is judged as things are")
  mutating func patience() {
    (bench.free, bench[6]) = (.mib(100), TestHost.guest(6, size: .gib(4)))
    let (raise, lower) = (bench.order(5, to: .mib(3000)), bench.order(6, to: .gib(2)))
    var run = run([lower, raise])
    #expect(run.next(bench.snapshot) == .write(lower))
    bench.land(lower, in: &run)
    bench.second = 159
    #expect(run.next(bench.snapshot) == .wait)
    bench.second = 160
    guard case .judgedAnew = run.next(bench.snapshot) else {
      Issue.record("it waited on")
      return
    }
  }

  @Test("what memory does not cure is not waited for")
  mutating func hopeless() {
    (bench.free, bench[6]) = (.mib(100), TestHost.guest(6, size: .gib(4)))
    let (raise, lower) = (bench.order(5, to: .mib(3000)), bench.order(6, to: .gib(2)))
    var run = run([lower, raise])
    #expect(run.next(bench.snapshot) == .write(lower))
    bench.land(lower, in: &run)
    (bench[5].life, bench[5].state) = (.shutDown(.crash), .crashed)
    guard case .judgedAnew(_, let verdict) = run.next(bench.snapshot) else {
      Issue.record("it waited for a dead domain")
      return
    }
    #expect(verdict.severity == .never)
  }

  @Test("two raises that fit alone but not together are both held back")
  mutating func together() {
    bench.free = .mib(1500)
    var run = run([bench.order(5, to: .gib(3)), bench.order(6, to: .gib(3))])
    guard case .judgedAnew(_, let verdict) = run.next(bench.snapshot) else {
      Issue.record("the first was written, and the second would have found nothing")
      return
    }
    #expect(verdict.findings.first?.rule == .hostShort)
  }

  @Test("the first failure stops the rest")
  mutating func firstFailure() {
    let orders = [bench.order(5, to: .mib(1500)), bench.order(6, to: .mib(1500))]
    var run = run(orders)
    #expect(run.next(bench.snapshot) == .write(orders[0]))
    let failed = TargetOutcome(ending: .failed("libxl: no"), target: .gib(2))
    run.wrote(orders[0], failed, videoram: .zero, at: bench.snapshot.steady)
    #expect(run.next(bench.snapshot) == .finished)
    #expect(run.items[0].state == .failed("libxl: no"))
    #expect(run.items[1].state == .notAttempted(after: "g5"))
    #expect(ChangeProgress(run).wayBack.isEmpty)
  }

  @Test("a verdict that became worse since it was agreed is shown, not written")
  mutating func judgedAnew() {
    let order = bench.order(5, to: .mib(1500))
    var run = run([order])
    bench[5].health = .unknownAge
    guard case .judgedAnew(order, let verdict) = run.next(bench.snapshot) else {
      Issue.record("it was written")
      return
    }
    #expect(verdict.severity == .warn)
    #expect(run.next(bench.snapshot) == .finished)
    #expect(run.items[0].state == .failed(verdict.findings[0].text))
  }

  @Test("another rule's warning than the one that was agreed to is shown, not written")
  mutating func anotherWarning() {
    bench[5].balloon.hasFollowed = false
    let order = bench.order(5, to: .mib(1500))
    let shown = Guard.verdict(on: order.domain, to: order.to, in: bench.snapshot)
    #expect(shown.findings.map(\.rule) == [.neverFollowed])
    var same = ChangeRun([(order: order, agreed: shown)])
    #expect(same.next(bench.snapshot) == .write(order))
    bench[5].health = .unknownAge
    var other = ChangeRun([(order: order, agreed: shown)])
    guard case .judgedAnew(_, let verdict) = other.next(bench.snapshot) else {
      Issue.record("it was written")
      return
    }
    #expect(verdict.findings.count == 2)
    let new = verdict.findings.first { $0.rule == .reportAgeUnknown }
    #expect(other.items[0].state == .failed(new!.text))
  }

  @Test("what was agreed to is written where the guard says no more, or something milder")
  mutating func milder() {
    let uncovered = PopulateOnDemand(entries: .mib(12), cache: .mib(4))
    bench[5].balloon.hasFollowed = false
    let order = bench.order(5, to: .mib(1500))
    let facts = GuardFacts(populateOnDemand: .left(uncovered))
    let shown = Guard.verdict(on: order, in: bench.snapshot, facts: facts)
    #expect(shown.severity == .refuse)
    bench[5].balloon.hasFollowed = true
    let now = Guard.verdict(on: order, in: bench.snapshot, facts: facts)
    #expect(now.findings.map(\.rule) == [.populateOnDemand] && now.severity == .warn)
    #expect(Agreement(to: shown).objection(to: now) == nil)
    #expect(Agreement(to: shown, isForced: true).objection(to: shown) == nil)
    #expect(Agreement(to: now, isForced: true).objection(to: shown) == shown.findings[0])
    #expect(Agreement(to: shown).objection(to: shown) == shown.findings[0])
    #expect(Agreement(to: Verdict(), isForced: true).objection(to: now) == now.findings[0])
  }

  @Test("force agrees to refusals, and never to what is never")
  mutating func forced() {
    let hard = bench.order(5, to: .mib(512))
    let shown = Guard.verdict(on: hard, in: bench.snapshot)
    var plain = run([hard], agreed: shown)
    guard case .judgedAnew = plain.next(bench.snapshot) else {
      Issue.record("a refusal was written without force")
      return
    }
    var forced = run([hard], agreed: shown, isForced: true)
    #expect(forced.next(bench.snapshot) == .write(hard))
    let impossible = bench.order(5, to: .gib(5))
    var never = run(
      [impossible], agreed: Guard.verdict(on: impossible, in: bench.snapshot), isForced: true)
    guard case .judgedAnew(_, let verdict) = never.next(bench.snapshot) else {
      Issue.record("what is never was written")
      return
    }
    #expect(verdict.severity == .never)
    var unseen = run([hard], isForced: true)
    guard case .judgedAnew = unseen.next(bench.snapshot) else {
      Issue.record("a refusal that nobody was shown was forced")
      return
    }
  }

  @Test("a target that somebody else set since is left to him, before the write and after it")
  mutating func somebodyElse() {
    let order = bench.order(5, to: .mib(1500))
    var before = run([order])
    bench[5].target = .mib(1900)
    guard case .judgedAnew = before.next(bench.snapshot) else {
      Issue.record("somebody else's target was overwritten")
      return
    }
    #expect(
      before.items[0].state == .failed("someone else set its target to 1.86G meanwhile"))
    bench[5].target = .gib(2)
    let next = bench.order(6, to: .mib(1500))
    var after = run([order, next])
    #expect(after.next(bench.snapshot) == .write(order))
    bench.land(order, in: &after)
    bench[5].target = .mib(1900)
    #expect(after.next(bench.snapshot) == .finished)
    #expect(after.items[0].state == .failed("someone else set its target to 1.86G meanwhile"))
    #expect(after.items[1].state == .notAttempted(after: "g5"))
    #expect(ChangeProgress(after).wayBack.isEmpty)
  }

  @Test("a snapshot from before the write says nothing about the change")
  mutating func oldSnapshot() {
    let order = bench.order(5, to: .mib(1500))
    let old = bench.snapshot
    var run = run([order])
    #expect(run.next(old) == .write(order))
    bench.land(order, in: &run)
    #expect(run.next(old) == .wait)
    #expect(run.items[0].state == .following(since: old.steady))
  }

  @Test("a guest that is still on its way when patience runs out is late; one that sticks is stuck")
  mutating func lateAndStuck() {
    let order = bench.order(5, to: .mib(1500))
    var run = run([order])
    #expect(run.next(bench.snapshot) == .write(order))
    bench.land(order, in: &run)
    var other = run
    bench[5].allocation = .mib(1700)
    bench.second = 159
    #expect(run.next(bench.snapshot) == .wait)
    bench.second = 160
    #expect(run.next(bench.snapshot) == .finished)
    #expect(run.items[0].state == .late(at: .mib(1700)))
    bench.second = 130
    bench[5].balloon.phase = .stuck(since: SteadyTime(milliseconds: 0))
    #expect(other.next(bench.snapshot) == .finished)
    #expect(other.items[0].state == .stuck(at: .mib(1700)))
  }

  @Test("a guest that balloons by itself has not arrived while it holds something else")
  mutating func selfBallooning() {
    bench[5].selfBallooning = true
    let order = bench.order(5, to: .mib(1500))
    var run = run([order])
    #expect(run.next(bench.snapshot) == .write(order))
    bench.land(order, in: &run)
    bench[5].balloon.phase = .settled
    #expect(run.next(bench.snapshot) == .wait)
    bench.arrive(5)
    #expect(run.next(bench.snapshot) == .finished)
    #expect(run.items[0].state == .arrived)
  }

  @Test("a domain that ends on the way has failed")
  mutating func ends() {
    let order = bench.order(5, to: .mib(1500))
    var run = run([order])
    #expect(run.next(bench.snapshot) == .write(order))
    bench.land(order, in: &run)
    var crashing = run
    bench[5].life = .shutDown(.crash)
    #expect(crashing.next(bench.snapshot) == .finished)
    #expect(crashing.items[0].state == .failed("it shut down meanwhile"))
    bench.domains.removeAll { $0.id.domid == 5 }
    #expect(run.next(bench.snapshot) == .finished)
    #expect(run.items[0].state == .failed("the domain is gone"))
    #expect(ChangeProgress(run).wayBack.isEmpty)
  }

  @Test("the way back leads from the new target to the old one")
  mutating func wayBack() {
    let order = bench.order(5, to: .mib(1500))
    var run = run([order])
    #expect(run.next(bench.snapshot) == .write(order))
    #expect(ChangeProgress(run).wayBack.isEmpty)
    bench.land(order, in: &run)
    var back = TargetOrder(
      domain: order.domain, name: "g5", from: .mib(1500), to: .gib(2),
      reason: "undone by keystroke")
    back.isUndo = true
    #expect(ChangeProgress(run).wayBack == [back])
    bench.arrive(5)
    #expect(run.next(bench.snapshot) == .finished)
    #expect(ChangeProgress(run).wayBack == [back])
  }

  @Test("what failed and yet landed has a way back")
  mutating func landedAnyway() {
    let order = bench.order(5, to: .mib(1500))
    var run = run([order])
    #expect(run.next(bench.snapshot) == .write(order))
    let outcome = TargetOutcome(
      ending: .timedOut(ChangeDelay(.setting, .seconds(30))), target: .mib(1500),
      limit: .at(.gib(2)))
    run.wrote(order, outcome, videoram: .zero, at: bench.snapshot.steady)
    #expect(run.items[0].state.isFinal)
    #expect(ChangeProgress(run).wayBack.map(\.to) == [.gib(2)])
  }

  @Test("someone else who set a target at the same moment stops the rest, and there is a way back")
  mutating func contested() {
    let orders = [bench.order(5, to: .mib(1500)), bench.order(6, to: .mib(1500))]
    var run = run(orders)
    #expect(run.next(bench.snapshot) == .write(orders[0]))
    var outcome = TargetOutcome(ending: .written, target: .mib(1500), limit: .at(.gib(2)))
    outcome.isContested = true
    run.wrote(orders[0], outcome, videoram: .zero, at: bench.snapshot.steady)
    #expect(run.items.map(\.state) == [.failed(orders[0].contest), .notAttempted(after: "g5")])
    #expect(ChangeProgress(run).wayBack.map(\.domain) == [orders[0].domain])
  }
}

@Suite(.timeLimit(.minutes(30))) struct ReadBackTests {
  private static let order = TargetOrder(
    domain: TestHost.id(5), name: "g5", from: .gib(2), to: .gib(3), reason: "test")

  private func failure(
    _ ending: TargetOutcome.Ending, target: Bytes?, limit: TargetOutcome.Limit = .unlimited,
    videoram: Bytes = .zero
  ) -> String? {
    ChangeRun.failure(
      Self.order, TargetOutcome(ending: ending, target: target, limit: limit), videoram: videoram)
  }

  @Test("a write is done when target and limit read back as they should")
  func done() {
    #expect(failure(.written, target: .gib(3), limit: .at(.gib(3) + .mib(1))) == nil)
    #expect(failure(.written, target: .gib(3), limit: .unlimited) == nil)
    #expect(failure(.written, target: .gib(3) - .mib(16), videoram: .mib(16)) == nil)
  }

  @Test("a limit that could not be read is not taken for none")
  func limitNotKnown() {
    #expect(
      failure(.written, target: .gib(3), limit: .notKnown)
        == "its target is set, but its max_pages could not be read back")
  }

  @Test("a success that did not land is a failure")
  func notLanded() {
    #expect(failure(.written, target: nil) == "the target could not be read back")
    #expect(
      failure(.written, target: .gib(2))
        == "the target reads back as 2097152 KiB, not 3145728")
  }

  @Test("someone else's target that was replaced, or that replaced ours, is told")
  func contested() {
    var outcome = TargetOutcome(ending: .written, target: .gib(3), limit: .unlimited)
    outcome.isContested = true
    #expect(
      ChangeRun.failure(Self.order, outcome, videoram: .zero)
        == "someone else set its target at the same moment; this change replaced theirs")
    outcome.target = .gib(4)
    #expect(
      ChangeRun.failure(Self.order, outcome, videoram: .zero)
        == "someone else set its target to 4.00G meanwhile")
  }

  @Test("a limit below the target is told after every ending: the guest would spin")
  func limit() {
    for ending in [
      TargetOutcome.Ending.written, .failed("libxl: no"),
      .timedOut(ChangeDelay(.setting, .seconds(30))),
    ] {
      let text = failure(ending, target: .gib(3), limit: .at(.gib(2)))
      #expect(text?.contains("max_pages is 2.00G, below") == true)
      #expect(text?.hasSuffix("set the target again") == true)
    }
  }

  @Test("a failure that landed all the same says so")
  func landed() {
    #expect(
      failure(.failed("libxl: no"), target: .gib(3)) == "libxl: no; but its target did change")
    #expect(failure(.failed("libxl: no"), target: .gib(2)) == "libxl: no")
    #expect(
      failure(.failed("libxl: no"), target: nil) == "libxl: no; its target could not be read back")
  }
}
