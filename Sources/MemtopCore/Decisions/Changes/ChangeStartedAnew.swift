/// The regulator moves its guest until it knows that the guest was taken from it. That is no reason
/// against a change that was agreed to take it: the change starts from where the regulator put the guest.
extension ChangeRun {
  /// How many moves of the regulator a change follows; the next one is a failure. The regulator releases
  /// the guest when it sees a target that it did not set, so in practice the second write is the last.
  static let mostStarts = 4

  /// Notes which targets were set by others than the regulator: those changes are not written over.
  package mutating func noteAuthors(in snapshot: Snapshot) {
    for event in snapshot.events {
      guard case .targetChanged(_, _, let author, _) = event.kind else { continue }
      switch author {
      case .you, .regulator: break
      case .operatorNamed, nil: changedByOthers.insert(event.domain)
      }
    }
  }

  /// Whether the written order at `index` was overtaken.
  func isOvertaken(_ index: Int, in snapshot: Snapshot) -> Bool {
    let order = items[index].order
    return snapshot.domain(order.domain).flatMap { order.overtaking(after: $0) } != nil
  }

  /// Makes the order at `index` begin at the target in `snapshot`, if the regulator set that.
  /// - Returns: whether it does.
  mutating func startsAnew(_ index: Int, in snapshot: Snapshot) -> Bool {
    let item = items[index]
    guard item.mayFollowRegulator, item.order.nudge == nil,
      !changedByOthers.contains(item.order.domain),
      let sample = snapshot.domain(item.order.domain), sample.regulation?.isRegulated == true,
      let size = sample.size
    else { return false }
    items[index].order.from = size
    if let range = item.order.range, let present = sample.dynamicRange {
      items[index].order.range = RangeChange(from: present, to: range.to)
    }
    items[index].starts += 1
    items[index].state = .pending
    return true
  }

  /// Whether the write at `index` failed because the target had changed, and the order may begin at the new
  /// one. The next sample tells who set it.
  func mayStartAnew(_ index: Int, after outcome: TargetOutcome, videoram: Bytes) -> Bool {
    let item = items[index]
    guard item.mayFollowRegulator, case .failed = outcome.ending else { return false }
    if let range = item.order.range {
      guard let present = outcome.range else { return false }
      return present != range.from && present != range.to
    }
    guard let size = outcome.target.map({ $0 + videoram }) else { return false }
    return size != item.order.from && size != item.order.to
  }
}

extension ChangeRun.Item {
  /// The operator agreed to take the guest from the regulator, and the limit is not reached.
  fileprivate var mayFollowRegulator: Bool {
    agreed.takesFromRegulator && starts < ChangeRun.mostStarts
  }
}
