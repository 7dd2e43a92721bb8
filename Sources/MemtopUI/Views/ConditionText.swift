import MemtopCore

/// Why a domain is as it is, in one sentence.
enum ConditionText {
  static func sentence(_ sample: DomainSample, now: SteadyTime) -> String {
    switch Condition(sample).word {
    case .ok: fine(sample)
    case .tight, .short, .thrashing: pressed(sample)
    case .stuck: stuck(sample, now: now)
    case .implausible, .unreadable:
      "its report is not used, because \(sample.health.clause ?? "it is \(sample.health.word)")"
    case .stale: stale(sample)
    case .silent: "\(ReportHealth.silent.complaint), so its busy memory is unknown"
    case .building: DomainState.building.clause
    case .reading: DomainState.reading.clause
    case .booting: DomainState.booting.clause + " and has not reported yet"
    case .migrating: DomainState.migrating.clause
    case .paused: DomainState.paused.clause
    case .shutdown: DomainState.shutdown.clause + " but still holds memory"
    case .dying: "it is being destroyed; its memory is being freed"
    case .crashed: DomainState.crashed.clause + " but still holds memory"
    }
  }

  private static func fine(_ sample: DomainSample) -> String {
    if sample.isStubDomain {
      return Hindrance.stubDomain.words + ", which runs a guest's device model"
    }
    return switch sample.balloon.phase {
    case .growing: "it is growing to \(target(sample))"
    case .shrinking: "it is shrinking to \(target(sample))"
    case .settled, .stuck:
      sample.available.map { "\($0.short) of its \(sample.allocation.short) available" }
        ?? "it runs"
    }
  }

  private static func pressed(_ sample: DomainSample) -> String {
    var parts: [String] = []
    if let rate = sample.swapInRate, rate.count > 0 {
      parts.append("swap-in \(rate.shortRate)/s")
    }
    if let available = sample.available {
      let share = available == .zero ? "nothing" : "only \(available.short)"
      parts.append("\(share) of its \(sample.allocation.short) available")
    }
    if case .growing = sample.balloon.phase { parts.append("growing to \(target(sample))") }
    return parts.isEmpty ? "its programs wait for memory" : parts.joined(separator: ", ")
  }

  private static func stuck(_ sample: DomainSample, now: SteadyTime) -> String {
    guard case .stuck(let since) = sample.balloon.phase, let size = sample.size else {
      return "its balloon does not follow its target"
    }
    let above = sample.allocation > size
    let away = (sample.allocation - size - sample.balloon.offset).magnitude
    return "it is \(away.short) \(above ? "above" : "below") its target, "
      + "and it has not moved for \((now - since).short)"
  }

  private static func stale(_ sample: DomainSample) -> String {
    if sample.isBackLate { return "its last report was late; the next one counts if it is on time" }
    let age = sample.reportAge.map { " for \($0.short)" } ?? ""
    return "it has not reported\(age), so its figures are old"
  }

  private static func target(_ sample: DomainSample) -> String { sample.size?.short ?? "?" }
}
