/// Holds the word of a domain's health over time.
///
/// A guest that lies every other second must not be acted on every other second: once a report was
/// implausible or unreadable, the word stays until reports have been good for a minute, and at
/// least three of them. Stale and silent show through meanwhile; they do not shorten it.
package struct HealthTracker {
  package static let probation = Span.minutes(1)
  static let reports = 3

  /// What was wrong last, until it is lived down.
  private var blame: ReportHealth?
  private var wellSince: SteadyTime?
  private var wellReports = 0
  private var lastArrival: SteadyTime?

  /// Time alone changes nothing of it.
  var isAtRest: Bool { blame == nil || wellSince == nil }

  /// A look at the reports: `now` is `HealthRule`'s word, `arrival` that of the report it is about.
  /// A `standing` report is of a dialect that writes only on change.
  ///
  /// - Returns: the word that counts.
  mutating func note(
    _ now: ReportHealth, arrival: SteadyTime?, isStanding: Bool, at time: SteadyTime
  ) -> ReportHealth {
    defer { lastArrival = arrival }
    switch now {
    case .implausible, .unreadable:
      blame = now
      startAnew()
    case .fresh, .unknownAge:
      if arrival != lastArrival { wellReports += 1 }
      liveDown(isStanding: isStanding, at: time)
    case .stale, .silent: startAnew()
    }
    return held(now)
  }

  private func held(_ now: ReportHealth) -> ReportHealth {
    switch now {
    case .fresh, .unknownAge: blame ?? now
    case .stale, .silent, .implausible, .unreadable: now
    }
  }

  private mutating func startAnew() { (wellSince, wellReports) = (nil, 0) }

  private mutating func liveDown(isStanding: Bool, at time: SteadyTime) {
    guard blame != nil else { return }
    let since = wellSince ?? time
    wellSince = since
    if time - since >= Self.probation, isStanding || wellReports >= Self.reports { blame = nil }
  }
}
