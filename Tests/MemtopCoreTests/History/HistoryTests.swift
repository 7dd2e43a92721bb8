import Testing

@testable import MemtopCore
@testable import TestSupport

/// A host of a few domains whose numbers are set by each test.
private struct Scene {
  static let web = DomainID(domid: 3, uuid: DomainUUID(high: 1, low: 2))
  static let facts = DomainFacts(name: "web")

  static func host() -> HostMemory {
    HostMemory(
      hostname: "xen1", xenVersion: "4.17.7", total: .gib(8), dom0: .gib(1), guests: .gib(2),
      dying: .zero, xen: .mib(100), free: .gib(4), claimed: .zero,
      promised: .zero, owner: nil)
  }

  static func snapshot(
    second: Int64, _ domains: [DomainSample], events: [HostEvent] = []
  ) -> Snapshot {
    Snapshot(
      time: WallTime(milliseconds: 1_700_000_000_000 + second * 1000),
      steady: SteadyTime(milliseconds: second * 1000), host: host(), domains: domains,
      events: events)
  }

  static func sample(_ available: Int64?, allocation: Int64 = 192) -> DomainSample {
    DomainSample(
      id: web, facts: facts, allocation: .mib(allocation), target: .mib(192),
      health: .fresh, available: available.map { Bytes.mib($0) })
  }
}

private func at(_ second: Int64) -> SteadyTime { SteadyTime(milliseconds: second * 1000) }

