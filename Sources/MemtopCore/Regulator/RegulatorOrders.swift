/// What is to be set now.
extension Regulator {
  /// The warnings that handing a domain over has agreed to.
  private static let agreedRules: Set<String> = ["never-followed", "host-reserve"]

  /// The next targets, each with the verdict that it stands on; lowers first, then those under
  /// pressure. Judged again by whoever writes them.
  public func orders(
    _ snapshot: Snapshot
  ) -> [(order: TargetOrder, agreed: Verdict)] {
    var advised: [AdvisedGuest] = []
    advised.reserveCapacity(snapshot.domains.count)
    for sample in snapshot.domains { advised.append(guest(sample, snapshot)) }
    let advice = Advisor.advise(advised, free: policies.free(on: snapshot.host))
    var orders: [(order: TargetOrder, agreed: Verdict, urgency: Int)] = []
    for (index, advice) in advice.enumerated() {
      guard case .success(let advice) = advice,
        let order = order(snapshot.domains[index], advice, snapshot)
      else { continue }
      let verdict = Guard.verdict(
        on: order.domain, to: order.to, in: snapshot, facts: GuardFacts(isRegulator: true))
      guard Self.agrees(to: verdict) else { continue }
      let pressure = Int(snapshot.domains[index].pressure?.rawValue ?? 0)
      orders.append((order, verdict, order.isLower ? -1 : 3 - pressure))
    }
    let changes: [(order: TargetOrder, agreed: Verdict)] =
      orders.sorted { $0.urgency < $1.urgency }.map { (order: $0.order, agreed: $0.agreed) }
    return changes + nudges(snapshot)
  }

  /// Of those that are stuck, where the guard sees nothing that would stop them again.
  private func nudges(_ snapshot: Snapshot) -> [(order: TargetOrder, agreed: Verdict)] {
    snapshot.domains.compactMap { sample -> (order: TargetOrder, agreed: Verdict)? in
      guard sample.balloon.isStuck, sample.health == .fresh,
        let mine = known[sample.id]?.guest, mine.id == sample.id,
        mine.mayBeNudged(at: snapshot.steady), let size = sample.size,
        let order = TargetOrder.nudge(
          of: sample,
          reason: "nudged: stuck at \(sample.heldSize.short) on its way to \(size.short)")
      else { return nil }
      let verdict = Guard.verdict(on: order, in: snapshot, facts: GuardFacts(isRegulator: true))
      return Self.agrees(to: verdict) ? (order: order, agreed: verdict) : nil
    }
  }

  private static func agrees(to verdict: Verdict) -> Bool {
    switch verdict.severity {
    case .allow: true
    case .warn:
      verdict.findings.allSatisfy { $0.severity == .allow || agreedRules.contains($0.rule) }
    case .refuse, .never: false
    }
  }

  /// Those that are not in its hands neither lack nor give.
  private func guest(_ sample: DomainSample, _ snapshot: Snapshot) -> AdvisedGuest {
    let policy = policies.policy(for: sample.id, name: sample.name)
    var guest = AdvisedGuest(sample, owner: snapshot.host.owner, policy: policy)
    guard let mine = known[sample.id]?.guest, mine.id == sample.id, mine.mayBeMoved
    else {
      guest.objection = guest.objection ?? .handsOff
      return guest
    }
    // Whoever may count cache as busy is left where it is, in both directions.
    if guest.mayCountCache { guest.objection = guest.objection ?? .xapiUnknown }
    guest.peak = known[sample.id]?.past.peak?.value
    return guest
  }

  private func order(
    _ sample: DomainSample, _ advice: Advice, _ snapshot: Snapshot
  ) -> TargetOrder? {
    guard let mine = known[sample.id]?.guest, let size = sample.size,
      let arrival = sample.arrival(at: snapshot.steady),
      let target = mine.pace.allowed(
        advice.target, from: size, reported: arrival,
        pressed: known[sample.id]?.past.pressed, now: snapshot.steady)
    else { return nil }
    return TargetOrder(
      domain: sample.id, name: sample.name, from: size,
      to: target.rounded(downTo: .mib(1)), reason: advice.reason)
  }

  /// An order is being written.
  public mutating func begin(_ order: TargetOrder) { known[order.domain]?.guest?.begin() }

  /// What became of it: `outcome.target` is what was read back.
  public mutating func end(
    _ order: TargetOrder, _ outcome: TargetOutcome, videoram: Bytes, at now: SteadyTime
  ) {
    let size = outcome.target.map { $0 + videoram }
    known[order.domain]?.guest?.end(order, size, now: now)
  }

  /// The order was begun and not tried: it was judged again, or another failed before it.
  public mutating func skip(_ order: TargetOrder, at now: SteadyTime) {
    guard known[order.domain]?.guest?.isWriting == true else { return }
    known[order.domain]?.guest?.end(order, nil, now: now)
  }
}
