/// Carries out a batch of agreed targets: what to do next, given what is known now.
///
/// Pure: the caller takes snapshots and writes; this decides. Lowers go first, raises as memory
/// arrives; each order is judged again right before it is written; the first failure stops the
/// rest; each guest is followed until it arrives or sticks.
public struct ChangeRun: Sendable {
  /// What has come of one order.
  public enum State: Hashable, Sendable {
    case pending
    case writing
    /// Written and read back; on its way since.
    case following(since: SteadyTime)
    case arrived
    /// Its balloon makes no progress; what it holds.
    case stuck(at: Bytes)
    /// Still on its way when patience ran out.
    case late(at: Bytes)
    case failed(String)
    case notAttempted(String)

    /// Nothing more will come of it.
    public var isFinal: Bool {
      switch self {
      case .pending, .writing, .following: false
      case .arrived, .stuck, .late, .failed, .notAttempted: true
      }
    }
  }

  public struct Item: Hashable, Sendable {
    public var order: TargetOrder
    /// The worst word that was agreed to.
    public var agreed: Verdict.Severity
    public var state: State = .pending
  }

  public enum Step: Hashable, Sendable {
    case write(TargetOrder)
    case wait
    /// The facts changed since it was agreed: nothing more is written until it is agreed anew.
    case judgedAnew(TargetOrder, Verdict)
    case finished
  }

  public private(set) var items: [Item]
  private let isForced: Bool
  private let patience: Span
  private var startedAt: SteadyTime?

  /// - Parameters:
  ///   - orders: with the worst severity that was agreed to for each.
  ///   - isForced: `memtop set --force`: refusals were agreed to. *Never* is never written.
  ///   - patience: how long to wait for memory, and for each guest to arrive.
  public init(
    _ orders: [(order: TargetOrder, agreed: Verdict.Severity)], isForced: Bool = false,
    patience: Span = .seconds(60)
  ) {
    items = orders.map { Item(order: $0.order, agreed: $0.agreed) }
    // Lowers first; a stable sort, so that the operator's order stays otherwise.
    items = items.filter(\.order.isLower) + items.filter { !$0.order.isLower }
    self.isForced = isForced
    self.patience = patience
  }

  public var isFinished: Bool { items.allSatisfy(\.state.isFinal) }

  /// What to do now. `facts` holds what the guard needs of each domain beside the snapshot.
  public mutating func next(_ snapshot: Snapshot, facts: [DomainID: GuardFacts] = [:]) -> Step {
    if startedAt == nil { startedAt = snapshot.steady }
    follow(snapshot)
    guard let index = items.firstIndex(where: { $0.state == .pending }) else {
      return isFinished ? .finished : .wait
    }
    if items.contains(where: { $0.state == .writing }) { return .wait }
    let order = items[index].order
    var known = facts[order.domain] ?? GuardFacts()
    known.agreed = agreed(but: order.domain)
    let verdict = Guard.verdict(on: order.domain, to: order.to, in: snapshot, facts: known)
    if mustWait(for: verdict, order, snapshot) { return .wait }
    let present = snapshot.domain(order.domain)?.size
    guard verdict.severity <= items[index].agreed, present == order.from,
      verdict.severity < .refuse || (isForced && verdict.severity == .refuse)
    else {
      stop(at: index, why: Self.reason(verdict, present, order))
      return .judgedAnew(order, verdict)
    }
    items[index].state = .writing
    return .write(order)
  }

  private static func reason(_ verdict: Verdict, _ present: Bytes?, _ order: TargetOrder) -> String
  {
    if let present, present != order.from {
      return "somebody else set its target to \(present.short) meanwhile"
    }
    return verdict.findings.first?.text ?? "it was judged anew"
  }

  /// A raise waits for what the lowered domains of the batch still hold.
  private func mustWait(for verdict: Verdict, _ order: TargetOrder, _ snapshot: Snapshot) -> Bool {
    guard let startedAt, snapshot.steady - startedAt < patience else { return false }
    let isShort = verdict.findings.contains { $0.rule == "host-short" || $0.rule == "host-reserve" }
    let someStillGive = items.contains { item in
      if case .following = item.state { item.order.isLower } else { false }
    }
    return isShort && someStillGive && !order.isLower
  }