@Suite(.timeLimit(.minutes(30))) struct HistoryTests {
  @Test("sparklines that go on from second to second are as those read anew", arguments: 1...12)
  func live(seed: Int) {
    var random = Seeded(seed: UInt64(seed))
    // A small budget, so that the oldest is forgotten meanwhile.
    let budget = seed % 3 == 0 ? 6_000 : 4 << 20
    let history = History(budget: budget)
    var snapshots: [Snapshot] = []
    var second: Int64 = 0
    for _ in 0..<150 {
      second += random.number(0, 9) == 0 ? random.number(20, 200) : random.number(1, 4)
      var sample = Scene.sample(random.number(0, 5) == 0 ? nil : random.number(1, 190))
      sample.swapInRate = .mib(random.number(0, 9))
      let isThere = random.number(0, 15) > 0
      snapshots.append(Scene.snapshot(second: second, isThere ? [sample] : []))
      history.append(snapshots.last!)
      let anew = History(budget: budget)
      for snapshot in snapshots { anew.append(snapshot) }
      let metric: Metric = random.number(0, 2) == 1 ? .swapInRate : .available
      let ending = at(second - (random.number(0, 7) == 0 ? random.number(1, 30) : 0))
      // Asked once more, at once, it says the same.
      for _ in 0..<2 {
        #expect(
          history.levels(metric, of: Scene.web, ending: ending, cells: 12, cell: .seconds(10))
            == anew.levels(metric, of: Scene.web, ending: ending, cells: 12, cell: .seconds(10)))
      }
    }
  }

  @Test("a snapshot comes back cell for cell as it went in")
  func roundTrip() throws {
    var random = Seeded(seed: 7)
    let history = History()
    var expected: [Snapshot] = []
    for second in 0..<900 {
      let snapshot = random.snapshot(second: Int64(second))
      history.append(snapshot)
      expected.append(snapshot)
    }
    for snapshot in expected {
      let found = try #require(history.snapshot(at: snapshot.steady))
      #expect(found.time == snapshot.time)
      #expect(found.host == snapshot.host)
      #expect(found.domains.map(Essence.init) == snapshot.domains.map(Essence.init))
      #expect(found.domains.map(\.regulation) == snapshot.domains.map(\.regulation))
    }
  }

  @Test("two domains of one uuid at the same time keep a history each, a reboot goes on with one")
  func twins() {
    func sample(_ domid: UInt16, _ available: Int64) -> DomainSample {
      var sample = Scene.sample(available)
      sample.id = DomainID(domid: domid, uuid: Scene.web.uuid)
      return sample
    }
    let history = History()
    history.append(Scene.snapshot(second: 0, [sample(3, 10)]))
    for second in Int64(1)..<3 {
      let both = [sample(3, 10 + second), sample(8, 50 + second)]
      history.append(Scene.snapshot(second: second, both))
    }
    history.append(Scene.snapshot(second: 3, [sample(8, 53)]))
    #expect(history.snapshot(at: at(0))?.domains.map(\.available) == [.mib(10)])
    #expect(history.snapshot(at: at(2))?.domains.map(\.available) == [.mib(12), .mib(52)])
    #expect(history.snapshot(at: at(3))?.domains.map(\.id.domid) == [8])
    history.append(Scene.snapshot(second: 4, [sample(9, 60)]))
    #expect(history.snapshot(at: at(4))?.domains.map(\.available) == [.mib(60)])
    #expect(history.snapshot(at: at(3))?.domains.map(\.available) == [.mib(53)])
  }

  @Test("domains that rest and stir come back as they were observed")
  func roundTripOfRest() throws {
    var host = ObservedHost([ObservedHost.guest(5), ObservedHost.guest(6)])
    let history = History()
    var expected: [Snapshot] = []
    for second in Int64(1)...300 {
      host.live(1) { host in
        if second == 40 || second == 41 { host[5].allocation += .mib(second) }
        if second % 90 == 0 { host[6].write(.memtopReport, "v1 available=\(second)000 interval=9") }
        if second == 200 { host.domains.removeFirst() }
        if second == 240 { host.domains.append(ObservedHost.guest(5)) }
      }
      history.append(host.snapshot)
      expected.append(host.snapshot)
    }
    #expect(Set(expected.map { $0.domain(domid: 6)!.revision }).count < 60)
    for snapshot in expected {
      let found = try #require(history.snapshot(at: snapshot.steady))
      #expect(found.domains.map(Essence.init) == snapshot.domains.map(Essence.init))
    }
  }

  @Test("sparkline cells lie on multiples of their length and hold the last level in each")
  func cells() {
    let history = History()
    for second in 0..<30 {
      history.append(Scene.snapshot(second: Int64(second), [Scene.sample(Int64(100 + second))]))
    }
    let levels = history.levels(
      .available, of: Scene.web, ending: at(29), cells: 4, cell: .seconds(10))
    #expect(levels == [nil, .mib(109), .mib(119), .mib(129)])
  }

  @Test("what the guest did not report is nil, and so is a time when nobody looked")
  func gaps() {
    let history = History()
    history.append(Scene.snapshot(second: 0, [Scene.sample(50)]))
    history.append(Scene.snapshot(second: 100, [Scene.sample(50)]))
    history.append(Scene.snapshot(second: 110, [Scene.sample(nil)]))
    let levels = history.levels(
      .available, of: Scene.web, ending: at(119), cells: 12, cell: .seconds(10))
    #expect(levels[0] == .mib(50))
    #expect(levels[3...9].allSatisfy { $0 == nil })
    #expect(levels[10] == .mib(50))
    #expect(levels[11] == nil)
  }

  @Test("the highest value of the first cell is also what held before it, wherever it begins")
  func peakBefore() {
    let history = History()
    let rates = (Int64(0)..<600).map { Bytes.mib($0 * $0 % 7) }
    for (second, rate) in rates.enumerated() {
      var sample = Scene.sample(50 + Int64(second))
      sample.swapInRate = rate
      history.append(Scene.snapshot(second: Int64(second), [sample]))
    }
    for second in 1..<rates.count {
      let levels = history.levels(
        .swapInRate, of: Scene.web, ending: at(Int64(second)), cells: 1, cell: .seconds(1))
      #expect(levels == [max(rates[second - 1], rates[second])], "at \(second) s")
    }
  }

  @Test("a slow interval is no gap, and a pause among fast samples is one")
  func intervals() {
    let slow = History()
    for second in stride(from: Int64(0), through: 600, by: 60) {
      slow.append(Scene.snapshot(second: second, [Scene.sample(50)]), interval: .seconds(60))
    }
    let levels = slow.levels(
      .available, of: Scene.web, ending: at(600), cells: 12, cell: .seconds(10))
    #expect(levels.allSatisfy { $0 == .mib(50) })
    // The same cells again, now that samples come every second.
    for second in Int64(601)..<610 {
      slow.append(Scene.snapshot(second: second, [Scene.sample(70)]))
    }
    let later = slow.levels(
      .available, of: Scene.web, ending: at(609), cells: 12, cell: .seconds(10))
    #expect(later.dropLast().allSatisfy { $0 == .mib(50) })
    #expect(later.last == .mib(70))
    let paused = History()
    for second: Int64 in [0, 1, 2, 300, 301] {
      paused.append(Scene.snapshot(second: second, [Scene.sample(50)]))
    }
    let pause = paused.levels(
      .available, of: Scene.web, ending: at(301), cells: 12, cell: .seconds(10))
    #expect(pause.filter { $0 != nil }.count == 1)
  }

  @Test("domains that come and go for ever leave nothing behind")
  func churn() {
    let history = History(budget: 64 << 10)
    for second in 0..<20_000 {
      let id = DomainID(domid: 7, uuid: DomainUUID(high: 9, low: UInt64(second / 10)))
      history.append(
        Scene.snapshot(
          second: Int64(second),
          [DomainSample(id: id, facts: Scene.facts, allocation: .mib(Int64(second % 100)))]))
    }
    #expect(history.weight <= 64 << 10)
    #expect(history.pasts.count < 400)
    #expect(history.snapshot(at: at(19_999))?.domains.first?.allocation == .mib(99))
    #expect(history.snapshot(at: at(19_985))?.domains.first?.id.uuid.low == 1998)
  }

  @Test("months of seldom samples are kept as far as their clock reaches")
  func months() throws {
    let history = History()
    let hour: Int64 = 3_600
    for index in Int64(0)..<2_400 {
      history.append(Scene.snapshot(second: index * hour, [Scene.sample(index % 100)]))
    }
    let range = try #require(history.range)
    #expect(range.upperBound == at(2_399 * hour))
    #expect(range.lowerBound > at(0))
    #expect(history.snapshot(at: range.upperBound)?.domains.first?.available == .mib(99))
    #expect(history.sampleTime(.earlier, than: range.upperBound) == at(2_398 * hour))
  }

  @Test("a domain that is gone is not in later snapshots, and its past stays")
  func gone() {
    let history = History()
    history.append(Scene.snapshot(second: 0, [Scene.sample(50)]))
    history.append(Scene.snapshot(second: 1, []))
    #expect(history.snapshot(at: at(1))?.domains.isEmpty == true)
    #expect(history.snapshot(at: at(0))?.domains.count == 1)
  }

  @Test("a domain that reboots often keeps its past; one that keeps changing its words does not")
  func reboots() {
    func samples(_ lives: Int, words: Int) -> History {
      let history = History()
      for second in 0..<Int64(lives * words) {
        var sample = Scene.sample(second % 100)
        sample.id = DomainID(domid: UInt16(3 + Int(second) / words), uuid: Scene.web.uuid)
        sample.facts = DomainFacts(name: "web", osName: "\(second % Int64(words))")
        history.append(Scene.snapshot(second: second, [sample]))
      }
      return history
    }
    #expect(samples(40, words: 5).snapshot(at: at(0))?.domains.count == 1)
    #expect(samples(1, words: 200).snapshot(at: at(0))?.domains.isEmpty == true)
    #expect(samples(200, words: 5).snapshot(at: at(0))?.domains.isEmpty == true)
  }

  @Test("the budget holds, and what is left is the newest")
  func budget() throws {
    var random = Seeded(seed: 3)
    let history = History(budget: 64 << 10)
    for second in 0..<5_000 { history.append(random.snapshot(second: Int64(second))) }
    #expect(history.weight <= 64 << 10)
    let range = try #require(history.range)
    #expect(range.upperBound == at(4_999))
    #expect(range.lowerBound > at(3_000))
    #expect(history.snapshot(at: range.lowerBound)?.domains.count == 5)
  }

  @Test("steps go from sample to sample, and a wall-clock time finds the sample before it")
  func steps() {
    let history = History()
    for second: Int64 in [0, 1, 5, 6] { history.append(Scene.snapshot(second: second, [])) }
    #expect(history.sampleTime(.earlier, than: at(5)) == at(1))
    #expect(history.sampleTime(.later, than: at(1)) == at(5))
    #expect(history.sampleTime(.later, than: at(6)) == nil)
    #expect(history.sampleTime(at: WallTime(milliseconds: 1_700_000_003_000)) == at(1))
    // The clock is set forward by eight hours.
    for second: Int64 in [7, 8] {
      var snapshot = Scene.snapshot(second: second, [])
      snapshot.time = snapshot.time + .seconds(28_800)
      history.append(snapshot)
    }
    #expect(history.sampleTime(at: WallTime(milliseconds: 1_700_003_600_000)) == at(6))
    #expect(history.sampleTime(at: WallTime(milliseconds: 1_700_028_807_500)) == at(7))
  }

  @Test("events are found by domain, newest first, and by time")
  func events() {
    let history = History()
    let started = HostEvent(
      time: WallTime(milliseconds: 0), domain: Scene.web, name: "web", kind: .started)
    history.append(Scene.snapshot(second: 0, []))
    history.append(Scene.snapshot(second: 3, [], events: [started]))
    history.append(Scene.snapshot(second: 9, []))
    #expect(history.events(of: Scene.web, until: at(9), limit: 5) == [started])
    #expect(history.events(of: nil, until: at(2), limit: 5).isEmpty)
    #expect(history.eventTime(.earlier, than: at(9)) == at(3))
    #expect(history.eventTime(.later, than: at(3)) == nil)
  }
}

