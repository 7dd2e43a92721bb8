/// The regulator moves its guest until it knows that the guest was taken from it. That is no reason
/// against a change that was agreed to take it: the change starts from where the regulator put the guest.
extension ChangeRun {
  /// How often a change starts anew before it is said to have failed. The regulator lets go at the first
  /// foreign target that it sees, so that the second write is the last in practice.
  static let mostStarts = 4

  /// Notes which targets were set by others than the regulator: those changes are not written over.
  mutating func noteAuthors(in snapshot: Snapshot) {
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

  /// Lets the order at `index` start from what `snapshot` says, if only the regulator has changed that.
  /// - Returns: whether it does.
  mutating func startsAnew(_ index: Int, in snapshot: Snapshot) -> Bool {
    let item = items[index]
    guard item.agreed.takesFromRegulator, item.starts < Self.mostStarts, item.order.nudge == nil,
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

  /// Whether the write at `index` found another target than it was judged for, and may start anew. The
  /// next sample tells who set that.
  func mayStartAnew(_ index: Int, after outcome: TargetOutcome, videoram: Bytes) -> Bool {
    let item = items[index]
    guard item.agreed.takesFromRegulator, item.starts < Self.mostStarts,
      case .failed = outcome.ending
    else { return false }
    if let range = item.order.range {
      guard let present = outcome.range else { return false }
      return present != range.from && present != range.to
    }
    guard let size = outcome.target.map({ $0 + videoram }) else { return false }
    return size != item.order.from && size != item.order.to
  }
}
