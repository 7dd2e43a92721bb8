/// Tells once what becomes of a domain's reports.
struct HealthTracker {
  /// A guest that lies every other second is told of once, until it has been honest this long.
  static let probation = Span.minutes(1)

  private var health: ReportHealth = .silent
  private var isBrokenTold = false
  private var wellSince: SteadyTime?

  /// Time alone changes nothing of it.
  var isAtRest: Bool { !isBrokenTold }

  mutating func note(_ now: ReportHealth, now time: SteadyTime, tell: (HostEvent.Kind) -> Void) {
    defer { health = now }
    switch now {
    case .fresh:
      if health == .stale { tell(.reportBack) }
      let since = wellSince ?? time
      wellSince = since
      if time - since >= Self.probation { isBrokenTold = false }
    case .stale:
      wellSince = nil
      if health != .stale { tell(.reportStale) }
    case .implausible(let why): tellOnce(.reportImplausible(why), tell)
    case .unreadable(let why): tellOnce(.reportUnreadable(why), tell)
    case .silent, .unknownAge: wellSince = nil
    }
  }

  private mutating func tellOnce(_ kind: HostEvent.Kind, _ tell: (HostEvent.Kind) -> Void) {
    wellSince = nil
    if !isBrokenTold { tell(kind) }
    isBrokenTold = true
  }
}

extension ReportHealth {
  /// Whether its numbers may be shown as the guest's.
  var isReadable: Bool {
    switch self {
    case .fresh, .unknownAge, .stale: true
    case .silent, .implausible, .unreadable: false
    }
  }
}
