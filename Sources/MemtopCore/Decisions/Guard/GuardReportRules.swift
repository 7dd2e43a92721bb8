/// The rules about how far a guest's own word can be trusted.
extension Guard {
  static let reportAge: Rule = { wish in
    switch wish.sample.health {
    case .implausible, .unreadable: return nil
    case .fresh where wish.sample.busy == nil, .unknownAge where wish.sample.busy == nil:
      return wish.finding(.reportSilent, "\(wish.name)'s report does not say how much is busy")
    case .fresh: return nil
    case .unknownAge:
      return wish.finding(
        .reportAgeUnknown,
        "\(wish.name)'s report has not changed since memtop started, so its age is unknown")
    case .stale:
      let age = wish.sample.reportAge.map { " \($0.short) old" } ?? " stale"
      return wish.finding(
        .reportStale, "\(wish.name)'s report is\(age); its busy memory is unknown")
    case .silent:
      return wish.finding(
        .reportSilent, "\(wish.name) sends no report, so its busy memory is unknown")
    }
  }

  static let reportBroken: Rule = { wish in
    let rule: GuardRule
    switch wish.sample.health {
    case .implausible: rule = .reportImplausible
    case .unreadable: rule = .reportUnreadable
    case .fresh, .unknownAge, .stale, .silent: return nil
    }
    guard let reason = wish.sample.health.clause else { return nil }
    return wish.finding(
      rule, "\(wish.name)'s report is \(wish.sample.health.word): \(reason)")
  }
}
