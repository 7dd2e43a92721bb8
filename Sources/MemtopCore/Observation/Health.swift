/// Whether a report can be acted on, from when it was seen to be written, its dialect, the interval
/// that it states, and what speaks against it.
///
/// Worse words count at once: a report is stale as soon as it is older than its dialect's limit,
/// and implausible or unreadable as soon as it is found so. Better ones must be earned, so that
/// words do not flicker: what was stale is fresh again with the second report in time, and what was
/// not believed is believed again after `HealthTracker.probation`.
enum HealthRule {
  /// The word of one report, as it is now; `HealthTracker` holds what was not believed.
  static func word(
    of dialectReport: ReportTracker.DialectReport?, objection: String? = nil,
    problem: String? = nil,
    at now: SteadyTime
  ) -> ReportHealth {
    guard let dialectReport else { return problem.map { .unreadable($0) } ?? .silent }
    if let objection { return .implausible(objection) }
    if isPastLimit(dialectReport, at: now) || dialectReport.punctuality != .onTime { return .stale }
    return dialectReport.arrival == nil ? .unknownAge : .fresh
  }

  /// Whether it is older than its dialect's limit, as far as is known: one that was found is at least as old as
  /// the time since then.
  static func isPastLimit(_ dialectReport: ReportTracker.DialectReport, at now: SteadyTime) -> Bool
  {
    guard let limit = limit(of: dialectReport.report) else { return false }
    return now - dialectReport.known > limit
  }

  /// How old a report of each dialect may grow; nil is for ever.
  static func limit(of report: KeptReport) -> Span? {
    limit(report.dialect, interval: report.interval)
  }

  /// - Parameter interval: the one that it states.
  static func limit(_ dialect: ReportDialect, interval: Span?) -> Span? {
    switch dialect {
    case .memtop:
      let stated = interval ?? .seconds(10)
      return min(max(stated, .seconds(1)), .seconds(3600)) * 3
    case .xapi: return .seconds(300)
    case .xenballoond: return .seconds(10)
    // Qubes writes only on change: no news is good news there.
    case .qubes, .proc: return nil
    }
  }
}

extension DomainSample {
  /// Its report is stale for having come late, not for being old.
  package var isBackLate: Bool {
    guard self.health == .stale, let age = reportAge else { return false }
    return self.keptReport.flatMap { HealthRule.limit(of: $0) }.map { age <= $0 } ?? false
  }
}

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
