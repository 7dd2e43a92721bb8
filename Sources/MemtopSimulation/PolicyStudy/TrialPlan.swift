import MemtopCore

/// Guests of an operator's own, as a scenario file tells of them.
public struct TrialPlan: Sendable {
  public var name: String
  /// How many of that kind.
  public var count: Int
  public var memory: Bytes
  public var staticMax: Bytes
  public var swap: Bytes
  public var fileSet: Bytes
  /// A second.
  public var readRate: Bytes
  public var load: GuestLoad
  /// A leak's program is started anew after so many hours; nil is never.
  public var restartHours: Int?

  public init(
    name: String, count: Int, memory: Bytes, staticMax: Bytes, swap: Bytes, fileSet: Bytes,
    readRate: Bytes, load: GuestLoad, restartHours: Int? = nil
  ) {
    self.name = name
    self.count = count
    self.memory = memory
    self.staticMax = staticMax
    self.swap = swap
    self.fileSet = fileSet
    self.readRate = readRate
    self.load = load
    self.restartHours = restartHours
  }

  /// Its guests; each is at another place of its load, by the seed.
  public func guests(hours: Int, seed: UInt64) -> [TrialGuest] {
    (0..<count).map { number in
      var random = SeededRandom(seed: SeededRandom.seed(of: "\(name) \(number)") ^ seed)
      return guest(hours: hours, &random)
    }
  }

  private func guest(hours: Int, _ random: inout SeededRandom) -> TrialGuest {
    let ahead = Int64(random.next() % UInt64(max(1, period)))
    var jitter = SeededRandom(seed: random.next())
    var series = DemandSeries(
      hours: hours, phase: random.pick(0...4),
      demand: { base(at: Int64($0) + ahead, &jitter) }, reading: { _ in 100 })
    if case .leak(_, let perMinute) = load {
      let age = restartHours == nil ? 0 : Int(ahead)
      let every = restartHours.map { $0 * 3600 }
      series.leak = DemandSeries.Leak(
        perHour: perMinute * 60, age: age,
        restarts: every.map { Array(stride(from: $0 - age, to: hours * 3600, by: $0)) } ?? [])
    }
    return TrialGuest(
      load: name, memory: memory, staticMax: staticMax, swap: swap, fileSet: fileSet,
      readRate: readRate, hotPermille: 60, commitPermille: Int64(random.pick(1050...1500)),
      series: series)
  }

  /// After how many seconds its load begins again.
  private var period: Int64 {
    switch load {
    case .steady: 1
    case .wave(_, _, let period), .burst(_, _, let period, _): period.wholeSeconds
    case .leak: Int64(restartHours ?? 0) * 3600
    }
  }

  /// What the programs want, without what they have leaked.
  private func base(at second: Int64, _ random: inout SeededRandom) -> Bytes {
    if case .leak(let from, _) = load { return from }
    return load.demand(at: second, &random)
  }
}