  private func agreed(but domain: DomainID) -> [DomainID: Bytes] {
    var agreed: [DomainID: Bytes] = [:]
    for item in items where item.order.domain != domain && !item.state.isFinal {
      if !item.order.isLower { agreed[item.order.domain] = item.order.to }
    }
    return agreed
  }

  /// Notes how a write ended.
  public mutating func wrote(
    _ order: TargetOrder, _ outcome: TargetOutcome, videoram: Bytes, at time: SteadyTime
  ) {
    guard let index = items.firstIndex(where: { $0.order == order && $0.state == .writing }) else {
      return
    }
    if let failure = Self.failure(order, outcome, videoram: videoram) {
      stop(at: index, why: failure)
    } else {
      items[index].state = .following(since: time)
    }
  }

  /// What is wrong after a write: its own error, or what was read back.
  public static func failure(
    _ order: TargetOrder, _ outcome: TargetOutcome, videoram: Bytes
  ) -> String? {
    let wanted = order.to - videoram
    switch outcome.ending {
    case .failed(let why): return why + readBack(outcome, wanted: wanted)
    case .timedOut:
      return "another program holds the domain's lock; nothing was changed in time, and nothing"
        + " will be" + readBack(outcome, wanted: wanted)
    case .written: break
    }
    guard let target = outcome.target else { return "the target could not be read back" }
    guard target == wanted else {
      return "the target reads \(target.kib) KiB afterwards, not \(wanted.kib)"
    }
    if let limit = outcome.limit, limit < target {
      return "its max_pages is \(limit.short), below the target: set the target again"
    }
    return nil
  }

  /// libxl does not roll back: what a failure left behind.
  private static func readBack(_ outcome: TargetOutcome, wanted: Bytes) -> String {
    guard let target = outcome.target else { return "; its target could not be read back" }
    if let limit = outcome.limit, limit < target {
      return "; its max_pages is \(limit.short), below its target: set the target again"
    }
    return target == wanted ? "; yet its target is the new one" : ""
  }

  private mutating func stop(at index: Int, why: String) {
    let name = items[index].order.name
    items[index].state = .failed(why)
    for later in items.indices where items[later].state == .pending {
      items[later].state = .notAttempted("not attempted after \(name) failed")
    }
  }

  /// Sees how far each guest has come.
  private mutating func follow(_ snapshot: Snapshot) {
    for index in items.indices {
      guard case .following(let since) = items[index].state else { continue }
      items[index].state = Self.progress(items[index].order, since: since, snapshot, patience)
    }
  }

  private static func progress(
    _ order: TargetOrder, since: SteadyTime, _ snapshot: Snapshot, _ patience: Span
  ) -> State {
    guard let sample = snapshot.domain(order.domain) else {
      return .failed("the domain is gone")
    }
    // The snapshot must have seen the new target before its balloon says anything about it.
    if snapshot.steady > since, sample.size == order.to {
      switch sample.balloon.phase {
      case .settled: return .arrived
      case .stuck: return .stuck(at: sample.allocation)
      case .growing, .shrinking: break
      }
    }
    if snapshot.steady > since, let size = sample.size, size != order.to, size != order.from {
      return .failed("somebody else set its target to \(size.short) meanwhile")
    }
    return snapshot.steady - since >= patience
      ? .late(at: sample.allocation) : .following(since: since)
  }

  /// The orders that lead back from what was written, to be staged and judged like any other.
  public var wayBack: [TargetOrder] {
    items.compactMap { item in
      switch item.state {
      case .following, .arrived, .stuck, .late: item.order.reversed
      case .pending, .writing, .failed, .notAttempted: nil
      }
    }
  }
}

extension TargetOrder {
  public var isLower: Bool { from.map { to < $0 } ?? false }

  /// The way back; nil where there was no target before.
  public var reversed: TargetOrder? {
    from.map { TargetOrder(domain: domain, name: name, from: to, to: $0, reason: "undone") }
  }
}
