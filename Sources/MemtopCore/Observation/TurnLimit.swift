/// Limits how many changes of one domain are told, so that a guest that changes very fast cannot fill logs
/// and recordings.
struct TurnLimit {
  static let limits = [(count: 6, within: Span.minutes(1)), (count: 60, within: Span.minutes(60))]

  /// Changes that were not told, since the last that was.
  private(set) var skipped = 0
  /// When changes were told, oldest first; only as many as the limits need.
  private var told: [SteadyTime] = []

  func allows(_ now: SteadyTime) -> Bool {
    Self.limits.allSatisfy { limit in
      told.count < limit.count || now - told[told.count - limit.count] >= limit.within
    }
  }

  /// Whether a change may be told now; what was left out before it is told first.
  mutating func pass(_ now: SteadyTime, _ tell: (HostEvent.Kind) -> Void) -> Bool {
    guard allows(now) else { return false }
    if skipped > 0 { tell(takeSkipped(now)) }
    note(now)
    return true
  }

  mutating func skip() { skipped += 1 }

  mutating func takeSkipped(_ now: SteadyTime) -> HostEvent.Kind {
    defer { skipped = 0 }
    note(now)
    return .leftOut(skipped)
  }

  private mutating func note(_ now: SteadyTime) {
    told.append(now)
    let most = Self.limits.reduce(0) { max($0, $1.count) }
    if told.count > most { told.removeFirst(told.count - most) }
  }
}
