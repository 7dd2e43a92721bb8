/// What became of an order: how its write ended, and how far the guest has come since.
extension ChangeRun {
  /// Notes how a write ended.
  package mutating func wrote(
    _ order: TargetOrder, _ outcome: TargetOutcome, videoram: Bytes, at time: SteadyTime
  ) {
    guard let index = items.firstIndex(where: { $0.order == order && $0.state == .writing }) else {
      return
    }
    items[index].hasLanded =
      order.range.map { outcome.range == $0.to } ?? (outcome.target == order.to - videoram)
    items[index].writtenAt = time
    if case .notTried = outcome.ending, let latest, time > latest {
      items[index].state = .pending
      return expire(at: time)
    }
    if mayStartAnew(index, after: outcome, videoram: videoram) {
      items[index].state = .pending
    } else if let failure = Self.failure(order, outcome, videoram: videoram) {
      stop(at: index, why: failure)
    } else {
      items[index].state = .following(since: time)
    }
  }

  /// What is wrong after a write: its own error, or what was read back.
  package static func failure(
    _ order: TargetOrder, _ outcome: TargetOutcome, videoram: Bytes
  ) -> String? {
    if let range = order.range { return range.failure(outcome, contest: order.contest) }
    let wanted = order.to - videoram
    switch outcome.ending {
    case .failed(let why): return why + readBack(order, outcome, wanted: wanted)
    case .timedOut(let delay): return "\(delay)" + readBack(order, outcome, wanted: wanted)
    case .notTried(let age): return TargetOutcome.held(age)
    case .written: break
    }
    guard let target = outcome.target else { return "the target could not be read back" }
    guard target == wanted else {
      return outcome.isContested
        ? TargetOrder.overtaken(by: target + videoram)
        : "the target reads back as \(target.kib) KiB, not \(wanted.kib)"
    }
    switch outcome.limit {
    case .at(let limit) where limit < target:
      return "its max_pages is \(limit.short), below the target: set the target again"
    case .notKnown: return "its target is set, but its max_pages could not be read back"
    case .at, .unlimited: break
    }
    return outcome.isContested ? order.contest : nil
  }

  /// libxl does not roll back: what a failure left behind.
  private static func readBack(
    _ order: TargetOrder, _ outcome: TargetOutcome, wanted: Bytes
  ) -> String {
    guard let target = outcome.target else { return "; its target could not be read back" }
    if let limit = outcome.limit.bytes, limit < target {
      return "; its max_pages is \(limit.short), below its target: set the target again"
    }
    if target == wanted { return "; but its target did change" }
    // libxl raises the limit first, and leaves it so.
    if let limit = outcome.limit.bytes, !order.isLower, target < wanted, limit >= wanted {
      return "; its max_pages is now \(limit.short), so it may grow to that: "
        + "set a target again to lower it"
    }
    return ""
  }

  mutating func stop(at index: Int, why: String) {
    items[index].state = .failed(why)
    abandon(after: items[index].order.name)
  }

  private mutating func abandon(after name: String) {
    for later in items.indices where items[later].state == .pending {
      items[later].state = .notAttempted(after: name)
    }
  }

  /// Sees how far each guest has come.
  mutating func follow(_ snapshot: Snapshot) {
    for index in items.indices {
      guard case .following(let since) = items[index].state else { continue }
      items[index].state = Self.progress(items[index].order, since: since, snapshot, patience)
      guard case .failed = items[index].state else { continue }
      if isOvertaken(index, in: snapshot), startsAnew(index, in: snapshot) { continue }
      // Ended, or somebody else's by now: not memtop's to take back.
      items[index].hasLanded = false
      abandon(after: items[index].order.name)
    }
  }

  private static func progress(
    _ order: TargetOrder, since: SteadyTime, _ snapshot: Snapshot, _ patience: Span
  ) -> ChangeState {
    guard let sample = snapshot.domain(order.domain) else {
      return .failed("the domain is gone")
    }
    switch sample.life {
    case .running, .paused, .shutDown(.suspend): break
    case .dying, .shutDown: return .failed("it shut down meanwhile")
    }
    // The snapshot must have seen the new target before its balloon says anything about it.
    if snapshot.steady > since, order.isInPlace(sample) {
      switch sample.balloon.phase {
      // One that balloons by itself is settled wherever it is.
      case .settled where sample.isOnTarget: return .arrived
      case .settled: break
      case .stuck: return .stuck(at: sample.allocation)
      case .growing, .shrinking: break
      }
    }
    if snapshot.steady > since, let overtaking = order.overtaking(after: sample) {
      return .failed(overtaking)
    }
    return snapshot.steady - since >= patience
      ? .late(at: sample.allocation) : .following(since: since)
  }
}

extension TargetOrder {
  package var isLower: Bool { from.map { to < $0 } ?? false }

  /// The way back; nil where there was no target before.
  package var reversed: TargetOrder? {
    guard let from else { return nil }
    var way = TargetOrder(
      domain: domain, name: name, from: to, to: from, reason: "undone by keystroke",
      range: range?.reversed)
    way.isUndo = true
    return way
  }
}

extension DomainSample {
  /// Whether it holds what its target tells it to, up to the toolstack's offset.
  var isOnTarget: Bool {
    guard let target = self.target else { return false }
    let distance = self.allocation - target - self.balloon.offset
    return distance.magnitude <= BalloonFollower.tolerance
  }
}
