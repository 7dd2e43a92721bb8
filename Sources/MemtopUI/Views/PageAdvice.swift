import MemtopCore

/// What the guard and the advisor say of a domain, on its page.
struct PageAdvice {
  let figures: PageFigures
  let sample: DomainSample
  let snapshot: Snapshot
  let policies: PolicySet

  func lines() -> [StyledLine] {
    var rows = (objection.map { [$0] } ?? []) + [lowest, highest, advice]
    rows += nudge + policy + regulation
    return rows.flatMap { figures.lines($0.word, $0.figure, $0.text, $0.style) }
  }

  private var present: Bytes { sample.size ?? sample.allocation }

  /// What speaks against the smallest step, apart from what the step itself would do.
  private func objection(toStep step: Bytes) -> Verdict.Finding? {
    let size = max(.kib(4), (present + step).rounded(downTo: .kib(4)))
    let own: Set<GuardRule.Kind> = [.busy, .hostMemory]
    return Guard.verdict(on: sample.id, to: size, in: snapshot).findings.first {
      $0.severity > .allow && !own.contains($0.rule.kind)
    }
  }

  private var lowering: Verdict.Finding? { objection(toStep: -.mib(1)) }
  private var raising: Verdict.Finding? {
    sample.staticMax.map { present >= $0 } == true ? nil : objection(toStep: .mib(1))
  }

  /// The worst of what the guard says whatever the size.
  private var objection: PageFigures.Row? {
    let findings = [lowering, raising].compactMap { $0 }
    guard let worst = findings.max(by: { $0.severity < $1.severity }) else { return nil }
    let word =
      switch worst.severity {
      case .allow, .warn: Verdict.Severity.warn.word
      case .refuse, .never: worst.severity.word
      }
    return ("Guard", word, worst.text, worst.severity.style)
  }

  private var lowest: PageFigures.Row {
    if let lowering, lowering.severity >= .refuse {
      return ("Lowest", present.short, "cannot be lowered now", .plain)
    }
    guard let lowest = Guard.lowest(for: sample) else {
      return ("Lowest", "?", "its busy memory is unknown", .plain)
    }
    if lowest.withoutWarning >= present {
      let isAt = lowest.withoutWarning == present
      let limit = lowest.withoutWarning.short
      let text =
        isAt
        ? "already at the lowest safe size"
        : "as it is now; the lowest safe size is \(limit)"
      return ("Lowest", present.short, text, .plain)
    }
    if lowest.withoutWarning == lowest.atAll {
      let text = "below this, it may fail to serve its guests"
      return ("Lowest", lowest.withoutWarning.short, text, .plain)
    }
    let text =
      lowering == nil
      ? "safe; \(lowest.atAll.short) with a warning"
      : "with the warning above; \(lowest.atAll.short) with another"
    return ("Lowest", lowest.withoutWarning.short, text, .plain)
  }

  private var highest: PageFigures.Row {
    if let most = sample.staticMax, present >= most {
      return ("Highest", most.short, "static-max, already reached", .plain)
    }
    if let raising, raising.severity >= .refuse {
      return ("Highest", present.short, "cannot be raised now", .plain)
    }
    if snapshot.host.isUnknown {
      return ("Highest", "?", "the host's free memory at that time is unknown", .plain)
    }
    let highest = Guard.highest(for: sample, in: snapshot)
    guard highest.withoutWarning < highest.atAll else {
      let free = snapshot.host.uncommitted.short
      return ("Highest", highest.atAll.short, "static-max; \(free) is free on the host", .plain)
    }
    let reserve = HostMemory.reserve(total: snapshot.host.total).short
    let warning = "with a warning: leaves less than \(reserve) free"
    guard highest.withoutWarning > present else {
      return ("Highest", highest.atAll.short, warning, .plain)
    }
    let safe = raising == nil ? "safe" : "with the warning above"
    return (
      "Highest", highest.withoutWarning.short, "\(safe); \(highest.atAll.short) \(warning)", .plain
    )
  }

  private var advice: PageFigures.Row {
    switch Advisor.advise(snapshot, for: sample.id, policies: policies) {
    case .success(let advice): ("Advice", advice.target.short, advice.reason, .staged)
    case .failure(let none): ("Advice", "-", none.reason, .dim)
    }
  }
}

extension PageAdvice {
  /// Where it is stuck, and what may have stopped it is over.
  private var nudge: [PageFigures.Row] {
    guard sample.id.host == .only, let key = figures.view.state.keyOnPage(.nudge),
      let order = TargetOrder.nudge(of: sample, reason: TargetOrder.nudging),
      case .by(let held) = order.nudge, Guard.verdict(on: order, in: snapshot).severity < .refuse
    else { return [] }
    let text =
      "its balloon driver may sleep for up to an hour; \(key) stages \(held.short), then"
      + " \(order.to.short) again, to wake it"
    return [("Nudge", "", text, .plain)]
  }

  /// Only where the operator has one of his own for it.
  private var policy: [PageFigures.Row] {
    let policy = policies.policy(for: sample.id, name: sample.name)
    return policy == MemoryPolicy() ? [] : [("Policy", "", policy.sentence, .plain)]
  }

  /// How it stands with the regulator, where anybody has spoken of that.
  private var regulation: [PageFigures.Row] {
    let service = snapshot.host.regulator?.health
    switch sample.regulation {
    case nil: return []
    case .wanted(let by):
      return [row("handing over", "by \(by); the regulator has not confirmed yet", .warning)]
    case .unwanted(let by):
      return [row("taking back", "by \(by); the regulator has not confirmed yet", .warning)]
    case .released(let why): return [row("released", why, .warning)]
    case .regulated(let by, _):
      switch service {
      case .alive, .unknown:
        let key = sample.id.host == .only ? figures.view.state.keyOnPage(.regulate) : nil
        let hint = key.map { "; \($0) takes it back" } ?? ""
        let left = Hindrance.report(sample).map { "not moved: \($0.words); " } ?? ""
        return [
          row(
            "regulated", "\(left)handed over by \(by)\(hint)", left.isEmpty ? .good : .warning)
        ]
      case .silent: return [row("regulated", "memtop regulate does not respond", .alarm)]
      case nil: return [row("regulated", "memtop regulate is not running", .warning)]
      }
    }
  }

  private func row(_ word: String, _ text: String, _ style: Style) -> PageFigures.Row {
    ("Regulation", word, text, style)
  }
}

extension Advisor {
  /// The advice for one domain. The others are looked at only where it would take from the host,
  /// for then they share it.
  static func advise(
    _ snapshot: Snapshot, for id: DomainID, policies: PolicySet
  ) -> Result<Advice, NoAdvice> {
    let snapshot = snapshot.of(id.host)
    guard let sample = snapshot.domain(id) else {
      return .failure(NoAdvice(.gone))
    }
    var alone = snapshot
    alone.domains = [sample]
    let advice = advise(alone, policies: policies).advice(for: id)
    guard case .success(let own) = advice, own.target > (sample.size ?? sample.allocation) else {
      return advice
    }
    return advise(snapshot, policies: policies).advice(for: id)
  }
}
