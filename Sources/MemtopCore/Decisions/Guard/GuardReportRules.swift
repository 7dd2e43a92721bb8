/// The rules about how far a guest's own word can be trusted.
extension Guard {
  static let reportAge: Rule = { wish in
    switch wish.sample.health {
    case .implausible, .unreadable: return nil
    case .fresh where wish.sample.busy == nil, .unknownAge where wish.sample.busy == nil:
      return noReport(
        wish, rule: "report-silent", "\(wish.name)'s report does not say how much is busy")
    case .fresh: return nil
    case .unknownAge:
      guard wish.isLower else { return nil }
      return .init(
        severity: .warn, rule: "report-age-unknown",
        text: "\(wish.name)'s report has not changed since memtop started, so its age"
          + " is unknown")
    case .stale:
      let age = wish.sample.reportAge.map { " \($0.short) old" } ?? " stale"
      return noReport(
        wish, rule: "report-stale", "\(wish.name)'s report is\(age); its busy memory is unknown")
    case .silent:
      return noReport(
        wish, rule: "report-silent", "\(wish.name) sends no report, so its busy memory is unknown")
    }
  }

  static let reportBroken: Rule = { wish in
    guard let reason = wish.sample.health.clause else { return nil }
    return noReport(
      wish, rule: "report-\(wish.sample.health.word)",
      "\(wish.name)'s report is \(wish.sample.health.word): \(reason)")
  }

  /// Without a report more memory can do no harm, less can.
  private static func noReport(_ wish: Wish, rule: String, _ text: String) -> Verdict.Finding? {
    if wish.isRaise { return .init(severity: .warn, rule: rule, text: text) }
    if wish.isLower { return .init(severity: .refuse, rule: rule, text: text) }
    return nil
  }
}
