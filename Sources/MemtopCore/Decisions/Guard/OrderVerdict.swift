extension Guard {
  /// Judges an order as a whole; a nudge by both its steps, each on what the one before leaves.
  package static func verdict(
    on order: TargetOrder, in snapshot: Snapshot, facts: GuardFacts = GuardFacts()
  ) -> Verdict {
    guard order.nudge != nil else {
      return verdict(on: order.domain, to: order.to, in: snapshot, facts: facts)
    }
    var (snapshot, facts) = (snapshot.of(order.domain.host), facts)
    facts.isNudge = true
    var findings: [Verdict.Finding] = []
    for step in order.steps {
      let found = Guard.verdict(on: step.domain, to: step.to, in: snapshot, facts: facts)
      let known = Set(findings.map(\.rule))
      findings += found.findings.filter { !known.contains($0.rule) }
      snapshot.set(step)
    }
    return Verdict(findings: findings)
  }
}

extension Snapshot {
  /// As it is once an order is written, and before the guest has moved.
  fileprivate mutating func set(_ order: TargetOrder) {
    guard let index = index(of: order.domain) else { return }
    let promise = domains[index].promise
    domains[index].target = order.to - domains[index].videoram
    host.promised += domains[index].promise - promise
  }
}
