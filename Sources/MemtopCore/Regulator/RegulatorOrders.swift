/// What is to be set now.
extension Regulator {
  /// What is to be set by one snapshot, and what is in the way of others.
  package struct Decision: Sendable {
    /// Each with the verdict that it stands on, in the order in which they are to be set.
    package var orders: [(order: TargetOrder, agreed: Verdict)] = []
    /// The rules by which the guard stopped others.
    package var refused: [GuardRule] = []
    /// Of each domain that is under pressure and is not given more, why.
    var unmet: [DomainID: UnmetNeed.Why] = [:]
  }

  /// The next targets, each with the verdict that it stands on; lowers first, then those under
  /// pressure. Judged again by whoever writes them.
  package func orders(
    _ snapshot: Snapshot
  ) -> [(order: TargetOrder, agreed: Verdict)] { decide(snapshot).orders }

  /// The same, and what is in the way of others.
  package func decide(_ snapshot: Snapshot) -> Decision {
    let mine = busy(in: snapshot).filter(mayBeMoved)
    let (moves, unmet) = RegulatorCore.decide(
      mine.compactMap { known[$0.id]?.course }, free: policies.free(on: snapshot.host),
      now: snapshot.steady, areRanges: snapshot.host.owner == .xapi)
    var decision = Decision()
    for (index, why) in unmet { decision.unmet[mine[index].id] = why.unmet }
    var orders: [(order: TargetOrder, agreed: Verdict, urgency: Int)] = []
    for move in moves {
      let sample = mine[move.index]
      var order = TargetOrder(
        domain: sample.id, name: sample.name, from: sample.size, to: move.target,
        reason: move.advice.reason
      ).fitted(to: snapshot)
      order.range?.operators = known[sample.id]?.guest?.ranges.operators
      order.cause = MoveCause(move.advice.cause)
      let verdict = Guard.verdict(
        on: order.domain, to: order.to, in: snapshot, facts: GuardFacts(isRegulator: true))
      if let finding = verdict.findings.first(where: Self.isInTheWay) {
        decision.refused.append(finding.rule)
        guard !order.isLower, known[sample.id]?.course.isPressed == true else { continue }
        decision.unmet[sample.id] =
          UnmetNeed.Why(kind: .guarded(finding.rule), words: "the guard: \(finding.text)")
        continue
      }
      let pressure = Int(sample.pressure?.rawValue ?? 0)
      orders.append((order, verdict, order.isLower ? -1 : 3 - pressure))
    }
    let changes: [(order: TargetOrder, agreed: Verdict)] =
      orders.sorted { $0.urgency < $1.urgency }.map { (order: $0.order, agreed: $0.agreed) }
    decision.orders = givingBack(snapshot) + changes + nudges(snapshot)
    return decision
  }

  /// Of those that are stuck, where the guard sees nothing that would stop them again.
  private func nudges(_ snapshot: Snapshot) -> [(order: TargetOrder, agreed: Verdict)] {
    busy(in: snapshot).compactMap { sample -> (order: TargetOrder, agreed: Verdict)? in
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

  /// Whether handing a domain over has agreed to all that the guard says.
  private static func agrees(to verdict: Verdict) -> Bool {
    !verdict.findings.contains(where: isInTheWay)
  }

  private static func isInTheWay(_ finding: Verdict.Finding) -> Bool {
    finding.severity > .warn
      || finding.severity == .warn && !finding.rule.isAccepted(.byHandingOver)
  }

  /// In its hands, and seen as it is now.
  private func mayBeMoved(_ sample: DomainSample) -> Bool {
    guard sample.canBeRegulated, let mine = known[sample.id]?.guest else { return false }
    return mine.id == sample.id && mine.mayBeMoved
  }

  /// An order is being written.
  package mutating func begin(_ order: TargetOrder) { known[order.domain]?.guest?.begin() }

  /// What became of it: `outcome.target` is what was read back.
  package mutating func end(
    _ order: TargetOrder, _ outcome: TargetOutcome, videoram: Bytes, at now: SteadyTime
  ) {
    finish(order, outcome.target.map { $0 + videoram }, outcome.range, at: now)
    if outcome.target == nil { known[order.domain]?.guest?.mayHaveLanded(order, at: now) }
    if outcome.isContested { known[order.domain]?.guest?.contest() }
  }

  /// The order was begun and not written: the guard stopped it when it was judged again, or another failed
  /// before it, and then it was not even tried.
  package mutating func skip(_ order: TargetOrder, isTried: Bool = true, at now: SteadyTime) {
    if isTried { noteGivingBack(order, nil, at: now) }
    guard known[order.domain]?.guest?.isWriting == true else { return }
    if isTried { return finish(order, nil, nil, at: now) }
    known[order.domain]?.guest?.leave()
  }

  /// If the order gives a range back, it was tried; `range` is what was read back.
  private mutating func noteGivingBack(
    _ order: TargetOrder, _ range: DynamicRange?, at now: SteadyTime
  ) {
    guard let back = known[order.domain]?.giveBack, order.range?.to == back else { return }
    known[order.domain]?.triedGivingBack = now
    if range == back { known[order.domain]?.giveBack = nil }
  }

  private mutating func finish(
    _ order: TargetOrder, _ size: Bytes?, _ range: DynamicRange?, at now: SteadyTime
  ) {
    noteGivingBack(order, range, at: now)
    guard known[order.domain]?.guest != nil else { return }
    known[order.domain]?.guest?.end(order, size, range: range, now: now)
    // Where it was not done, another try waits as long as a move would.
    known[order.domain]?.course.moved(isRaise: !order.isLower, at: now)
  }
}
