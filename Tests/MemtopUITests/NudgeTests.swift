import Testing

@testable import MemtopCore
@testable import MemtopSimulation
@testable import MemtopUI
@testable import TestSupport

@Suite("nudging a stuck balloon", .timeLimit(.minutes(30))) struct NudgeTests {
  /// It holds 2 GiB of 3, and nearly all of that is busy.
  private static func stuck(_ change: (inout DomainSample) -> Void = { _ in }) -> DomainSample {
    TestHost.guest(5, busy: .mib(2040)) {
      $0.target = .gib(3)
      $0.state = .stuck
      $0.balloon.phase = .stuck(since: SteadyTime(milliseconds: 0))
      change(&$0)
    }
  }

  private static func nudge(_ sample: DomainSample) -> TargetOrder? {
    TargetOrder.nudge(of: sample, reason: "test")
  }

  @Test("it is what the domain holds, by its own offset and videoram, and then its target again")
  func order() throws {
    let order = try #require(Self.nudge(Self.stuck()))
    #expect(order.steps.map(\.from) == [.gib(3), .gib(2)])
    #expect(order.steps.map(\.to) == [.gib(2), .gib(3)])
    let hvm = Self.stuck { ($0.videoram, $0.balloon.offset) = (.mib(16), -.mib(1)) }
    #expect(Self.nudge(hvm)?.steps.first?.to == .gib(2) + .mib(17))
    #expect(Self.nudge(TestHost.guest()) == nil)
  }

  private static func rules(_ sample: DomainSample, free: Bytes = .gib(20)) -> [GuardRule] {
    let snapshot = TestHost.snapshot([sample], free: free)
    return Guard.verdict(on: nudge(sample)!, in: snapshot).findings.map(\.rule)
  }

  @Test("to be told to be where it is takes nothing; whether it can go on is what is judged")
  func judged() {
    #expect(Self.rules(Self.stuck()).isEmpty)
    #expect(Self.rules(Self.stuck(), free: .mib(1000)) == [.hostShort])
    #expect(Self.rules(Self.stuck { $0.regulation = .regulated(by: "a") }) == [.regulated])
    let shrinking = Self.stuck { ($0.target, $0.busy) = (.mib(1800), .gib(1)) }
    #expect(Self.rules(shrinking).isEmpty)
    let busy = Self.stuck { ($0.target, $0.busy) = (.mib(1800), .mib(1790)) }
    #expect(Self.rules(busy) == [.belowBusy])
    #expect(Self.rules(Self.stuck { $0.life = .dying }) == [.ended])
  }

  /// A run of one nudge, and what it wants at each second.
  private struct Life {
    var sample = NudgeTests.stuck()
    var free = Bytes.gib(20)
    var run: ChangeRun
    var second: Int64 = 100

    init() {
      let order = NudgeTests.nudge(sample)!
      let snapshot = TestHost.snapshot([sample], free: .gib(20))
      run = ChangeRun([(order: order, agreed: Guard.verdict(on: order, in: snapshot))])
    }

    var snapshot: Snapshot { TestHost.snapshot([sample], free: free, second: second) }

    mutating func next() -> ChangeRun.Step {
      second += 1
      return run.next(snapshot)
    }

    mutating func write(_ order: TargetOrder) {
      sample.target = order.to
      sample.balloon.phase = order.to == .gib(2) ? .settled : .growing(since: snapshot.steady)
      let outcome = TargetOutcome(ending: .written, target: order.to, limit: .at(order.to))
      run.wrote(order, outcome, videoram: .zero, at: snapshot.steady)
    }
  }

  @Test("the second target is set two seconds after the first, and leads nowhere to undo")
  func steps() throws {
    var life = Life()
    guard case .write(let first) = life.next() else {
      Issue.record("no first step")
      return
    }
    #expect(first.to == .gib(2))
    life.write(first)
    #expect(ChangeProgress(life.run).wayBack.map(\.to) == [.gib(3)])
    #expect(life.next() == .wait)
    guard case .write(let second) = life.next() else {
      Issue.record("no second step")
      return
    }
    #expect(second.from == .gib(2) && second.to == .gib(3))
    life.write(second)
    #expect(ChangeProgress(life.run).wayBack.isEmpty)
  }

  @Test("where somebody sets the target in between, or the host has nothing left, that is left so")
  func overtaken() {
    var (life, poor) = (Life(), Life())
    if case .write(let first) = life.next() { life.write(first) }
    if case .write(let first) = poor.next() { poor.write(first) }
    #expect(life.next() == .wait)
    #expect(poor.next() == .wait)
    life.sample.target = .mib(2500)
    poor.free = .mib(100)
    (life.second, poor.second) = (110, 110)
    if case .judgedAnew = life.next() {} else { Issue.record("somebody's target is lost") }
    if case .judgedAnew(_, let verdict) = poor.next() {
      #expect(verdict.findings.contains { $0.rule == .hostShort })
    } else {
      Issue.record("it raised beyond what there is")
    }
  }

  @Test("w stages it where a balloon is stuck, and the review shows both targets")
  func staged() {
    let samples = [Samples.domain(1, "a"), Self.screenStuck]
    var board = Dashboard(columns: 160, rows: 40, snapshot: Samples.host(samples))
    board.press("g")
    for _ in 0..<2 where board.cursorName != "mail" { board.press("Down") }
    #expect(board.cursorName == "mail")
    board.press("Enter")
    #expect(board.frame().contains("to wake it"))
    board.press("w")
    #expect(board.state.staging.orders.map(\.nudge) == [.by(.gib(2))])
    #expect(board.frame().contains("staged, not set: first 2.00G"))
    board.press("Enter")
    let facts = [Samples.id(8): GuardFacts()]
    board.send(.readForChange(Samples.host(samples, after: .seconds(1)), facts))
    #expect(board.frame().contains("3.00G → 2.00G → 3.00G"))
    board.press("y")
    board.send(.readForChange(Samples.host(samples, after: .seconds(2)), facts))
    #expect(board.effects.contains { if case .apply = $0 { true } else { false } })
  }

  private static var screenStuck: DomainSample {
    Samples.domain(
      8, "mail", alloc: .gib(2), target: .gib(3), busy: .gib(1), state: .stuck,
      phase: .stuck(since: SteadyTime(milliseconds: 4_700_000)))
  }

  @Test("nothing is staged for one that is not stuck, nor kept for one that moves again")
  func notStuck() {
    var board = Dashboard(snapshot: Samples.host([Samples.domain(1, "a")]))
    board.press("w")
    #expect(board.state.staging.isEmpty)
    #expect(board.state.message?.text == "a is not stuck, so there is nothing to nudge")
    var mail = Dashboard(snapshot: Samples.host([Self.screenStuck]))
    mail.press("w", "Enter")
    var moving = Self.screenStuck
    (moving.state, moving.balloon.phase) = (
      .running, .growing(since: SteadyTime(milliseconds: 4_800_000))
    )
    let facts = [Samples.id(8): GuardFacts()]
    mail.send(.readForChange(Samples.host([moving], after: .seconds(1)), facts))
    #expect(mail.state.staging.isEmpty)
  }

  @Test("a guest whose driver gave up stays stuck with memory there, until it is nudged")
  func simulated() throws {
    let guests = [
      RegulatedHost.guest("a", .steady(.mib(300), jitter: .zero)),
      RegulatedHost.guest("b", .steady(.mib(300), jitter: .zero)),
    ]
    // Dom0 holds 1 GiB, Xen 100 MiB, the guests 2 GiB each: half a GiB is left.
    let host = RegulatedHost(
      guests, policies: .standard, total: .gib(5) + .mib(100) + .mib(512))
    host.run(30)
    host.setByHand("a", to: .gib(3))
    host.run(60)
    #expect(host["a"]?.state == .stuck)
    let held = try #require(host["a"]?.allocation)
    host.setByHand("b", to: .gib(1))
    host.run(300)
    #expect(host.snapshot.host.free > .mib(900))
    #expect(host["a"]?.allocation == held && host["a"]?.state == .stuck)
    // The same target once more changes nothing.
    host.setByHand("a", to: .gib(3))
    host.run(60)
    #expect(host["a"]?.allocation == held)
    let nudge = try #require(host["a"].flatMap { Self.nudge($0) })
    for step in nudge.steps {
      host.setByHand("a", to: step.to)
      host.run(3)
    }
    host.run(10)
    #expect(host["a"]?.isOnTarget == true && host["a"]?.size == .gib(3))
  }

  @Test("the driver tries at 0, 2, 6 and 14 seconds, then after an hour; a new distance wakes it")
  func driver() {
    var driver = BalloonDriver()
    var tries: [Int] = []
    for second in 0..<7300 where driver.tries(.gib(1)) {
      tries.append(second)
      driver.tried(moved: .zero, left: .gib(1))
    }
    #expect(tries.prefix(8) == [0, 2, 6, 14, 3614, 3616, 3620, 3628])
    #expect(driver.tries(.gib(1)) == false)
    #expect(driver.tries(.mib(1025)) == true)
    driver.tried(moved: .mib(256), left: .mib(769))
    #expect(driver.tries(.mib(769)) == true)
  }
}
