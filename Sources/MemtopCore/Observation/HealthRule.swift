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
    of voice: ReportTracker.Voice?, objection: String? = nil, problem: String? = nil,
    at now: SteadyTime
  ) -> ReportHealth {
    guard let voice else { return problem.map { .unreadable($0) } ?? .silent }
    if let objection { return .implausible(objection) }
    guard voice.arrival != nil else { return .unknownAge }
    let isLate = isPastLimit(voice, at: now) || voice.punctuality != .onTime
    return isLate ? .stale : .fresh
  }

  /// Whether it is older than its dialect's limit.
  static func isPastLimit(_ voice: ReportTracker.Voice, at now: SteadyTime) -> Bool {
    guard let arrival = voice.arrival, let limit = limit(voice.report) else { return false }
    return now - arrival > limit
  }

  /// How old a report of each dialect may grow; nil is for ever.
  static func limit(_ report: GuestReport) -> Span? {
    switch report.dialect {
    case .memtop:
      let stated = report.interval ?? .seconds(10)
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
    return self.report.flatMap(HealthRule.limit).map { age <= $0 } ?? false
  }
}
