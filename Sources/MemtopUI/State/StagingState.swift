import MemtopCore

/// What is staged, the change under way, and the way back. Only its own functions change it.
package struct StagingState: Sendable {
  /// Targets chosen but not applied, each bound to its domid and uuid.
  package private(set) var orders: [TargetOrder] = [] { didSet { refused = nil } }
  /// How many of them the guard refuses; nil until `reduce` has judged them: hundreds may be staged,
  /// and each is judged beside all others.
  private(set) var refused: Int?
  /// Doublings of the step, from what suits the domain.
  private var stepShift = 0
  /// The change under way, or the last one.
  package private(set) var change: ChangeProgress?
  /// The change whose way back is known: it may come to its end twice, where the regulator moved a target
  /// meanwhile.
  private var remembered: [Remembered] = []
  /// The way back from the last change, newest last.
  package private(set) var wayBack: [[TargetOrder]] = []

  private struct Remembered: Equatable {
    let domain: DomainID
    let to: Bytes
  }

  package var isEmpty: Bool { orders.isEmpty }
  var isChanging: Bool { change.map { !$0.isFinished } ?? false }

  /// Whether the last change was made after a sample: what that shows is from before it.
  func isAhead(of sample: SteadyTime) -> Bool {
    change?.steps.contains { step in
      if case .following(let since) = step.state { since >= sample } else { false }
    } ?? false
  }

  func order(for id: DomainID) -> TargetOrder? { orders.first { $0.domain == id } }
}

extension StagingState {
  /// What one keystroke adds to a domain: near 1/16 of it, a power of two, at least 1 MiB.
  func step(for sample: DomainSample?) -> Bytes {
    let size = sample.map { $0.size ?? $0.allocation } ?? .gib(2)
    var power = 20
    while power < 40, Bytes(3 << power) <= size / 8 { power += 1 }
    return Bytes(1 << min(40, max(20, Int64(power + stepShift))))
  }

  mutating func changeStep(_ doublings: Int, for sample: DomainSample?) {
    let before = step(for: sample)
    stepShift += doublings
    if step(for: sample) == before { stepShift -= doublings }
  }

  /// Stages one target; one that changes nothing is taken away.
  mutating func put(_ order: TargetOrder) {
    let place = orders.firstIndex { $0.domain == order.domain }
    if order.isIdle {
      if let place { orders.remove(at: place) }
    } else if let place {
      orders[place] = order
    } else {
      orders.append(order)
    }
  }

  mutating func drop() { orders = [] }

  mutating func keep(where isKept: (TargetOrder) -> Bool) { orders.removeAll { !isKept($0) } }

  /// What each order starts from may have changed meanwhile; what is there already is no order.
  mutating func renew(from snapshot: Snapshot) {
    for index in orders.indices {
      let sample = snapshot.domain(orders[index].domain)
      let reason = orders[index].reason
      if orders[index].nudge != nil {
        let nudge = sample.flatMap { TargetOrder.nudge(of: $0, reason: reason) }
        // One that moves again needs none, and is left where it is told to be.
        orders[index].nudge = nudge?.nudge
        if let to = nudge?.to ?? sample?.size { orders[index].to = to }
      }
      orders[index].from = sample?.size
      if let present = sample?.dynamicRange { orders[index].range?.from = present }
    }
    orders.removeAll(where: \.isIdle)
  }

  /// What the guard said holds no more.
  mutating func forgetJudgement() { refused = nil }

  mutating func judge(refused: Int) { self.refused = refused }
}

extension TargetOrder {
  /// On another host a range can be made a point only, since `memtop set` there takes a size.
  var isPossible: Bool { domain.host == .only || range?.to.isPoint != false }
}

extension StagingState {
  /// What was staged is being written.
  mutating func begin(_ rows: [Review.Row]) {
    remembered = []
    change = ChangeProgress(
      steps: rows.flatMap(\.order.steps).map { ChangeProgress.Step($0) })
    orders = []
  }

  /// - Returns: whether the change has just come to its end.
  mutating func follow(_ progress: ChangeProgress) -> Bool {
    let wasRunning = isChanging
    change = progress
    guard progress.isFinished, wasRunning else { return false }
    rememberWayBack(progress)
    return true
  }

  /// Only what was written has to be undone, and what was undone has not.
  private mutating func rememberWayBack(_ progress: ChangeProgress) {
    let change = progress.steps.map { Remembered(domain: $0.order.domain, to: $0.order.to) }
    guard change != remembered else { return }
    remembered = change
    if progress.isUndoing { return forget(progress) }
    let orders = progress.wayBack.filter(\.isPossible)
    guard !orders.isEmpty else { return }
    wayBack.append(orders)
    if wayBack.count > 20 { wayBack.removeFirst() }
  }

  /// Takes what was undone off the way back; `u` then leads further back.
  private mutating func forget(_ progress: ChangeProgress) {
    let undone = Set(progress.steps.filter(\.hasLanded).map(\.order.domain))
    guard var last = wayBack.popLast() else { return }
    last.removeAll { undone.contains($0.domain) }
    if !last.isEmpty { wayBack.append(last) }
  }

  mutating func dropLastWayBack() { wayBack.removeLast() }
}

/// How an agreed change goes, order by order.
package struct ChangeProgress: Hashable, Sendable {
  package struct Step: Hashable, Sendable {
    package var order: TargetOrder
    package var state: ChangeState
    /// The target was written, though the write may have failed.
    package var hasLanded: Bool

    package init(_ order: TargetOrder, _ state: ChangeState = .pending, hasLanded: Bool? = nil) {
      self.order = order
      self.state = state
      self.hasLanded = hasLanded ?? state.isSet
    }
  }

  package var steps: [Step]
  /// Nothing more will be written.
  package var isFinished: Bool

  package init(steps: [Step], isFinished: Bool = false) {
    self.steps = steps
    self.isFinished = isFinished
  }

  /// It was staged by `u`.
  package var isUndoing: Bool { steps.allSatisfy(\.order.isUndo) }

  /// The orders that lead back from what was written, to be staged and judged like any other.
  package var wayBack: [TargetOrder] {
    var ways: [TargetOrder] = []
    for step in steps where step.hasLanded {
      if let index = ways.firstIndex(where: { $0.domain == step.order.domain }) {
        ways[index].to = step.order.to
      } else {
        ways.append(step.order)
      }
    }
    // A nudge leads to where it began.
    return ways.filter { $0.from != $0.to || $0.range != nil }.compactMap(\.reversed)
  }
}

extension ChangeProgress {
  /// How a run goes; it is finished once all is written, though guests may still be on their way.
  package init(_ run: ChangeRun) {
    self.init(
      steps: run.items.map { Step($0.order, $0.state, hasLanded: $0.hasLanded) },
      isFinished: !run.items.contains(where: \.state.isToBeWritten))
  }
}
