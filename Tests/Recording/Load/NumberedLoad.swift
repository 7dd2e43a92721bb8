import MemtopCore

/// Snapshots by number, each a function of its number alone: whoever knows which were written can say
/// of each that is found whether it is what it was.
///
/// Four domains: dom0, one that reports as memtop's observer would have it, one in which everything is
/// at random, and one that comes, goes and reboots. The clock is set back for every other 250.
public enum NumberedLoad {
  public static let interval: Int64 = 1000
  public static let numbers: ClosedRange<Int64> = 1...1 << 30
  private static let base = Bytes.gib(64)

  /// - Parameter shift: added to the steady clock, as a recording does with each session's.
  public static func snapshot(_ number: Int64, shift: Int64 = 0) -> Snapshot {
    let domains = [dom0(number, shift), reporter(number, shift), wild(number, shift)]
      .compactMap { $0 }
    return Snapshot(
      time: wall(number), steady: SteadyTime(milliseconds: steady(number) + shift),
      host: host(number),
      domains: (domains + [comer(number)].compactMap { $0 }).sorted { $0.id.domid < $1.id.domid },
      events: events(number), problem: number % 97 == 0 ? "xenstored has not answered" : nil)
  }

  /// Which snapshot this is, by what it says of the host.
  public static func number(of snapshot: Snapshot) -> Int64 {
    (snapshot.host.total.count &- base.count) >> 10
  }

  static func steady(_ number: Int64) -> Int64 {
    3_600_000 + number * interval + Int64(hash(number, 1) % 6)
  }

  private static func wall(_ number: Int64) -> WallTime {
    let setBack: Int64 = number / 250 % 2 == 1 ? 3_600_000 : 0
    return WallTime(
      milliseconds: 1_790_000_000_000 + steady(number) - setBack + Int64(hash(number, 2) % 3))
  }

  private static func host(_ number: Int64) -> HostMemory {
    HostMemory(
      hostname: "numbered", xenVersion: "4.17.7", total: base + .kib(number),
      dom0: amount(number / 9, 10), guests: amount(number, 11), dying: .zero, xen: .mib(300),
      free: amount(number, 12), claimed: .zero, promised: .zero, owner: nil)
  }

  private static func dom0(_ number: Int64, _ shift: Int64) -> DomainSample? {
    DomainSample(
      id: DomainID(domid: 0, uuid: .zero), facts: DomainFacts(name: "Domain-0"),
      allocation: amount(number / 9, 20), selfBallooning: number / 50 % 2 == 1)
  }

  /// Its report arrives with every third sample, and says what the one before led to expect.
  private static func reporter(_ number: Int64, _ shift: Int64) -> DomainSample? {
    let arrival = number / 3 * 3
    let allocation = amount(number / 120, 30)
    var report = GuestReport(dialect: .memtop)
    report.available = min(allocation, amount(arrival, 31))
    report.free = amount(arrival, 32)
    report.sequence = UInt64(arrival / 3)
    report.interval = .seconds(3)
    return DomainSample(
      id: DomainID(domid: 1, uuid: DomainUUID(high: 7, low: 1)),
      facts: DomainFacts(name: "reporter", osName: "Debian", kernel: "6.1"),
      allocation: allocation, target: allocation, staticMax: .gib(8), report: report,
      health: .fresh,
      reportAge: Span(milliseconds: steady(number) - steady(arrival)),
      busy: allocation - report.available!, available: report.available,
      pressure: Pressure(rawValue: UInt8(hash(number / 30, 33) % 3)))
  }

  private static func wild(_ number: Int64, _ shift: Int64) -> DomainSample? {
    var report = GuestReport(dialect: .xapi)
    report.total = amount(number, 41)
    report.available = amount(number / 2, 42)
    report.swapIn = amount(number, 43)
    let since = SteadyTime(milliseconds: steady(number / 20 * 20) + shift)
    return DomainSample(
      id: DomainID(domid: 2, uuid: DomainUUID(high: 7, low: 2)),
      facts: DomainFacts(name: "wild \(number / 40)", ipv4: "10.0.0.\(number / 70 % 256)"),
      life: number / 60 % 2 == 0 ? .running : .paused, state: .running,
      allocation: Bytes(Int64(hash(number, 40) >> 24)), target: amount(number / 20, 44),
      balloon: BalloonState(
        phase: number / 20 % 2 == 0 ? .settled : .growing(since: since),
        startedFrom: amount(number / 20, 45)),
      report: report,
      health: number / 25 % 2 == 0 ? .stale : .implausible("more than it has: \(number / 25)"),
      busy: amount(number, 46), available: report.available,
      swapUsed: hash(number, 47) % 3 == 0 ? nil : amount(number, 48),
      swapInRate: amount(number, 49))
  }

  /// There for 45 samples of 60, with another domid each time.
  private static func comer(_ number: Int64) -> DomainSample? {
    guard number % 60 < 45 else { return nil }
    return DomainSample(
      id: DomainID(
        domid: UInt16(3 + number / 60 % 30_000), uuid: DomainUUID(high: 7, low: 3)),
      facts: DomainFacts(name: "comer"), allocation: amount(number / 10, 50))
  }

  private static func events(_ number: Int64) -> [HostEvent] {
    var events: [HostEvent] = []
    func add(_ domid: UInt16, _ low: UInt64, _ name: String, _ kind: HostEvent.Kind) {
      let uuid = low == 0 ? DomainUUID.zero : DomainUUID(high: 7, low: low)
      events.append(
        HostEvent(
          time: wall(number), domain: DomainID(domid: domid, uuid: uuid), name: name, kind: kind))
    }
    if number % 5 == 0 { add(0, 0, "Domain-0", .note("number \(number)", by: "alice")) }
    if number % 7 == 0 {
      add(
        1, 1, "reporter",
        .targetChanged(from: amount(number, 60), to: amount(number, 61), by: .operatorNamed("bob")))
    }
    if number % 60 == 0 { add(UInt16(3 + number / 60 % 30_000), 3, "comer", .started) }
    return events
  }

  /// Up to 4 GiB, in KiB.
  private static func amount(_ number: Int64, _ what: UInt64) -> Bytes {
    .kib(Int64(hash(number, what) % (4 << 20)))
  }

  /// The mixer of SplitMix64 (Steele, Lea, Flood 2014).
  static func hash(_ number: Int64, _ what: UInt64) -> UInt64 {
    var mixed = UInt64(bitPattern: number) &* 0x9E37_79B9_7F4A_7C15 &+ what &* 0xD1B5_4A32_D192_ED03
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
