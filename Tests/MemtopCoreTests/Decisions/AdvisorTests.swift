@testable import TestSupport
import Testing

@testable import MemtopCore

@Suite(.timeLimit(.minutes(30))) struct AdvisorTests {
  private static func advice(
    for domain: DomainSample, free: Bytes = .gib(20), owner: TargetOwner? = nil
  ) -> Result<Advice, NoAdvice> {
    Advisor.advise(TestHost.snapshot([domain], free: free) { $0.owner = owner })
      .advice(for: domain.id)
  }

  private static func target(_ domain: DomainSample, free: Bytes = .gib(20)) -> Bytes? {
    try? advice(for: domain, free: free).get().target
  }

  private static func reason(_ domain: DomainSample, owner: TargetOwner? = nil) -> String? {
    guard case .failure(let no) = advice(for: domain, owner: owner) else { return nil }
    return no.reason
  }

  @Test("a guest that lacks memory gets busy and a quarter of it at once")
  func up() {
    #expect(Self.target(TestHost.guest(5, busy: .mib(2000))) == .mib(2500))
    // A small one gets 64 MiB.
    #expect(Self.target(TestHost.guest(5, size: .mib(192), busy: .mib(180))) == .mib(244))
  }

  @Test("one that has used up all it has gets as much again: what it wants beyond is not seen")
  func spent() {
    #expect(Self.target(TestHost.guest(5, busy: .mib(2048))) == .mib(3072))
    #expect(Self.target(TestHost.guest(5, busy: .mib(2017))) == .mib(3026))
    #expect(Self.target(TestHost.guest(5, busy: .mib(2000))) == .mib(2500))
  }

  @Test("it is advised no more than its static-max, and told so when it has that already")
  func most() {
    #expect(Self.target(TestHost.guest(5, busy: .mib(2000), max: .mib(2300))) == .mib(2300))
    #expect(
      Self.reason(TestHost.guest(5, busy: .mib(2000), max: .gib(2)))
        == "already at its highest (static-max)")
  }

  @Test("a guest with a surplus goes down by an eighth of it, and comes to rest")
  func down() throws {
    var domain = TestHost.guest(5, size: .gib(4))
    #expect(Self.target(domain) == .mib(4096 - (4096 - 1280) / 8))
    var steps = 0
    while let target = Self.target(domain) {
      #expect(target < domain.allocation)
      #expect(target >= .mib(1280))
      domain = TestHost.guest(5, size: target)
      steps += 1
      try #require(steps < 100)
    }
    #expect(domain.allocation <= .mib(1280) + Advisor.deadBand(size: domain.allocation))
    #expect(Self.reason(domain) == "its target is right")
  }

  @Test("videoram is on top, as SIZE means it")
  func videoram() {
    let hvm = TestHost.guest(5, busy: .mib(2000)) {
      ($0.videoram, $0.target) = (.mib(16), .mib(2032))
    }
    #expect(Self.target(hvm) == .mib(2516))
  }

  @Test("nobody is advised below what the toolstack guarantees")
  func guaranteed() {
    let domain = TestHost.guest(5, size: .mib(1600)) { $0.dynamicMin = .mib(1590) }
    #expect(Self.reason(domain) == "its target is right")
    #expect(Self.target(TestHost.guest(5, size: .mib(1600))) == .mib(1550))
  }

  @Test(
    "nothing is advised on a report that is not fresh",
    arguments: [
      ReportHealth.unknownAge, .stale, .silent, .implausible("lies"), .unreadable("is noise"),
    ])
  func notFresh(health: ReportHealth) {
    let domain = TestHost.guest(5, busy: .mib(2000)) { $0.health = health }
    let reason =
      switch health {
      case .silent: "it sends no report"
      case .unknownAge: "the age of its report is unknown"
      case .fresh, .stale, .implausible, .unreadable: "its report is \(health.word)"
      }
    #expect(Self.reason(domain) == reason)
  }

  @Test("an XAPI report advises nothing upward: its cache may look busy; downward it is safe")
  func xapi() {
    func guest(busy: Bytes) -> DomainSample {
      TestHost.guest(5, busy: busy) { $0.report?.dialect = .xapi }
    }
    #expect(Self.reason(guest(busy: .mib(2000))) == "its XAPI report may count cache as busy")
    #expect(Self.target(guest(busy: .mib(512))) == .mib(2048 - (2048 - 640) / 8))
  }

  @Test("a guest under pressure gives nothing, whatever it says that it has left")
  func pressure() {
    let domain = TestHost.guest(5, size: .gib(4)) { $0.pressure = .tight }
    #expect(Self.reason(domain) == "not lowered while it is tight")
    #expect(Self.target(TestHost.guest(5, busy: .mib(2000)) { $0.pressure = .thrashing }) != nil)
  }

  @Test("nothing is advised while the last change is under way, or where the domain cannot follow")
  func unsettled() {
    let now = SteadyTime(milliseconds: 0)
    let hungry = TestHost.guest(5, busy: .mib(2000))
    func reason(_ change: (inout DomainSample) -> Void) -> String? {
      var domain = hungry
      change(&domain)
      return Self.reason(domain)
    }
    let unfinished = "its last change is not finished"
    #expect(reason { $0.balloon.phase = .growing(since: now) } == unfinished)
    #expect(reason { $0.balloon.phase = .shrinking(since: now) } == unfinished)
    #expect(reason { $0.balloon.phase = .stuck(since: now) } == "its balloon is stuck")
    let clauses: [DomainState: String] = [
      .paused: "it is paused", .booting: "it is booting", .crashed: "it has crashed",
      .dying: "it is dying", .shutdown: "it has shut down",
      .migrating: "it is being saved or migrated", .stuck: "its balloon is stuck",
      .building: "it is being built, restored or received",
      .reading: "it has not been read from xenstore yet",
    ]
    for state in DomainState.allCases where state != .running {
      #expect(reason { $0.state = state } == clauses[state])
    }
    #expect(reason { $0.selfBallooning = true } == "it is self-ballooning")
    #expect(Self.reason(hungry, owner: .qmemman) == "qmemman sets the targets here")
    #expect(
      Self.reason(TestHost.dom0 { $0.busy = .mib(4000) }) == "dom0's size is only set by hand")
    #expect(Self.reason(TestHost.guest(5, busy: nil)) == "its busy memory is unknown")
  }

  @Test("on a short host the raises share what is free in proportion, and together never take more")
  func short() throws {
    let domains = [
      TestHost.guest(5, size: .gib(2), busy: .gib(2), max: .gib(16)),  // wants 1 GiB
      TestHost.guest(6, size: .gib(4), busy: .gib(4), max: .gib(16)),  // wants 2 GiB
      TestHost.guest(7, size: .gib(8), busy: .gib(2), max: .gib(16)),  // has 5.5 GiB too many
    ]
    let reserve = HostMemory.reserve(total: .gib(64))
    let table = Advisor.advise(TestHost.snapshot(domains, free: reserve + .mib(768)))
    let raises = try domains.prefix(2).map {
      try table.advice(for: $0.id).get().target - $0.allocation
    }
    #expect(raises.reduce(.zero, +) <= .mib(768))
    #expect(raises[0] >= .mib(250) && raises[0] <= .mib(256))
    #expect(raises[1] >= .mib(506) && raises[1] <= .mib(512))
    // Who has a surplus gives at once what is lacking.
    let gift = try table.advice(for: domains[2].id).get()
    #expect(gift.target == .mib(8192 - (3072 - 768)))
    #expect(gift.reason == "gives 2.25G, because the host is short")
  }

  @Test("a host with nothing to give says so")
  func empty() {
    let domain = TestHost.guest(5, busy: .mib(2000))
    guard case .failure(let no) = Self.advice(for: domain, free: .mib(100)) else {
      Issue.record("it was advised")
      return
    }
    #expect(no.reason == "2.44G is advised, but the host has nothing free beyond its reserve")
  }

  @Test("the guard has nothing against any advice, and nobody is left below need")
  func guarded() throws {
    for busy in stride(from: Int64(8), through: 4000, by: 61) {
      for size in stride(from: Int64(64), through: 4096, by: 173) where size > busy {
        let domain = TestHost.guest(5, size: .mib(size), busy: .mib(busy))
        guard let target = Self.target(domain) else { continue }
        let verdict = Guard.verdict(on: domain.id, to: target, in: TestHost.snapshot([domain]))
        #expect(verdict.severity == .allow, "\(busy) busy of \(size): \(target.short) \(verdict)")
        #expect(target > .mib(busy))
      }
    }
  }

  @Test("a domain that is not in the table, or has another's domid, is gone")
  func gone() {
    let table = Advisor.advise(TestHost.snapshot([TestHost.guest()]))
    let stranger = DomainID(domid: 5, uuid: DomainUUID(high: 1, low: 1))
    for id in [TestHost.id(9), stranger] {
      guard case .failure(let no) = table.advice(for: id) else {
        Issue.record("a stranger was advised")
        continue
      }
      #expect(no.reason == "the domain is gone")
    }
  }
}
