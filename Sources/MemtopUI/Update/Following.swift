import MemtopCore

extension AppState {
  /// How the change goes; at its end, what came of it, and the way back.
  mutating func follow(_ progress: ChangeProgress) {
    let wasRunning = change.map { !$0.isFinished } ?? false
    change = progress
    guard progress.isFinished, wasRunning else { return }
    rememberWayBack(progress)
    announce(progress)
  }

  /// Only what was written has to be undone, and what was undone has not.
  private mutating func rememberWayBack(_ progress: ChangeProgress) {
    if progress.steps.allSatisfy({ $0.order.reason == TargetOrder.undoing }) {
      return forget(progress)
    }
    let orders = progress.wayBack
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

  private mutating func announce(_ progress: ChangeProgress) {
    for step in progress.steps {
      guard case .failed(let why) = step.state else { continue }
      let name = step.order.name
      return say(why.hasPrefix(name) ? "Not done: \(why)" : "\(name): \(why)", .danger)
    }
    guard let first = progress.steps.first else { return }
    let nudged = Set(progress.steps.filter { $0.order.nudge != nil }.map(\.order.domain))
    if nudged.count == 1, progress.steps.count == 2, let last = progress.steps.last {
      return say("\(first.order.name) is nudged: its target is \(last.order.to.short) again")
    }
    say(
      progress.steps.count == 1
        ? "\(first.order.name): target \(first.order.to.short) is set. u undoes it"
        : "\(progress.steps.count) targets are set. u undoes them")
  }
}
