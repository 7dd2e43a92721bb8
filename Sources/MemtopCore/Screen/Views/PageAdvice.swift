/// What the guard and the advisor say of a domain, on its page.
struct PageAdvice {
  let figures: PageFigures
  let sample: DomainSample
  let snapshot: Snapshot

  func lines() -> [StyledLine] {
    [lowest, highest, advice].map { figures.line($0.word, $0.figure, $0.text, $0.style) }
  }

  private var present: Bytes { sample.size ?? sample.allocation }

  /// What speaks against a small step, apart from what the step itself would do.
  private func objection(to size: Bytes) -> Verdict.Finding? {
    Guard.verdict(on: sample.id, to: max(.kib(4), size.rounded(downTo: .kib(4))), in: snapshot)
      .findings.first {
        $0.severity > .allow && !["near-busy", "below-busy", "dom0-reserve"].contains($0.rule)
      }
  }

  private var lowest: PageFigures.Row {
    let objection = objection(to: present - .mib(1))
    if let objection, objection.severity >= .refuse {
      return ("Lowest", "-", "not lowered: \(objection.text)", .warning)
    }
    guard let lowest = Guard.lowest(for: sample) else {
      return ("Lowest", "?", "what is busy is not known", .plain)
    }
    let doubt = objection.map { "; \($0.text)" } ?? ""
    if lowest.atAll >= present {
      return ("Lowest", lowest.atAll.short, "it has nothing to give" + doubt, .plain)
    }
    let limit = lowest.atAll.short
    let text =
      lowest.withoutWarning == lowest.atAll
      ? "below it could not work" : "without a warning; the guard refuses below \(limit)"
    return ("Lowest", lowest.withoutWarning.short, text + doubt, .plain)
  }

  private var highest: PageFigures.Row {
    if let most = sample.staticMax, present >= most {
      return ("Highest", most.short, "its static-max, reached", .plain)
    }
    if let objection = objection(to: present + .mib(1)), objection.severity >= .refuse {
      return ("Highest", "-", "not raised: \(objection.text)", .warning)
    }
    let supply = snapshot.host.uncommitted + sample.promise
    let fromHost = (sample.allocation + sample.videoram + supply).rounded(downTo: .mib(1))
    guard let most = sample.staticMax, most <= fromHost else {
      return ("Highest", fromHost.short, "with all that is free on the host", .plain)
    }
    let free = snapshot.host.uncommitted.short
    return ("Highest", most.short, "its static-max; \(free) of the host is free", .plain)
  }

  private var advice: PageFigures.Row {
    switch Advisor.advise(snapshot, for: sample.id) {
    case .success(let advice): ("Advice", advice.target.short, advice.reason, .staged)
    case .failure(let none): ("Advice", "-", none.reason, .dim)
    }
  }
}

extension Advisor {
  /// The advice for one domain. The others are looked at only where it would take from the host,
  /// for then they share it.
  static func advise(_ snapshot: Snapshot, for id: DomainID) -> Result<Advice, NoAdvice> {
    guard let sample = snapshot.domain(id) else {
      return .failure(NoAdvice(reason: "the domain is gone"))
    }
    var alone = snapshot
    alone.domains = [sample]
    let advice = advise(alone).advice(for: id)
    guard case .success(let own) = advice, own.target > (sample.size ?? sample.allocation) else {
      return advice
    }
    return advise(snapshot).advice(for: id)
  }
}
