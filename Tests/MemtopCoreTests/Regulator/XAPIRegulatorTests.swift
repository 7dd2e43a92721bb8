@testable import TestSupport
import Testing

@testable import MemtopCore

/// The regulator where XAPI owns the targets: one guest, whose balloon is always where its target is.
@Suite(.timeLimit(.minutes(30))) struct XAPIRegulatorTests {
  private static let operators = DynamicRange(low: .gib(1), high: .gib(3))

  /// What it has to live with, and lives.
  private struct Life {
    var regulator: Regulator
    var range = operators
    var target = Bytes.gib(2)
    var busy = Bytes.mib(1900)
    var kept: KeptRange?
    var regulation: Regulation?
    var second: Int64 = 1000
    var orders: [TargetOrder] = []
    var told: [String] = []
    /// Neither halted nor on another host.
    var isHere = true
    var domid: UInt16 = 5
    var id: DomainID?

    init(_ kept: KeptRange? = nil) {
      var policies = PolicySet(rules: [
        .init(pattern: DomainPattern("*"), changes: [.regulated(true)])
      ])
      policies.throughXAPI = true
      regulator = Regulator(policies: policies)
      self.kept = kept
    }

    var snapshot: Snapshot {
      let guest = TestHost.guest(domid, size: target, busy: busy) {
        $0.id = DomainID(domid: domid, uuid: TestHost.id(5).uuid)
        ($0.dynamicMin, $0.dynamicMax, $0.keptRange) = (range.low, range.high, kept)
        $0.regulation = regulation
        // A report each second.
        $0.reportAge = .zero
      }
      return TestHost.snapshot(isHere ? [guest] : [], second: second) { $0.owner = .xapi }
    }

    mutating func live(_ seconds: Int64, failing: Bool = false) {
      for _ in 0..<seconds {
        second += 1
        let snapshot = snapshot
        id = snapshot.domains.last { !$0.id.isDom0 }?.id ?? id
        for act in regulator.see(snapshot) {
          switch act {
          case .publish(_, let regulation): self.regulation = regulation
          case .tell(let name, let what): told.append("\(name): \(what)")
          }
        }
        for (order, _) in regulator.orders(snapshot) { carryOut(order, failing) }
      }
    }

    mutating func carryOut(_ order: TargetOrder, _ isFailing: Bool) {
      regulator.begin(order)
      orders.append(order)
      guard let change = order.range else { return }
      let keeping = KeptRange(before: change, kept: kept)
      kept = isFailing ? keeping : keeping.settled
      if !isFailing {
        range = change.to
        target = change.to.isPoint ? change.to.low : target
      }
      let outcome = TargetOutcome(
        ending: isFailing ? .failed("x") : .written, target: target, range: range)
      regulator.end(
        order, outcome, videoram: .zero, at: SteadyTime(milliseconds: second * 1000))
    }
  }

  @Test("it moves by setting the range to a point, within the operator's range")
  func moves() throws {
    var life = Life()
    life.live(3)
    let order = try #require(life.orders.first)
    let wanted = try #require(order.range)
    #expect(wanted.from == Self.operators)
    #expect(wanted.to.isPoint && wanted.to.low > .gib(2))
    life.busy = .gib(3)
    life.live(300)
    #expect(life.target == .gib(3))
  }

  @Test("it moves a VM at most once a minute")
  func pace() {
    var life = Life()
    life.live(3)
    #expect(life.orders.count == 1)
    life.busy = life.target
    life.live(55)
    #expect(life.orders.count == 1)
    life.live(10)
    #expect(life.orders.count == 2)
  }

  @Test("a failed change is tried again after a minute, not before")
  func failing() {
    var life = Life()
    life.live(58, failing: true)
    #expect(life.orders.count == 1)
    life.live(10, failing: true)
    #expect(life.orders.count == 2)
  }

  @Test(
    "a step that is not worth a write to the database waits, unless the guest is under pressure")
  func steps() {
    func allowed(_ target: Bytes, pressed: SteadyTime? = nil) -> Bytes? {
      RegulatorPace().allowed(
        target, from: .gib(2), writtenAfter: SteadyTime(milliseconds: 5), pressed: pressed,
        now: SteadyTime(milliseconds: 9), isRange: true)
    }
    #expect(allowed(.gib(2) + .mib(127)) == nil)
    #expect(allowed(.gib(2) + .mib(128)) == .gib(2) + .mib(128))
    #expect(allowed(.gib(2) - .mib(127)) == nil)
    let pressed = SteadyTime(milliseconds: 1)
    #expect(allowed(.gib(2) + .mib(32), pressed: pressed) == .gib(2) + .mib(32))
  }

  @Test("a domain that is taken back has the operator's range again")
  func takenBack() {
    var life = Life()
    life.live(3)
    #expect(life.range != Self.operators)
    life.regulation = .unwanted(by: "root")
    life.live(2)
    #expect(life.range == Self.operators)
    #expect(life.kept == nil)
    #expect(life.orders.last?.reason == Regulator.givingBack)
    life.live(200)
    #expect(life.orders.count == 2)
  }

  /// A write that is under way: what is kept is written, the range is still the former one.
  private static func writing() throws -> (Life, TargetOrder) {
    var life = Life()
    for act in life.regulator.see(life.snapshot) {
      if case .publish(_, let key) = act { life.regulation = key }
    }
    let (order, _) = try #require(life.regulator.orders(life.snapshot).first)
    life.regulator.begin(order)
    life.kept = KeptRange(before: try #require(order.range), kept: nil)
    return (life, order)
  }

  @Test("a domain that is taken back while its range is being set has the operator's again")
  func takenBackInWrite() throws {
    var (life, order) = try Self.writing()
    life.regulation = .unwanted(by: "root")
    life.live(1)
    #expect(life.orders.isEmpty)
    life.range = try #require(order.range).to
    life.regulator.end(
      order, TargetOutcome(ending: .written, target: life.target, range: life.range),
      videoram: .zero, at: SteadyTime(milliseconds: life.second * 1000))
    life.live(3)
    #expect(life.range == Self.operators && life.kept == nil)
    life.live(100)
    #expect(life.orders.count == 1)
  }

  @Test("one whose range was replaced at the same moment is released, and no range is given back")
  func contested() throws {
    var (life, order) = try Self.writing()
    life.range = try #require(order.range).to
    var outcome = TargetOutcome(ending: .written, target: life.target, range: life.range)
    outcome.isContested = true
    life.regulator.end(
      order, outcome, videoram: .zero, at: SteadyTime(milliseconds: life.second * 1000))
    // The writer drops it.
    life.kept = nil
    life.live(100)
    #expect(life.told.last == "g5: released: someone else set its dynamic range at the same moment")
    #expect(life.orders.isEmpty && life.range == order.range?.to)
  }

  @Test("a call that XAPI does after it was given up is the regulator's, and is given back one day")
  func landsLater() throws {
    var (life, order) = try Self.writing()
    life.regulator.end(
      order, TargetOutcome(ending: .failed("gave up"), target: life.target, range: life.range),
      videoram: .zero, at: SteadyTime(milliseconds: life.second * 1000))
    life.live(1)
    life.range = try #require(order.range).to
    life.live(5)
    #expect(!life.told.contains { $0.contains("released") }, "\(life.told)")
    life.regulation = .unwanted(by: "root")
    life.live(120)
    #expect(life.range == Self.operators)
  }

  @Test("a service that was killed gives back what was taken back meanwhile, too")
  func takenBackWhileDead() {
    var life = Life()
    life.live(3)
    var next = Life(life.kept)
    (next.range, next.target) = (life.range, life.target)
    next.regulation = .unwanted(by: "root")
    next.live(3)
    #expect(next.range == Self.operators)
    #expect(next.told.filter { $0.contains("taken back") }.count == 1)
  }

  @Test("a giving back that the guard stops at the last moment waits as one that failed does")
  func givingBackWaits() throws {
    var life = Life()
    life.live(3)
    life.regulation = .unwanted(by: "root")
    _ = life.regulator.see(life.snapshot)
    let (order, _) = try #require(life.regulator.orders(life.snapshot).first)
    #expect(order.reason == Regulator.givingBack)
    life.regulator.begin(order)
    life.regulator.skip(order, at: SteadyTime(milliseconds: life.second * 1000))
    for (seconds, count) in [(Int64(1), 0), (30, 0), (40, 1)] {
      life.second += seconds
      _ = life.regulator.see(life.snapshot)
      #expect(life.regulator.orders(life.snapshot).count == count)
    }
  }

  @Test("at the end each range that the regulator left is given back, or named")
  func ends() throws {
    var (life, order) = try Self.writing()
    // The sample is older than the end of the write.
    life.range = try #require(order.range).to
    let orders = life.regulator.letGo(life.snapshot)
    #expect(orders.map(\.order.range?.to) == [Self.operators])
    let acts = life.regulator.rangesKept(life.snapshot)
    guard case .tell("g5", let words)? = acts.first else {
      Issue.record("nothing was said")
      return
    }
    #expect(words.hasPrefix("its dynamic range could not be given back: it is"), "\(words)")
    #expect(words.contains("min=1073741824 max=3221225472"), "\(words)")
  }

  @Test("a dry run says once that a domain is taken back")
  func dryOnce() {
    var life = Life()
    var policies = life.regulator.policies
    policies.throughXAPI = true
    life.regulator = Regulator(policies: policies, isDry: true)
    life.regulation = .unwanted(by: "root")
    life.live(60)
    #expect(life.told.count == 1, "\(life.told)")
  }

  @Test("a ceiling below the operator's low end does not lower beneath it")
  func ceiling() {
    var policy = MemoryPolicy()
    policy.ceiling = .mib(512)
    var figures = AdvisedGuest(size: .gib(2), busy: .mib(200), staticMax: .gib(4), policy: policy)
    figures.bound(by: Self.operators, videoram: .mib(8))
    #expect(figures.size(holding: .mib(200)) == .gib(1) + .mib(8))
    #expect(figures.most == .gib(1) + .mib(8))
  }

  @Test("a range that somebody else sets releases the domain, and stays")
  func overtaken() {
    var life = Life()
    life.live(3)
    life.range = DynamicRange(low: .gib(1), high: .gib(4))
    life.live(20)
    #expect(
      life.told.contains("g5: released: someone else set its dynamic range to 1.00G to 4.00G"))
    #expect(life.orders.count == 1)
    #expect(life.range == DynamicRange(low: .gib(1), high: .gib(4)))
  }

  @Test("a target that squeezed moves within the range is nobody's change")
  func squeezed() {
    var life = Life()
    life.busy = .mib(1600)
    life.live(3)
    let told = life.told
    life.target = .gib(2) + .mib(40)
    life.live(3)
    #expect(life.told == told)
    #expect(life.regulation?.isRegulated == true)
  }

  @Test("one that was started anew knows the operator's range by what is kept in xenstore")
  func restarted() {
    var first = Life()
    first.live(3)
    var second = Life(first.kept)
    (second.range, second.target, second.regulation) = (first.range, first.target, first.regulation)
    second.live(2)
    second.regulation = .unwanted(by: "root")
    second.live(2)
    #expect(second.range == Self.operators)
  }

  /// The next run of the service.
  private static func next(after former: Life) -> Life {
    var next = Life(former.kept)
    (next.range, next.target, next.regulation) = (former.range, former.target, former.regulation)
    next.second = former.second
    return next
  }

  @Test("a range that someone sets while it is not running releases the domain, and stays")
  func setWhileStopped() {
    var first = Life()
    first.live(3)
    var second = Self.next(after: first)
    second.range = DynamicRange(low: .gib(2), high: .gib(4))
    second.live(120)
    #expect(
      second.told == [
        "g5: released: someone else set its dynamic range to 2.00G to 4.00G"
          + " while the regulator was not running"
      ])
    #expect(second.orders.isEmpty && second.range == DynamicRange(low: .gib(2), high: .gib(4)))
  }

  @Test("a range that was given back at the end of the service is the operator's at its next start")
  func restartedInOrder() {
    var first = Life()
    first.live(3)
    for (order, _) in first.regulator.letGo(first.snapshot) { first.carryOut(order, false) }
    for act in first.regulator.keysLeft(first.snapshot) {
      if case .publish(_, let key) = act { first.regulation = key }
    }
    #expect(first.range == Self.operators && first.kept == nil)
    var second = Self.next(after: first)
    second.live(3)
    #expect(second.told.first?.hasPrefix("g5: continues, handed over by") == true, "\(second.told)")
    #expect(second.regulation?.isRegulated == true)
  }

  @Test("at the end of the service all ranges are given back")
  func ended() {
    var life = Life()
    life.live(3)
    let orders = life.regulator.letGo(life.snapshot)
    #expect(orders.map(\.order.range?.to) == [Self.operators])
  }

  /// XAPI keeps the range, and xenstore's keys go with the domain.
  private static func rebooted(whileDown: DynamicRange? = nil) -> Life {
    var life = Life()
    life.live(3)
    life.isHere = false
    life.live(5)
    (life.domid, life.kept, life.regulation, life.isHere) = (6, nil, nil, true)
    if let whileDown { life.range = whileDown }
    return life
  }

  @Test("through a reboot the operator's range is not forgotten", arguments: [1, 100] as [Int64])
  func throughReboot(seconds: Int64) {
    var life = Self.rebooted()
    #expect(life.range.isPoint)
    life.live(seconds)
    let orders = life.regulator.letGo(life.snapshot)
    #expect(orders.map(\.order.range?.to) == [Self.operators], "at the end of the service")
    life.regulation = .unwanted(by: "alice")
    life.live(40)
    #expect(life.range == Self.operators && life.kept == nil, "when it is taken back")
    let count = life.orders.count
    life.live(40)
    #expect(life.orders.count == count)
  }

  @Test("a move after a reboot keeps the operator's range in xenstore again")
  func movedAfterReboot() {
    var life = Self.rebooted()
    life.live(5)
    let count = life.orders.count
    life.busy = .mib(2300)
    life.live(60)
    #expect(life.orders.count > count)
    #expect(life.kept?.operators == Self.operators)
  }

  @Test("another range that was set while the VM was down is the operator's")
  func setWhileDown() {
    let other = DynamicRange(low: .mib(1536), high: .mib(2560))
    var life = Self.rebooted(whileDown: other)
    life.target = .gib(2)
    life.live(5)
    life.regulation = .unwanted(by: "alice")
    life.live(40)
    #expect(life.range == other)
  }

  @Test("of a VM that is halted meanwhile it says once how its operator's range comes back")
  func halted() throws {
    var life = Life()
    life.live(3)
    let present = life.range
    #expect(present.isPoint)
    life.isHere = false
    life.live(100)
    #expect(!life.told.contains { $0.contains("has left") }, "it may yet be a reboot: \(life.told)")
    life.live(60)
    let told = life.told.filter { $0.contains("has left this host") }
    let command = "xe vm-memory-dynamic-range-set uuid=\(try #require(life.id).uuid)"
    #expect(told.count == 1)
    #expect(
      told.first?.hasSuffix("\(command) min=\(1 << 30) max=\(3 << 30)") == true, "\(told)")
    #expect(told.first?.contains(present.short) == true)
    #expect(life.regulator.rangesLeft(life.snapshot, patience: .zero).isEmpty, "said once")
  }

  @Test("at the end of the service it says so at once; of one that reboots it says nothing")
  func haltedAtTheEnd() {
    var life = Life()
    life.live(3)
    life.isHere = false
    life.live(5)
    var ended = life.regulator
    #expect(ended.rangesLeft(life.snapshot, patience: .zero).count == 1)
    life.isHere = true
    life.live(200)
    #expect(!life.told.contains { $0.contains("has left") }, "\(life.told)")
  }

  @Test("what is kept is of the past once another range was set; no bytes make it anything else")
  func kept() {
    let first = RangeChange(from: Self.operators, to: .point(.gib(2)))
    let before = KeptRange(before: first, kept: nil)
    #expect(KeptRange(before.bytes) == before)
    // Whether it was set or not, the operator's is known.
    #expect(before.operators(at: first.from) == Self.operators)
    #expect(before.operators(at: first.to) == Self.operators)
    let kept = before.settled
    #expect(kept.flatMap { KeptRange($0.bytes) } == kept)
    #expect(kept?.operators(at: first.from) == nil)
    let second = RangeChange(from: .point(.gib(2)), to: .point(.gib(3)))
    #expect(KeptRange(before: second, kept: kept).operators == Self.operators)
    #expect(KeptRange(before: second, kept: kept).operators(at: second.from) == Self.operators)
    let other = RangeChange(from: .point(.gib(1)), to: .point(.gib(3)))
    #expect(KeptRange(before: other, kept: kept).operators == .point(.gib(1)))
    #expect(KeptRange(before: second.reversed, kept: nil).settled != nil)
    let back = RangeChange(from: .point(.gib(2)), to: Self.operators)
    #expect(KeptRange(before: back, kept: kept).settled == nil)
    for text in [
      "", "1 2 3", "2 1 3 4", "1 2 4 3", "1 2 3 4 5", "1 2 3 4 6 5", "1 2 3 4 5 6 7",
      "1 2 3 4 5 6 7 8", "-1 2 3 4", "1 2 3 x",
    ] {
      #expect(KeptRange(Array(text.utf8)) == nil, "\(text)")
    }
  }
}
