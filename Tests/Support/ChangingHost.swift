import MemtopSimulation

@testable import MemtopCore

/// A host that a source reads as `XenSource` does: where nothing changes, nothing of its reading does.
struct ChangingHost {
  private var random = SeededRandom(seed: 7)
  private var domains: [ObservedHost.Domain] = (1...70).map { ObservedHost.guest($0) }
  private var readings: [DomainReading] = []
  private var dom0: GuestReport?
  private var next: UInt16 = 71

  /// The next second's reading, and the same with nothing in it that was there before.
  mutating func live(_ second: Int64) -> (kept: Reading, anew: Reading) {
    // Seconds of rest, so that domains come to rest, and seconds in which several things happen.
    if roll(4) == 0 { for _ in 0...roll(3) { change() } }
    if roll(40) == 0 { dom0 = dom0 == nil ? GuestReport(dialect: .proc) : nil }
    renew()
    return (reading(second, readings), reading(second, readings.map(\.copy)))
  }

  private mutating func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &random) }

  private mutating func change() {
    let place = roll(domains.count)
    switch roll(9) {
    case 0: domains[place].allocation += .kib(Int64(roll(64)) * 4)
    case 1:
      let target = 1_000_000 + roll(1_000_000)
      domains[place].write(.target, "\(target)")
      // Most follow at once.
      if roll(8) > 0 { domains[place].allocation = .kib(Int64(target)) }
    case 2, 3:
      let (free, interval) = (roll(1_500_000), 1 + roll(20))
      domains[place].write(.memtopReport, "v1 available=\(free) interval=\(interval)")
    case 4:
      let number = roll(1000)
      domains[place].write(.name, "n\(number)")
    case 5: domains[place].life = domains[place].life == .running ? .paused : .running
    case 6: domains[place].remove(.memtopReport)
    case 7 where domains.count > 5: domains.remove(at: place)
    default:
      domains.append(ObservedHost.guest(next))
      next += 1
    }
  }

  /// Only readings that say something new are other ones.
  private mutating func renew() {
    let all = domains.indices.map { domains[$0].reading() }
    if all.map(\.id) != readings.map(\.id) { readings = all }
    for (place, new) in all.enumerated() where !new.isSame(as: readings[place]) {
      readings[place] = new
    }
  }

  private func reading(_ second: Int64, _ domains: [DomainReading]) -> Reading {
    Reading(
      time: ObservedHost.start + .seconds(second),
      steady: SteadyTime(milliseconds: second * 1000),
      host: HostReading(
        hostname: "xen1", xenVersion: "4.17.7", total: .gib(64), free: .gib(20), dom0: dom0),
      domains: domains)
  }
}

extension DomainReading {
  /// The same said by other objects.
  fileprivate var copy: DomainReading {
    let keys = StoreKeys(
      entries: keys.entries, reportWrites: keys.reportWrites, startedAt: keys.startedAt)
    return DomainReading(
      id: id, kind: kind, life: life, allocation: allocation, limit: limit, claim: claim,
      overhead: overhead, populateOnDemand: populateOnDemand, keys: keys,
      isBeingSaved: isBeingSaved, isRead: isRead)
  }
}

extension StoreKeys {
  /// All of them, ascending by key.
  package var entries: [(key: StoreKey, value: [UInt8])] {
    StoreKey.allCases.compactMap { key in self[key].map { (key: key, value: $0) } }
  }
}
