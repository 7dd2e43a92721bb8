import MemtopCore

extension AppState {
  /// How the change goes; at its end, what came of it, and the way back.
  mutating func follow(_ progress: ChangeProgress) {
    if staging.follow(progress) { announce(progress) }
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