/// What of a sample can be compared.
private struct Essence: Equatable {
  let id: DomainID
  let numbers: [Int64]
  let health: ReportHealth
  let age: Span?
  init(_ sample: DomainSample) {
    id = sample.id
    var row = [Int64](repeating: 0, count: SampleRow.width)
    SampleRow.fill(&row, from: sample, text: 0, arrival: nil)
    numbers = row
    health = sample.health
    age = sample.reportAge
  }
}

/// Snapshots of five domains that wander, from a seed (SplitMix64).
private struct Seeded {
  var seed: UInt64
  mutating func next(_ bound: UInt64) -> Int64 {
    seed &+= 0x9E37_79B9_7F4A_7C15
    var z = seed
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return Int64((z ^ z >> 31) % bound)
  }

  mutating func number(_ least: Int64, _ most: Int64) -> Int64 {
    least + next(UInt64(most - least + 1))
  }

  mutating func snapshot(second: Int64) -> Snapshot {
    var host = Scene.host()
    host.free = .mib(next(4000))
    host.regulator = RegulatorStatus(
      pid: 7, guests: 1, health: next(9) == 0 ? .silent : .alive)
    let domains = (0..<5).map { index -> DomainSample in
      var report = GuestReport(dialect: .memtop)
      report.psiSome = Int(next(10_000))
      report.free = .kib(next(100_000))
      return DomainSample(
        id: DomainID(domid: UInt16(index), uuid: DomainUUID(high: 0, low: UInt64(index))),
        facts: Scene.facts, state: next(50) == 0 ? .paused : .running,
        allocation: .pages(next(1 << 20)), target: next(3) == 0 ? nil : .kib(next(1 << 30)),
        balloon: BalloonState(phase: .growing(since: at(next(1000)))), report: report,
        health: next(20) == 0 ? .implausible("why") : .fresh,
        reportAge: .seconds(next(9)), busy: .kib(next(1 << 22)),
        swapInRate: next(2) == 0 ? nil : Bytes(next(1 << 62)),
        pressure: Pressure(rawValue: UInt8(next(4))),
        regulation: next(4) == 0 ? .regulated(by: "anna") : nil)
    }
    return Scene.snapshot(second: second, domains).with(host)
  }
}

extension Snapshot {
  fileprivate func with(_ host: HostMemory) -> Snapshot {
    var copy = self
    copy.host = host
    return copy
  }
}
