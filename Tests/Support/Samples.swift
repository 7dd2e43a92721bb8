@testable import MemtopCore

/// Hand-made hosts for the screen's tests.
enum Samples {
  static func id(_ domid: UInt16) -> DomainID {
    DomainID(
      domid: domid,
      uuid: domid == 0 ? .zero : DomainUUID(high: 0xA1B2_C3D4_0000_4000 + UInt64(domid), low: 7))
  }

  static func domain(
    _ domid: UInt16, _ name: String, alloc: Bytes = .gib(2), target: Bytes? = nil,
    max: Bytes? = .gib(4), busy: Bytes? = nil, cache: Bytes? = nil, swap: Bytes? = .zero,
    swapIn: Bytes? = .zero, pressure: Pressure? = .ok, state: DomainState = .running,
    health: ReportHealth = .fresh, age: Int64? = 1, dialect: ReportDialect = .memtop,
    phase: BalloonState.Phase = .settled
  ) -> DomainSample {
    var report = GuestReport(dialect: dialect)
    let available = busy.map { Swift.max(.zero, alloc - $0) }
    report.available = available
    report.free = available.map { Swift.max(.zero, $0 - (cache ?? .zero)) }
    report.psiSome = pressure == .thrashing ? 4210 : 12
    report.psiFull = pressure == .thrashing ? 2833 : 0
    report.interval = .seconds(2)
    let speaks = health != .silent
    return DomainSample(
      id: id(domid),
      facts: DomainFacts(
        name: name, osName: "Debian GNU/Linux 12", kernel: "6.1.0-28-amd64", ipv4: "10.0.4.\(domid)"
      ),
      kind: domid == 0 ? .pv : .pvh, state: state, allocation: alloc,
      limit: max.map { $0 + .mib(1) }, target: target ?? alloc, staticMax: max,
      balloon: BalloonState(phase: phase, hasFollowed: true, startedFrom: alloc),
      report: speaks ? report : nil, health: health, reportAge: age.map { .seconds($0) },
      busy: busy, available: available, cache: cache, swapUsed: speaks ? swap : nil,
      swapInRate: speaks ? swapIn : nil, swapOutRate: speaks ? .zero : nil,
      pressure: speaks ? pressure : nil)
  }

  /// What the guard asks beside a snapshot, of every domain that a test may have.
  static let facts: [DomainID: GuardFacts] = Dictionary(
    uniqueKeysWithValues: (UInt16(0)..<1000).map { (id($0), GuardFacts()) })

  static let start = WallTime(milliseconds: 1_763_906_531_000)
  static let steady = SteadyTime(milliseconds: 5_000_000)

  /// A host of twelve domains at 14:02:11 UTC, with something of everything wrong.
  static func host(
    _ domains: [DomainSample] = twelve, after: Span = .zero, events: [HostEvent] = events,
    owner: TargetOwner? = nil
  ) -> Snapshot {
    let dom0 = domains.first { $0.id.isDom0 }?.allocation ?? .zero
    let guests = domains.filter { !$0.id.isDom0 }.reduce(Bytes.zero) { $0 + $1.allocation }
    let promised = domains.reduce(Bytes.zero) {
      $0 + Swift.max(.zero, ($1.target ?? .zero) - $1.allocation)
    }
    let total = Bytes.gib(64)
    let free = total - dom0 - guests - .mib(310) - .mib(64)
    return Snapshot(
      time: start + after, steady: steady + after,
      host: HostMemory(
        hostname: "xen1", xenVersion: "4.17.7", total: total, dom0: dom0, guests: guests,
        dying: .zero, xen: .mib(310), free: free, overhead: .mib(64), claimed: .zero,
        promised: promised, owner: owner),
      domains: domains, events: events)
  }

  static let twelve: [DomainSample] = [
    domain(
      0, "Domain-0", alloc: .gib(4), max: nil, busy: .mib(1240), cache: .mib(1400), age: 0,
      dialect: .proc),
    domain(1, "web1", alloc: .gib(3), busy: .mib(1100), cache: .mib(1300)),
    domain(2, "web2", alloc: .gib(2), busy: .mib(900), cache: .mib(700), age: 3),
    domain(
      3, "cache1", alloc: .gib(8), max: .gib(8), busy: .mib(1300), cache: .mib(6500), age: 2),
    domain(
      4, "build", alloc: .gib(6), target: .mib(5632), max: .gib(12), busy: .mib(2100),
      cache: .mib(1900), phase: .shrinking(since: steady)),
    domain(
      5, "win-ad", alloc: .gib(4), busy: .mib(2900), cache: nil, swap: nil, swapIn: nil, age: 47,
      dialect: .xapi),
    domain(
      7, "db2", alloc: .gib(8), target: .gib(9), max: .gib(16), busy: .mib(7998), cache: .mib(90),
      swap: .mib(311), swapIn: .kib(1229), pressure: .thrashing, phase: .growing(since: steady)),
    domain(
      8, "mail", alloc: .gib(3), target: .gib(2), busy: .mib(1400), cache: .mib(900), state: .stuck,
      phase: .stuck(since: SteadyTime(milliseconds: 4_700_000))),
    domain(
      9, "web3", alloc: .gib(2), busy: .mib(1768), cache: .mib(200), swap: .mib(96),
      pressure: .tight, age: 4),
    domain(
      10, "liar", alloc: .gib(1), max: .gib(2), pressure: nil,
      health: .implausible("says 9.00G available of 1.00G"), age: 6),
    domain(
      11, "lab", alloc: .mib(1536), busy: .mib(700), cache: .mib(300), pressure: nil,
      health: .stale, age: 341),
    domain(
      12, "legacy", alloc: .gib(4), swap: nil, swapIn: nil, pressure: nil, health: .silent,
      age: nil),
  ]

  static let events: [HostEvent] = [
    HostEvent(
      time: start + .seconds(-31), domain: id(1), name: "web1",
      kind: .targetChanged(from: .gib(2), to: .gib(3), by: nil)),
    HostEvent(
      time: start + .seconds(-13), domain: id(7), name: "db2",
      kind: .targetChanged(from: .gib(8), to: .gib(9), by: .you)),
  ]
}
