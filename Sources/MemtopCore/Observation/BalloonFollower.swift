/// Watches whether a domain's allocation goes where its target is.
struct BalloonFollower {
  /// Off its target without progress for longer than this is stuck.
  static let patience = Span.seconds(20)
  /// As near as this is there: libxl, Qubes and PV drivers each keep a few pages back.
  static let tolerance = Bytes.mib(1)
  /// A first distance up to this is the toolstack's way of building, not a journey.
  static let widestOffset = Bytes.mib(32)
  private static let leastProgress = Bytes.kib(256)

  private(set) var state = BalloonState()
  private var target: Bytes?
  private var nearest = Bytes.zero

  /// What has come of this target: told once each.
  enum Turn { case none, arrived, stuck }

  mutating func update(
    allocation: Bytes, target: Bytes?, evidence: Bool, isSelfBallooning: Bool, now: SteadyTime
  ) -> Turn {
    if evidence { state.hasFollowed = true }
    guard let target, !isSelfBallooning else {
      state.phase = .settled
      return .none
    }
    if self.target != target { begin(target, allocation, now) }
    return follow(allocation - target, allocation, now)
  }

  private mutating func begin(_ new: Bytes, _ allocation: Bytes, _ now: SteadyTime) {
    let isFirst = target == nil
    target = new
    let distance = allocation - new
    if isFirst, distance.magnitude <= Self.widestOffset { state.offset = distance }
    state.startedFrom = allocation
    nearest = (distance - state.offset).magnitude
    state.phase = nearest <= Self.tolerance ? .settled : moving(distance, since: now)
  }

  private func moving(_ distance: Bytes, since: SteadyTime) -> BalloonState.Phase {
    distance < state.offset ? .growing(since: since) : .shrinking(since: since)
  }

  private mutating func follow(_ distance: Bytes, _ allocation: Bytes, _ now: SteadyTime) -> Turn {
    let left = (distance - state.offset).magnitude
    if left <= Self.tolerance { return arrive(allocation) }
    if nearest - left >= Self.leastProgress {
      nearest = left
      state.phase = moving(distance, since: now)
      noteHalfway(left, allocation)
      return .none
    }
    switch state.phase {
    case .settled:
      nearest = left
      state.phase = moving(distance, since: now)
    case .growing(let since), .shrinking(let since):
      guard now - since >= Self.patience else { return .none }
      state.phase = .stuck(since: since)
      return .stuck
    case .stuck: break
    }
    return .none
  }

  private mutating func arrive(_ allocation: Bytes) -> Turn {
    nearest = .zero
    if case .settled = state.phase { return .none }
    state.phase = .settled
    noteHalfway(.zero, allocation)
    return .arrived
  }

  /// Going most of the way is following, wherever it stops.
  private mutating func noteHalfway(_ left: Bytes, _ allocation: Bytes) {
    let gone = (allocation - state.startedFrom).magnitude
    if gone > Self.tolerance, gone > left { state.hasFollowed = true }
  }
}
