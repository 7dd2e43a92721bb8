/// Carries out a batch of agreed targets: what to do next, given what is known now.
///
/// Pure: the caller takes snapshots and writes; this decides. Lowers go first, raises as memory
/// arrives; each order is judged again right before it is written; the first failure stops the
/// rest; each guest is followed until it arrives or sticks.
package struct ChangeRun: Sendable {
  package internal(set) var items: [Item]
  let patience: Span
  /// Nothing begins after it; nil is no limit.
  package let latest: SteadyTime?
  /// Something had not begun by then.
  package private(set) var hasExpired = false
  private var startedAt: SteadyTime?
  /// The domains whose targets were seen to be set by others than memtop's regulator or this run.
  var changedByOthers: Set<DomainID> = []

  /// - Parameters:
  ///   - orders: with the verdict that was shown and agreed to for each.
  ///   - isForced: `memtop set --force`: refusals were agreed to. *Never* is never written.
  ///   - patience: how long to wait for memory, and for each guest to arrive.
  ///   - latest: what has not begun by then is given up; nil is never.
  package init(
    _ orders: [(order: TargetOrder, agreed: Verdict)], isForced: Bool = false,
    patience: Span = .seconds(60), latest: SteadyTime? = nil
  ) {
    let items = orders.flatMap { order, shown in
      let agreed = Agreement(to: shown, isForced: isForced)
      return order.steps.map { Item(order: $0, agreed: agreed) }
    }
    // Lowers first; a stable sort, so that the operator's order stays otherwise.
    // Nudges come last, each in its own order: they wait, and nobody waits for them.
    let (changes, nudges) = (
      items.filter { $0.order.nudge == nil }, items.filter { $0.order.nudge != nil }
    )
    self.items =
      changes.filter(\.order.isLower) + changes.filter { !$0.order.isLower } + nudges
    self.patience = patience
    self.latest = latest
  }

  package var isFinished: Bool { items.allSatisfy(\.state.isFinal) }

  /// What to do now. `facts` holds what the guard needs of each domain beside the snapshot: a domain that is
  /// not in it waits; without any it needs nothing.
  package mutating func next(_ snapshot: Snapshot, facts: [DomainID: GuardFacts]? = nil) -> Step {
    if startedAt == nil { startedAt = snapshot.steady }
    noteAuthors(in: snapshot)
    follow(snapshot)
    guard let index = items.firstIndex(where: { $0.state == .pending }) else {
      return isFinished ? .finished : .wait
    }
    if items.contains(where: { $0.state == .writing }) { return .wait }
    // A snapshot from before a failed write knows nothing of what was in its way.
    if let writtenAt = items[index].writtenAt, snapshot.steady <= writtenAt { return .wait }
    items[index].order = items[index].order.fitted(to: snapshot)
    if items[index].order.isOvertaken(in: snapshot) { _ = startsAnew(index, in: snapshot) }
    let order = items[index].order
    // A sample that was taken for another change does not say all of this domain.
    guard var known = facts.map({ $0[order.domain] }) ?? GuardFacts() else { return .wait }
    known.agreed = agreed(but: order.domain)
    let verdict = Guard.verdict(on: order, in: snapshot, facts: known)
    if isYetToBeRead(before: index, at: snapshot.steady) { return .wait }
    if mustWait(for: verdict, items[index], snapshot) { return .wait }
    let objection = items[index].agreed.objection(to: verdict)
    guard objection == nil, !order.isOvertaken(in: snapshot) else {
      let overtaken = order.overtaking(in: snapshot)
      stop(at: index, why: overtaken ?? objection?.text ?? "it was judged again")
      return .judgedAnew(order, verdict)
    }
    items[index].state = .writing
    return .write(order)
  }

  /// Gives up what has not begun in time.
  package mutating func expire(at now: SteadyTime) {
    guard let latest, now > latest, let index = items.firstIndex(where: { $0.state == .pending })
    else { return }
    hasExpired = true
    stop(at: index, why: "not set: it could not begin in time")
  }

  /// The first target of a nudge, by the guest.
  private func isYetToBeRead(before index: Int, at now: SteadyTime) -> Bool {
    let order = items[index].order
    guard order.nudge != nil,
      let first = items[..<index].last(where: { $0.order.domain == order.domain }),
      let writtenAt = first.writtenAt
    else { return false }
    return now - writtenAt < TargetOrder.nudgePause
  }

  /// A raise waits for what the lowered domains of the batch still hold.
  private func mustWait(for verdict: Verdict, _ item: Item, _ snapshot: Snapshot) -> Bool {
    guard !item.order.isLower, let startedAt, snapshot.steady - startedAt < patience else {
      return false
    }
    let isShort = verdict.findings.contains { $0.rule.kind == .hostMemory }
    // What memory does not cure is not waited for.
    let others = Verdict(findings: verdict.findings.filter { $0.rule.kind != .hostMemory })
    let someStillGive = items.contains { item in
      if case .following = item.state { item.order.isLower } else { false }
    }
    return isShort && someStillGive && item.agreed.objection(to: others) == nil
  }

  private func agreed(but domain: DomainID) -> [DomainID: Bytes] {
    var agreed: [DomainID: Bytes] = [:]
    for item in items where item.order.domain != domain && !item.state.isFinal {
      if !item.order.isLower { agreed[item.order.domain] = item.order.to }
    }
    return agreed
  }
}
