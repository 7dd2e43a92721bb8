import MemtopCore

/// How much anonymous memory a guest's programs want over time.
public enum GuestLoad: Hashable, Sendable {
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
