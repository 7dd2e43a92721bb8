/// Watches whether a domain's allocation goes where its target is.
///
/// Toolstacks and drivers keep some pages back or add some, so a domain at rest is a constant
/// *offset* away from its target. The first distance that is small is taken for it, and corrected
/// until it has held for a while. What distances need not be a journey is in `RestingDistance`.
package struct BalloonFollower {
  /// Off its target without progress for longer than this is stuck.
  static let patience = Span.seconds(20)
  /// As near as this is there.
  static let tolerance = Bytes.mib(1)
  /// Away for longer than this with nobody having moved its target, it moves by itself.
  static let absence = Span.seconds(5)
  private static let leastProgress = Bytes.kib(256)
  private static let leastRetreat = Bytes.mib(4)

  /// What is known of a domain at one moment.
  package struct Sight {
    var allocation: Bytes
    var target: Bytes?
    /// Real HVM domains hold it beside their target.
    var videoram = Bytes.zero
    /// MemTotal, as its kernel reports it.
    var total: Bytes?
    /// It serves devices to other domains.
    var isBackend = false
    /// It runs, and its kernel is up.
    var canMove = true
    /// It populates on demand: Xen itself allocates what a raise adds (p2m_pod_set_mem_target), so
    /// growing proves no driver. Nobody but a driver makes it smaller.
    var isPopulating = false
    /// Something else says that it has a balloon driver, or followed before.
    var isProven = false
    /// It says itself that it sets its own target.
    var isSelfBallooning = false
    var now: SteadyTime
  }

  package init() {}

  /// What has come of this target: told once each.
  package enum Turn { case none, arrived, stuck }

  package private(set) var state = BalloonState()
  /// It moved its balloon by itself, through sysfs for example: no target asked for that.
  private(set) var isWandering = false
  private var target: Bytes?
  private var nearest = Bytes.zero
  private var isCalibrated = false
  private var restsSince: SteadyTime?
  private var awaySince: SteadyTime?
  private var isStuckTold = false
  /// Its target was seen to be moved, and it has not been there yet: its distance is a journey.
  private var isSentAway = false
  /// It sets its own target: where it is says nothing.
  private var isLeftAlone = false

  /// While nothing of what it sees changes, time alone changes nothing of it either.
  var isAtRest: Bool {
    if isLeftAlone { return true }
    // Only another distance ends it.
    if case .stuck = state.phase { return true }
    guard case .settled = state.phase, !isWandering, awaySince == nil else { return false }
    return isCalibrated || target == nil
  }

  package mutating func update(_ sight: Sight) -> Turn {
    if sight.isProven { state.hasFollowed = true }
    isLeftAlone = false
    guard let target = sight.target else {
      state.phase = .settled
      self.target = nil
      return .none
    }
    if self.target != target || !sight.canMove { begin(target, sight) }
    guard sight.canMove else { return .none }
    if sight.isSelfBallooning {
      state.phase = .settled
      isLeftAlone = true
      return .none
    }
    let distance = sight.allocation - target
    if (distance - state.offset).magnitude <= Self.tolerance { return rest(sight) }
    guard case .settled = state.phase else { return move(distance, sight) }
    return leave(distance, sight)
  }

  private mutating func begin(_ new: Bytes, _ sight: Sight) {
    let isFirst = target == nil || !sight.canMove
    if target != new { isStuckTold = false }
    if let target, target != new { isSentAway = true }
    target = new
    (isWandering, awaySince, restsSince) = (false, nil, nil)
    let distance = sight.allocation - new
    if isFirst, !isCalibrated, !isSentAway, mayBeOffset(distance, sight) { state.offset = distance }
    state.startedFrom = sight.allocation
    nearest = (distance - state.offset).magnitude
    state.phase = nearest <= Self.tolerance ? .settled : moving(distance, since: sight.now)
  }

  private func mayBeOffset(_ distance: Bytes, _ sight: Sight) -> Bool {
    distance.magnitude <= BalloonState.widestOffset + sight.videoram
  }

  private func moving(_ distance: Bytes, since: SteadyTime) -> BalloonState.Phase {
    distance < state.offset ? .growing(since: since) : .shrinking(since: since)
  }

  /// It is where its target puts it.
  private mutating func rest(_ sight: Sight) -> Turn {
    nearest = .zero
    (isWandering, awaySince, isSentAway) = (false, nil, false)
    guard case .settled = state.phase else {
      state.phase = .settled
      restsSince = sight.now
      noteHalfway(.zero, sight)
      return .arrived
    }
    let since = restsSince ?? sight.now
    restsSince = since
    if sight.now - since >= Self.patience { isCalibrated = true }
    return .none
  }

  /// It was at rest and is elsewhere now, with the same target.
  private mutating func leave(_ distance: Bytes, _ sight: Sight) -> Turn {
    if !isCalibrated, mayBeOffset(distance, sight) {
      // The first distance was a journey's end after all, or its beginning.
      (state.offset, restsSince) = (distance, sight.now)
      return .none
    }
    if distance.magnitude < state.offset.magnitude {
      // Nearer to its target than it was at rest: what it had lent is back, or its driver woke up.
      (state.offset, isWandering, awaySince) = (distance, false, nil)
      return .none
    }
    if RestingDistance.isLent(distance - state.offset, sight) {
      (isWandering, awaySince) = (false, nil)
      return .none
    }
    let since = awaySince ?? sight.now
    awaySince = since
    if sight.now - since >= Self.absence { isWandering = true }
    return .none
  }

  private mutating func move(_ distance: Bytes, _ sight: Sight) -> Turn {
    let left = (distance - state.offset).magnitude
    if nearest - left >= Self.leastProgress {
      nearest = left
      state.phase = moving(distance, since: sight.now)
      noteHalfway(left, sight)
      return .none
    }
    switch state.phase {
    case .settled: return .none
    case .growing(let since), .shrinking(let since):
      guard sight.now - since >= Self.patience else { return .none }
      return giveUp(distance, left, since, sight)
    case .stuck:
      if isExplained(distance, sight) { return settle(distance, sight) }
      // Nobody asked it to go away from its target: it has a mind of its own.
      guard left - nearest >= Self.leastRetreat else { return .none }
      state.phase = .settled
      isWandering = true
      return .none
    }
  }

  /// No progress for long: stuck, or as near as its driver goes.
  private mutating func giveUp(
    _ distance: Bytes, _ left: Bytes, _ since: SteadyTime, _ sight: Sight
  ) -> Turn {
    let gone = (sight.allocation - state.startedFrom).magnitude
    if mayBeOffset(distance, sight), gone > left * (isCalibrated ? 8 : 1) {
      state.offset = distance
      return rest(sight)
    }
    if isExplained(distance, sight) { return settle(distance, sight) }
    state.phase = .stuck(since: since)
    defer { isStuckTold = true }
    return isStuckTold ? .none : .stuck
  }

  /// A distance that no driver will ever close, because of what the domain is; not that of one that was
  /// sent there and did not go.
  private func isExplained(_ distance: Bytes, _ sight: Sight) -> Bool {
    let gone = (sight.allocation - state.startedFrom).magnitude
    let left = (distance - state.offset).magnitude
    if sight.isBackend, RestingDistance.isLent(distance, sight) {
      return !isSentAway || gone * 4 > left
    }
    return RestingDistance.isCountedIn(distance, sight) && (!isSentAway || gone > left)
  }

  /// It rests at this distance; found so, that is no news.
  private mutating func settle(_ distance: Bytes, _ sight: Sight) -> Turn {
    let isNews = isSentAway
    state.offset = distance
    let turn = rest(sight)
    return isNews ? turn : .none
  }

  /// Going most of the way is following, wherever it stops.
  private mutating func noteHalfway(_ left: Bytes, _ sight: Sight) {
    if sight.isPopulating, sight.allocation >= state.startedFrom { return }
    let gone = (sight.allocation - state.startedFrom).magnitude
    if gone > Self.tolerance, gone > left { state.hasFollowed = true }
  }
}

