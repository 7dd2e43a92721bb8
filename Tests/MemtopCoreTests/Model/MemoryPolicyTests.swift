@testable import TestSupport
import Testing

@testable import MemtopCore

@Suite(.timeLimit(.minutes(30))) struct MemoryPolicyTests {
  private static func target(
    size: Int64 = 2048, busy: Int64, _ change: (inout AdvisedGuest) -> Void
  ) -> Result<Advice, NoAdvice> {
    var guest = AdvisedGuest(
      size: .mib(size), busy: .mib(busy), pressure: .ok, staticMax: .gib(8))
    change(&guest)
    return guest.advice()
  }

  @Test(
    "the reserve is a size, or a share of busy that is 64 MiB at least",
    arguments: [
      (MemoryPolicy.Reserve.size(.mib(512)), 100, 512), (.size(.mib(8)), 4000, 8),
      (.share(percent: 25), 100, 64), (.share(percent: 25), 4000, 1000),
      (.share(percent: 400), 1000, 4000),
    ] as [(MemoryPolicy.Reserve, Int64, Int64)])
  func reserve(reserve: MemoryPolicy.Reserve, busy: Int64, wanted: Int64) {
    var policy = MemoryPolicy()
    policy.reserve = reserve
    // Whole percents are taken of hundredths, which lose some bytes.
    #expect((policy.reserve(busy: .mib(busy)) - .mib(wanted)).magnitude < .kib(1))
  }

  @Test("nothing is advised above the ceiling, and a guest at it is told so")
  func ceiling() throws {
    let raised = Self.target(busy: 2048) { $0.policy.ceiling = .mib(2200) }
    #expect(try raised.get().target == .mib(2200))
    guard case .failure(let no) = Self.target(busy: 2048, { $0.policy.ceiling = .mib(2048) }) else {
      Issue.record("it was raised")
      return
    }
    #expect(no.reason == "already at its highest (the policy's ceiling)")
  }

  @Test("one below its floor is raised to it, however idle; one above comes to rest there")
  func floor() throws {
    let raised = try Self.target(size: 512, busy: 100) { $0.policy.floor = .gib(1) }.get()
    #expect(raised.target == .gib(1))
    #expect(raised.reason == "busy 100M + reserve 64M = 164M, raised to 1.00G by its floor")
    let lowered = try Self.target(size: 1100, busy: 100) { $0.policy.floor = .gib(1) }.get()
    #expect(lowered.cause.rest == .gib(1))
  }

  @Test("a ceiling below what is busy takes nothing that the guard would warn about")
  func crossed() throws {
    let advice = Self.target(size: 2200, busy: 2000) { $0.policy.ceiling = .mib(512) }
    let target = try? advice.get().target
    #expect(target.map { $0 >= .mib(2000 + 250) } != false)
  }

  @Test("what was busy lately is kept until it fades")
  func peak() throws {
    let now = SteadyTime(milliseconds: 0)
    var peak = BusyPeak(.gib(1), at: now)
    let kept = Self.target(busy: 256) { $0.peak = peak.value }
    let rest = Bytes.mib(1024 + 64)
    #expect(try kept.get().cause.rest == rest)
    for second in stride(from: Int64(10), through: 3600, by: 10) {
      peak.note(.mib(256), at: now + .seconds(second))
    }
    #expect(peak.value < .mib(260))
    peak.note(.gib(3), at: now + .seconds(3610))
    #expect(peak.value == .gib(3))
  }

  @Test("after ten minutes a third of the peak's height is left, however often it was reported")
  func fading() {
    for step in [Int64(1), 10, 60] {
      var peak = BusyPeak(.mib(1100), at: SteadyTime(milliseconds: 0))
      for second in stride(from: step, through: 600, by: Int64.Stride(step)) {
        peak.note(.mib(100), at: SteadyTime(milliseconds: second * 1000))
      }
      let left = (peak.value - .mib(100)).mib
      #expect((340...375).contains(left), "\(left) MiB by steps of \(step) s")
    }
  }

  @Test("one that is short gets what it has put into swap on top")
  func pressed() throws {
    let advice = try Self.target(busy: 2000) {
      ($0.pressure, $0.swapUsed) = (.short, .mib(300))
    }.get()
    #expect(advice.target == .mib(2000 + 500 + 300))
    #expect(advice.reason == "it is short: busy 1.95G + reserve 500M + 300M in swap")
    let tight = try Self.target(busy: 2000) {
      ($0.pressure, $0.swapUsed) = (.tight, .mib(300))
    }.get()
    #expect(tight.target == .mib(2500))
  }

  @Test("one that waits for files only is lowered as its policy wants; one that swaps in is not")
  func files() throws {
    for rate in [Bytes.zero, .kib(96)] {
      let reader = try Self.target(size: 4096, busy: 1024) {
        ($0.pressure, $0.swapUsed, $0.swapInRate) = (.short, .mib(100), rate)
      }.get()
      #expect(reader.cause.rest == .mib(1280))
    }
    for rate in [Bytes?.none, .mib(1)] {
      let swapper = Self.target(size: 4096, busy: 1024) {
        ($0.pressure, $0.swapInRate) = (.short, rate)
      }
      guard case .failure(let no) = swapper else {
        Issue.record("it was moved: \(swapper)")
        continue
      }
      #expect(no.reason == "not lowered while it is short")
    }
    let poor = AdvisedGuest(
      size: .mib(1100), busy: .mib(1024), swapInRate: .zero, pressure: .tight)
    #expect(poor.isPressed)
  }

  @Test("an XAPI figure that is said to be MemAvailable counts as any other")
  func xapi() throws {
    let sample = TestHost.guest(5, busy: .mib(2000)) { $0.report?.dialect = .xapi }
    var set = PolicySet()
    #expect(throws: NoAdvice.self) {
      try Advisor.advise(TestHost.snapshot([sample]), policies: set).advice(for: sample.id).get()
    }
    set.rules = [.init(pattern: DomainPattern("*"), changes: [.xapiFree(.available)])]
    let advice = Advisor.advise(TestHost.snapshot([sample]), policies: set).advice(for: sample.id)
    #expect(try advice.get().target == .mib(2500))
  }

  @Test("hands off is no advice, and no part in freeing memory")
  func handsOff() {
    let sample = TestHost.guest(5, size: .gib(4))
    let set = PolicySet(rules: [.init(pattern: DomainPattern("g5"), changes: [.handsOff(true)])])
    let snapshot = TestHost.snapshot([sample], free: .gib(1))
    guard case .failure(let no) = Advisor.advise(snapshot, policies: set).advice(for: sample.id)
    else {
      Issue.record("it was advised")
      return
    }
    #expect(no.reason == "the policy says hands off")
    let plan = FreePlan.make(freeing: .gib(2), in: snapshot, policies: set)
    #expect(plan.orders.isEmpty)
    #expect(plan.declined.contains { $0.reason == "the policy says hands off" })
  }

  @Test("the host's reserve is the policy's, or 2 % and 256 MiB at least")
  func hostReserve() {
    #expect(PolicySet().hostReserve(total: .gib(64)) == .gib(64) / 50)
    #expect(PolicySet().hostReserve(total: .gib(2)) == .mib(256))
    #expect(PolicySet(hostReserve: .gib(3)).hostReserve(total: .gib(64)) == .gib(3))
    let host = TestHost.snapshot([], free: .gib(2)).host
    #expect(!PolicySet().isShort(host) && !PolicySet(hostReserve: host.uncommitted).isShort(host))
    #expect(PolicySet(hostReserve: host.uncommitted + .kib(1)).isShort(host))
  }
}

extension Advice.Cause {
  /// Where a surplus comes to rest.
  var rest: Bytes? { if case .surplus(let goal) = self { goal.size } else { nil } }
}
