import MemtopCore

/// One guest of a scenario, as it is written down.
package struct GuestPlan: Sendable {
  /// What goes wrong, or is special; times are seconds from the end of the scenario's history,
  /// negative before it.
  package enum Trait: Hashable, Sendable {
    case balloonStuck
    case noBalloonDriver
    /// Its driver does not announce itself (`control/feature-balloon`): plain xl guests cannot.
    case quietBalloon
    case paused
    case agentDies(at: Int64)
    /// Claims to have this much more available than it has.
    case lies(Bytes)
    case boots(at: Int64)
    case reboots(at: Int64)
    /// Somebody runs `xl mem-set` on it.
    case retargeted(at: Int64, to: Bytes)
  }

  package var name: String
  package var kind: DomainKind
  /// SIZE, as in the domain's configuration.
  package var memory: Bytes
  package var staticMax: Bytes
  package var videoram: Bytes = .zero
  package var dialect: ReportDialect?
  /// Between reports.
  package var interval: Span
  package var load: GuestLoad
  package var swap: Bytes
  package var fileSet: Bytes
  package var readRate: Bytes
  package var hotPermille: Int64
  package var system: String
  package var traits: Set<Trait>

  /// Whether it says that it has a balloon driver.
  var announcesBalloon: Bool {
    dialect != nil && traits.isDisjoint(with: [.quietBalloon, .noBalloonDriver])
  }

  init(
    _ name: String, kind: DomainKind = .pvh, _ memory: Bytes, max staticMax: Bytes,
    videoram: Bytes = .zero, says dialect: ReportDialect? = .memtop, every interval: Int64 = 5,
    _ load: GuestLoad, swap: Bytes = .gib(1), files: Bytes = .gib(2), reads: Bytes = .mib(12),
    hot: Int64 = 60, system: String = "Debian GNU/Linux 12 (bookworm)", traits: Set<Trait> = []
  ) {
    self.name = name
    self.kind = kind
    self.memory = memory
    self.staticMax = staticMax
    self.videoram = videoram
    self.dialect = dialect
    self.interval = .seconds(interval)
    self.load = load
    self.swap = swap
    self.fileSet = files
    self.readRate = reads
    self.hotPermille = hot
    self.system = system
    self.traits = traits
  }
}

/// How much anonymous memory a guest's programs want over time.
package enum GuestLoad: Hashable, Sendable {
  /// About the same always; `jitter` is how far it wanders.
  case steady(Bytes, jitter: Bytes)
  /// Up and down between two levels.
  case wave(low: Bytes, high: Bytes, period: Span)
  /// `base`, and `peak` for `length` out of every `period`.
  case burst(base: Bytes, peak: Bytes, period: Span, length: Span)
  /// Grows by `perMinute` for ever, until its process is killed.
  case leak(from: Bytes, perMinute: Bytes)

  /// What the programs want `second` seconds after the guest's boot.
  func demand(at second: Int64, _ random: inout SeededRandom) -> Bytes {
    switch self {
    case .steady(let level, let jitter):
      return max(.zero, level + jitter.scaled(by: random.swing()))
    case .wave(let low, let high, let period):
      let length = max(1, period.wholeSeconds)
      let place = Double(second % length) / Double(length)
      // A triangle with rounded ends: 3x² − 2x³ of its height.
      let height = place < 0.5 ? place * 2 : 2 - place * 2
      let eased = height * height * (3 - 2 * height)
      return low + (high - low).scaled(by: eased + random.swing() * 0.01)
    case .burst(let base, let peak, let period, let length):
      let place = second % max(1, period.wholeSeconds)
      let level = place < length.wholeSeconds ? peak : base
      return level + Bytes(Int64(clamping: Double(base.count) * 0.02 * random.swing()))
    case .leak(let from, let perMinute):
      return from + perMinute.scaled(second, over: 60)
    }
  }
}