extension BalloonFollower.Sight {
  /// A domain that runs and is nothing special.
  package init(allocation: Bytes, target: Bytes, total: Bytes?, now: SteadyTime) {
    self.init(
      allocation: allocation, target: target, videoram: .zero, total: total, isBackend: false,
      canMove: true, isPopulating: false, isProven: false, isSelfBallooning: false, now: now)
  }
}

/// Distances from its target at which a domain rests though it follows, wider than what toolstacks
/// keep back.
///
/// Only distances *below* the target: whoever holds more than it should has yet to give something.
enum RestingDistance {
  /// Any domain may lend this much: a few rings' worth of grants.
  static let leastLent = Bytes.mib(32)
  /// FreeBSD's is 256 MiB, the hole for devices below 4 GiB; larger ones come with larger devices.
  static let widestHole = Bytes.mib(512)
  /// Neither is more than an eighth of the target.
  static let share: Int64 = 8

  /// Whether it may be lent: Linux' backends give pages back to Xen for as long as they map guests'
  /// grants in their place, and take them again (drivers/xen/balloon.c, alloc_xenballooned_pages).
  static func isLent(_ distance: Bytes, _ sight: BalloonFollower.Sight) -> Bool {
    guard distance < .zero, let target = sight.target else { return false }
    let most = sight.isBackend ? max(leastLent, target / share) : min(leastLent, target / share)
    return distance.magnitude <= most
  }

  /// Whether its kernel has all the memory that it counts: FreeBSD takes the end of its memory for its
  /// amount, with the hole below 4 GiB in it, and so gives that much too much back
  /// (sys/dev/xen/balloon/balloon.c, xenballoon_attach). MemTotal then is what it holds, or what its
  /// target says; a report that says neither explains nothing.
  static func isCountedIn(_ distance: Bytes, _ sight: BalloonFollower.Sight) -> Bool {
    guard distance < .zero, let target = sight.target, let total = sight.total,
      distance.magnitude <= min(widestHole, target / share)
    else { return false }
    return total >= sight.allocation - kernelsOwn(sight.allocation)
      && total <= target + BalloonFollower.tolerance
  }

  /// What a kernel keeps for itself before it counts its memory.
  private static func kernelsOwn(_ allocation: Bytes) -> Bytes { .mib(64) + allocation / 16 }
}
