import MemtopCore
import MemtopSimulation

/// The fixed load that recordings are measured with: domains that report every 10 seconds in
/// memtop's dialect, with every number in the report moving; each has its target changed ten times an
/// hour and reboots once a day. Seeded: the same numbers each time.
final class Load {
  private var guests: [Guest]
  private var random = SeededRandom(seed: 2026)
  private let observer = Observer()
  private var steady: Int64 = 3_600_000
  private var second: Int64 = 0
  private var nextDomid: UInt16 = 1
  private static let began: Int64 = 1_790_000_000_000

  init(domains: Int) {
    guests = []
    for index in 0..<domains { guests.append(Guest(index: index, domid: 0, random: &random)) }
    for index in guests.indices { guests[index].domid = takeDomid() }
  }

  private func takeDomid() -> UInt16 {
    // As Xen does: upwards, and round.
    defer { nextDomid = nextDomid == 32_751 ? 1 : nextDomid + 1 }
    return nextDomid
  }

  /// The snapshot of the next second.
  func next() -> Snapshot {
    second += 1
    // A poll loop wakes a little late, and the clocks are not read at the same instant.
    let late = Int64(random.next() % 6)
    let now = steady + second * 1000 + late
    for index in guests.indices {
      guests[index].live(second, &random)
      if guests[index].isBack(second) { guests[index].start(takeDomid()) }
    }
    let present = guests.filter { $0.isUp(second) }.sorted { $0.domid < $1.domid }
    let held = present.reduce(Bytes.zero) { $0 + $1.allocation }
    let total = Bytes.gib(1024)
    let host = HostReading(
      hostname: "bench", xenVersion: "4.17.7", total: total,
      free: total - held - .mib(700))
    return observer.observe(
      Reading(
        time: WallTime(milliseconds: Self.began + now + Int64(random.next() % 2)),
        steady: SteadyTime(milliseconds: now), host: host, domains: present.map(\.reading)))
  }
}

/// One guest of the load.
private struct Guest {
  let uuid: DomainUUID
  let name: String
  let phase: Int64
  let rebootAt: Int64
  let size: Bytes
  var domid: UInt16
  var allocation: Bytes
  private var target: Bytes
  private var changes: UInt64 = 0
  private var writes: UInt64 = 0
  private var sequence = 0
  private var numbers: [Moving]
  private var keys = StoreKeys()
  private var isStale = true

  /// A number of the report: how far it moves at a time, and between what.
  private struct Moving {
    let name: String
    var value: Int64
    let step: Int64
    let bounds: ClosedRange<Int64>
    var isSum = false
    var unit: Int64 = 4

    /// Steps of all sizes are equally likely: most are small, some large, as of a real guest's.
    mutating func move(_ random: inout SeededRandom) {
      let size = random.logUniform(unit...step) / unit * unit
      if isSum { return value += size }
      let up = value + size
      let down = value - size
      let goesUp = random.next() % 2 == 0
      value = goesUp && up <= bounds.upperBound || down < bounds.lowerBound ? up : down
    }
  }

  init(index: Int, domid: UInt16, random: inout SeededRandom) {
    self.domid = domid
    uuid = DomainUUID(high: random.next(), low: random.next())
    name = "guest\(index)"
    phase = Int64(index % 10)
    rebootAt = Int64(random.next() % 86_000) + 100
    size = .mib(1024 * (1 + Int64(random.next() % 8)))
    (allocation, target) = (size, size)
    let kib = size.kib
    numbers = [
      Moving(
        name: "total", value: kib * 97 / 100, step: 64, bounds: kib * 96 / 100...kib * 98 / 100),
      Moving(name: "free", value: kib / 10, step: 8_192, bounds: kib / 100...kib / 5),
      Moving(name: "available", value: kib / 3, step: 8_192, bounds: kib / 4...kib / 2),
      Moving(name: "cached", value: kib / 4, step: 8_192, bounds: kib / 10...kib / 3),
      Moving(name: "swap_total", value: 2_097_148, step: 64, bounds: 2_090_000...2_100_000),
      Moving(name: "swap_free", value: 1_900_000, step: 1_024, bounds: 1_500_000...2_080_000),
      Moving(name: "swap_in", value: 70_000, step: 512, bounds: 0...Int64.max, isSum: true),
      Moving(name: "swap_out", value: 90_000, step: 1_024, bounds: 0...Int64.max, isSum: true),
      Moving(name: "psi_some", value: 80, step: 60, bounds: 0...400, unit: 1),
      Moving(name: "psi_full", value: 20, step: 20, bounds: 0...100, unit: 1),
    ]
    renew()
  }

  func isUp(_ second: Int64) -> Bool {
    let day = second % 86_400
    return day < rebootAt || day >= rebootAt + 3
  }

  func isBack(_ second: Int64) -> Bool { second % 86_400 == rebootAt + 3 }

  mutating func start(_ domid: UInt16) {
    self.domid = domid
    (allocation, target) = (size, size)
    writes = 0
    for index in numbers.indices where numbers[index].isSum { numbers[index].value = 0 }
    renew()
  }

  mutating func live(_ second: Int64, _ random: inout SeededRandom) {
    // Ten an hour, at any second.
    if random.next() % 360 == 0 { retarget(&random) }
    let gap = target - allocation
    allocation += max(.mib(-64), min(.mib(64), gap))
    if second % 10 == phase {
      for index in numbers.indices { numbers[index].move(&random) }
      sequence += 1
      writes += 1
      isStale = true
    }
    if isStale { renew() }
  }

  private mutating func retarget(_ random: inout SeededRandom) {
    let step = Bytes.mib(Int64(random.next() % 16 + 1) * 8)
    target += target > size ? -step : step
    changes += 1
    isStale = true
  }

  private mutating func renew() {
    let words = numbers.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
    var entries: [(key: StoreKey, value: [UInt8])] = [
      (.name, Array(name.utf8)), (.target, Array("\(target.kib)".utf8)),
      (.staticMax, Array("\((size * 2).kib)".utf8)),
      (.osName, Array("Debian GNU/Linux 12 (bookworm)".utf8)),
      (.memtopReport, Array("v1 \(words) interval=10 seq=\(sequence)".utf8)),
    ]
    if changes % 2 == 1 {
      entries.append((.changeMark, Array("\(target.kib) alice 5 raised by keystroke".utf8)))
    }
    keys = StoreKeys(entries: entries, reportWrites: ReportWrites(each: writes))
    isStale = false
  }

  var reading: DomainReading {
    DomainReading(
      id: DomainID(domid: domid, uuid: uuid), kind: .pvh, allocation: allocation,
      limit: target + .mib(1), keys: keys)
  }
}

extension SeededRandom {
  /// Each power of two as likely as any other.
  mutating func logUniform(_ range: ClosedRange<Int64>) -> Int64 {
    let octaves = 63 - (range.upperBound / range.lowerBound).leadingZeroBitCount
    let low = range.lowerBound << Int64(next() % UInt64(max(1, octaves)))
    return min(range.upperBound, low + Int64(next() % UInt64(low)))
  }
}
