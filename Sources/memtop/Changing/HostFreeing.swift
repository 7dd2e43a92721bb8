import MemtopConf
import MemtopCore

/// Frees an amount on the host: waits for reports, plans, asks, lowers, and follows the guests.
struct HostFreeing {
  let session: ChangeSession
  let request: FreeRequest
  let consent: ChangeConsent
  let policies: PolicySet
  let autoballoon: Autoballoon

  func perform() throws(Failure) {
    let (first, _) = try session.sample()
    let wanted = request.amount(on: first.host)
    var last = first
    if wanted > first.host.uncommitted { last = try waitForReports(first) }
    let (plan, judged) = try plan(wanted, last)
    tell(plan, last.host)
    for (_, verdict) in judged { VerdictLines.say(verdict) }
    VerdictLines.say(judged.map(\.order))
    guard !plan.orders.isEmpty || plan.missing > .zero else {
      Output.standard.write(line: "\(wanted.short) is free already; there is nothing to do")
      return
    }
    guard plan.missing == .zero else {
      let possible = plan.possible.rounded(downTo: .mib(1))
      let hint = autoballoon.hint.map { "; \($0)" } ?? ""
      throw Failure(
        line: "nothing was changed: at most \(possible.short) of the \(plan.wanted.short) can"
          + " be made free" + hint, status: .refused)
    }
    if let rival = FreePlan.rival(on: last.host) { complain(rival) }
    if consent.isDryRun {
      Output.standard.write(line: "nothing was changed (dry run)")
      return
    }
    session.prepare()
    if !consent.agrees { try Consent.require("Lower \(count(plan.orders.count))?", .plan) }
    try carryOut(judged)
  }

  private func count(_ targets: Int) -> String { targets == 1 ? "1 target" : "\(targets) targets" }

  /// An order with the guard's word on it, which is what is agreed to.
  private typealias Judged = (order: TargetOrder, agreed: Verdict)

  private func plan(
    _ wanted: Bytes, _ snapshot: Snapshot
  ) throws(Failure) -> (FreePlan, [Judged]) {
    guard wanted > snapshot.host.uncommitted else {
      return (FreePlan.make(freeing: wanted, in: snapshot, policies: policies), [])
    }
    let (latest, facts) = try session.sample(snapshot.domains.map(\.id))
    let plan = FreePlan.make(freeing: wanted, in: latest, facts: facts, policies: policies)
    let judged = plan.orders.map { order in
      let known = facts[order.domain] ?? GuardFacts()
      return (
        order: order.fitted(to: latest), agreed: Guard.verdict(on: order, in: latest, facts: known)
      )
    }
    return (plan, judged)
  }

  private func waitForReports(_ first: Snapshot) throws(Failure) -> Snapshot {
    try session.awaitReports(since: first) {
      complain("waiting up to \($0.wholeSeconds) s for the guests' reports")
    }
  }

  private func tell(_ plan: FreePlan, _ host: HostMemory) {
    var lines = [request.explanation(on: host)].compactMap { $0 }
    let (free, wanted) = Bytes.apart(host.uncommitted, plan.wanted)
    lines.append(
      "free (not promised): \(free ?? "?"), requested: \(wanted ?? plan.wanted.short)")
    if plan.overpromised > .zero {
      lines.append(
        "promised beyond what is free, freed first: \(plan.overpromised.short)")
    }
    lines += plan.orders.map { order in
      let gift = (order.from ?? order.to) - order.to
      return "  \(order.line)  gives \(gift.short)"
    }
    lines += plan.declined.map { "  \($0.name): gives nothing: \($0.reason)" }
    for line in lines { Output.standard.write(line: line) }
  }

  private func carryOut(_ judged: [Judged]) throws(Failure) {
    let driver = session.carryOut(ChangeRun(judged), follows: true)
    if let problem = session.logProblem { complain(problem) }
    var status: Failure.Status?
    for item in driver.run.items {
      let failure = item.state.failure
      if failure == nil { Output.standard.write(line: item.line) } else { complain(item.line) }
      if let failure, status != .failed { status = failure }
    }
    try session.endIfInterrupted()
    let (last, _) = try session.sample()
    let now = "free (not promised) now: \(last.host.uncommitted.short)"
    guard let status else {
      Output.standard.write(line: now)
      return
    }
    throw Failure(line: now, status: status)
  }
}

/// What is to be freed: an amount, or what `xl create` needs for a domain.
enum FreeRequest {
  case amount(Bytes)
  case domain(PlannedDomain)

  func amount(on host: HostMemory) -> Bytes {
    switch self {
    case .amount(let amount): amount
    case .domain(let domain): need(of: domain, on: host).total
    }
  }

  /// What makes up the amount, where that is more than the amount.
  func explanation(on host: HostMemory) -> String? {
    switch self {
    case .amount: nil
    case .domain(let domain): "xl create needs \(need(of: domain, on: host).sentence)"
    }
  }

  private func need(of domain: PlannedDomain, on host: HostMemory) -> CreationNeed {
    CreationNeed(domain, on: host.traits, xenVersion: host.xenVersion)
  }
}
