import MemtopCore

/// What is counted of one domain, over all its lives.
struct Account {
  var id: DomainID
  var name: String
  var lives = 0
  var covered: Int64 = 0
  var levels = [TimeWeighted](repeating: TimeWeighted(), count: Self.columns.count)
  /// nil where no report told of it.
  var swapIn: Int64?
  /// Milliseconds of each pressure, and last of those not known.
  var pressures = [Int64](repeating: 0, count: Pressure.allCases.count + 1)
  var changes: [String: Int] = [:]

  static let columns: [SampleRow.Column] = [.allocation, .busy, .available]
  /// Those of them that the guest says itself.
  static let reported: Set<SampleRow.Column> = [.busy, .available]

  init(_ identity: Identity) {
    id = identity.id
    name = identity.text.facts.name
  }

  /// One of so many domains.
  mutating func share(domains: Int) {
    for index in levels.indices { levels[index].mostLevels = TimeWeighted.limit(domains: domains) }
  }

  mutating func addPressure(_ code: Int64, for time: Int64) {
    let known = 0..<Int64(Pressure.allCases.count)
    pressures[known.contains(code) ? Int(code) : Pressure.allCases.count] += time
  }

  var report: DomainReport {
    var times: [Pressure?: Span] = [nil: Span(milliseconds: pressures.last ?? 0)]
    for (pressure, time) in zip(Pressure.allCases, pressures) {
      times[pressure] = Span(milliseconds: time)
    }
    return DomainReport(
      id: id, name: name, lives: lives, covered: Span(milliseconds: covered),
      allocation: .init(levels[0]), busy: .init(levels[1]), available: .init(levels[2]),
      held: MemoryTime(levels[0].sum), used: levels[1].known > 0 ? MemoryTime(levels[1].sum) : nil,
      swapIn: swapIn.map { Bytes($0) },
      pressures: times, changes: changes)
  }
}

/// Who stands at a place, and what holds there since when.
struct Tenancy {
  let id: DomainID
  /// The place of its account.
  let account: Int
  /// Counted up to here.
  private var since: Int64
  private var values = [Int64](repeating: SampleRow.missing, count: Account.columns.count)
  private var valueSince: [Int64]
  private var pressure = SampleRow.missing
  private var pressureSince: Int64
  private var swapIn = SampleRow.missing

  init(_ id: DomainID, account: Int, at time: Int64) {
    self.id = id
    self.account = account
    since = time
    pressureSince = time
    valueSince = [Int64](repeating: time, count: Account.columns.count)
  }

  /// Takes over what stands there from `time` on. Of a stale report nothing counts: what it says may have been
  /// true a week ago.
  mutating func take(_ row: Row, isStale: Bool, at time: Int64, into account: inout Account) {
    for (index, column) in Account.columns.enumerated() {
      let isOld = isStale && Account.reported.contains(column)
      let value = isOld ? SampleRow.missing : row[column]
      guard value != values[index] else { continue }
      settle(index, time, &account)
      values[index] = value
    }
    let present = isStale ? SampleRow.missing : row[.pressure]
    if present != pressure {
      settlePressure(time, &account)
      pressure = present
    }
    takeSwapIn(row[.swapIn], &account)
  }

  private static let mostSwapIn: Int64 = 1 << 60

  /// The guest's counter since it booted; where it goes back, it began anew.
  private mutating func takeSwapIn(_ now: Int64, _ account: inout Account) {
    if now != SampleRow.missing {
      let growth = swapIn == SampleRow.missing ? 0 : max(0, now - swapIn)
      account.swapIn = min((account.swapIn ?? 0) + growth, Self.mostSwapIn)
    }
    swapIn = now
  }

  /// Counts all that held up to `time`.
  mutating func settle(at time: Int64, into account: inout Account) {
    // It began behind the last sample that could be read.
    guard time >= since else { return }
    account.covered += time - since
    since = time
    for index in values.indices { settle(index, time, &account) }
    settlePressure(time, &account)
  }

  /// After a gap, of which nothing counts.
  mutating func resume(at time: Int64) {
    since = time
    pressureSince = time
    for index in valueSince.indices { valueSince[index] = time }
    swapIn = SampleRow.missing
  }

  private mutating func settle(_ index: Int, _ time: Int64, _ account: inout Account) {
    if values[index] != SampleRow.missing {
      account.levels[index].add(values[index], for: time - valueSince[index])
    }
    valueSince[index] = time
  }

  private mutating func settlePressure(_ time: Int64, _ account: inout Account) {
    account.addPressure(pressure, for: time - pressureSince)
    pressureSince = time
  }
}

/// How long an amount was how large; from it come its mean and its percentiles.
struct TimeWeighted {
  private struct Level {
    var value: Int64
    var time: Int64
  }

  /// In milliseconds: for how long it was known.
  private(set) var known: Int64 = 0
  /// Amount × milliseconds; exact.
  private(set) var sum: Int128 = 0
  private(set) var least = Int64.max
  private(set) var most = Int64.min
  private var levels: [Level] = []
  /// Bits of the amounts that were given up to keep few levels.
  private var coarse: Int64 = 0

  /// More different levels than this are put together in steps, of 4 KiB, 8 KiB and so on.
  var mostLevels = Self.limit(domains: 1)
  private static let firstCoarse: Int64 = 12

  /// How many of each amount are kept where there are so many domains: of all
  /// together three million, of 16 bytes.
  static func limit(domains: Int) -> Int { min(16_384, max(512, 1_000_000 / max(1, domains))) }

  mutating func add(_ value: Int64, for time: Int64) {
    guard time > 0 else { return }
    known += time
    sum += Int128(value) * Int128(time)
    least = min(least, value)
    most = max(most, value)
    levels.append(Level(value: rounded(value), time: time))
    if levels.count >= 2 * mostLevels { unite() }
  }

  /// Up to the end of its step.
  private func rounded(_ value: Int64) -> Int64 {
    coarse == 0 ? value : ((value + (1 << coarse) - 1) >> coarse) << coarse
  }

  private mutating func unite() {
    merge()
    while levels.count > mostLevels {
      coarse = coarse == 0 ? Self.firstCoarse : coarse + 1
      for index in levels.indices { levels[index].value = rounded(levels[index].value) }
      merge()
    }
  }

  private mutating func merge() {
    levels.sort { $0.value < $1.value }
    var last = 0
    for index in levels.indices.dropFirst() {
      if levels[index].value == levels[last].value {
        levels[last].time += levels[index].time
      } else {
        last += 1
        levels[last] = levels[index]
      }
    }
    levels.removeSubrange(min(last + 1, levels.count)...)
  }

  /// To the nearest whole.
  var mean: Int64? {
    known == 0 ? nil : Int64(clamping: (sum * 2 + Int128(known)) / (Int128(known) * 2))
  }

  /// The smallest level that was not passed in `percent` of the time.
  func percentile(_ percent: Int64) -> Int64? {
    var all = self
    all.merge()
    let wanted = Int128(known) * Int128(percent)
    var passed: Int128 = 0
    for level in all.levels {
      passed += Int128(level.time) * 100
      if passed >= wanted { return min(level.value, most) }
    }
    return nil
  }
}
