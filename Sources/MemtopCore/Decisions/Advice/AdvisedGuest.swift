/// The figures of one domain that advice is made from. A policy study has all of them, too.
package struct AdvisedGuest: Hashable, Sendable {
  /// Where it is told to be now, as SIZE.
  package var size: Bytes
  /// SIZE less what it holds where it has come to rest (videoram, the toolstack's offset).
  package var overhead: Bytes
  package var busy: Bytes?
  /// The highest that busy has been lately, fading (`BusyPeak`); nil is busy.
  package var peak: Bytes?
  package var swapUsed: Bytes?
  /// Bytes swapped in a second; nil where that is not known.
  package var swapInRate: Bytes?
  package var pressure: Pressure?
  package var staticMax: Bytes?
  /// SIZE that the toolstack guarantees it (dynamic-min).
  package var guaranteed: Bytes?
  /// Its figures may count cache as busy: it is never given more by them.
  package var mayCountCache: Bool
  /// Why nothing is advised for it, whatever its figures.
  package var objection: Hindrance?
  package var policy: MemoryPolicy

  package init(
    size: Bytes, overhead: Bytes = .zero, busy: Bytes?, peak: Bytes? = nil,
    swapUsed: Bytes? = nil, swapInRate: Bytes? = nil, pressure: Pressure? = nil,
    staticMax: Bytes? = nil,
    guaranteed: Bytes? = nil, mayCountCache: Bool = false, objection: Hindrance? = nil,
    policy: MemoryPolicy = MemoryPolicy()
  ) {
    self.size = size
    self.overhead = overhead
    self.busy = busy
    self.peak = peak
    self.swapUsed = swapUsed
    self.swapInRate = swapInRate
    self.pressure = pressure
    self.staticMax = staticMax
    self.guaranteed = guaranteed
    self.mayCountCache = mayCountCache
    self.objection = objection
    self.policy = policy
  }

  /// SIZE, in whole MiB, that is never gone below for another's sake.
  package var floor: Bytes { max(policy.floor ?? .zero, guaranteed ?? .zero) }

  /// What it may have at most; nil is no limit.
  var most: Bytes? {
    guard let ceiling = policy.ceiling else { return staticMax }
    return min(ceiling, staticMax ?? ceiling)
  }

  /// SIZE for `amount` in the guest: whole MiB, within floor and most.
  func size(holding amount: Bytes) -> Bytes {
    let whole = max(amount + overhead, floor).rounded(upTo: .mib(1))
    return min(whole, most ?? whole)
  }

  /// The goal with its size, and what bounds that.
  private func settled(_ goal: AdviceGoal) -> AdviceGoal {
    var goal = goal
    goal.overhead = overhead
    goal.size = size(holding: goal.sum - overhead)
    let free = goal.sum.rounded(upTo: .mib(1))
    if goal.size > free { goal.bound = .floor }
    if goal.size < free { goal.bound = isCeiling ? .ceiling : .staticMax }
    return goal
  }

  /// The policy's ceiling is below static-max.
  private var isCeiling: Bool {
    policy.ceiling.map { $0 < staticMax ?? $0 + .mib(1) } ?? false
  }

  /// Its programs lack memory. Waiting for files that the cache does not hold is pressure, too (the
  /// kernel counts refaults, Documentation/accounting/psi.rst), and makes it swap a little; one that
  /// swaps in no more than that and could still give its whole reserve lacks none: how much cache it
  /// is to have, its policy says.
  package var isPressed: Bool {
    guard let pressure, pressure > .ok else { return false }
    guard let swapInRate, swapInRate < Self.slightSwapIn, let busy else { return true }
    return size - overhead - busy < policy.reserve(busy: busy)
  }

  /// A second; from it on the swap-in rate alone makes a guest short (`PressureRule`).
  private static let slightSwapIn = Bytes.kib(512)

  /// The lowest SIZE at which the guard would not even warn.
  func safeSize(busy: Bytes) -> Bytes {
    (busy + Guard.reserve(busy: busy) * 2 + overhead).rounded(upTo: .mib(1))
  }

  /// What would be advised if the host had memory without end.
  package func advice() -> Result<Advice, NoAdvice> {
    if let objection { return .failure(NoAdvice(.hindered(objection))) }
    guard let busy else { return .failure(NoAdvice(.hindered(.busyUnknown))) }
    let goal = goal(busy: busy)
    let band = Advisor.deadBand(size: size)
    if goal.size - size > band || (size < floor && goal.size > size) {
      guard !mayCountCache else { return .failure(NoAdvice(.hindered(.xapiUnknown))) }
      return .success(Advice(target: goal.size, cause: cause(goal)))
    }
    let rest = rest(busy: busy)
    if size - rest.size > band {
      guard !isPressed else { return .failure(NoAdvice(.pressed(pressure ?? .ok))) }
      let step = max(band, (size - rest.size) / Advisor.downStep)
      let target = max(rest.size, (size - step).rounded(downTo: .mib(1)))
      return .success(Advice(target: target, cause: .surplus(rest)))
    }
    guard goal.sum - size > band, let most, most <= size + band else {
      return .failure(NoAdvice(.suits))
    }
    return .failure(NoAdvice(.atMost(isCeiling: isCeiling)))
  }

  private func cause(_ goal: AdviceGoal) -> Advice.Cause {
    guard case .swapped = goal.more, let pressure else { return .lacks(goal) }
    return .pressed(pressure, goal)
  }

  /// Where it should be at once, where that is more than it has.
  private func goal(busy: Bytes) -> AdviceGoal {
    let reserve = policy.reserve(busy: busy)
    return settled(
      AdviceGoal(
        busy: busy, beside: .reserve(reserve), more: more(busy: busy, reserve: reserve),
        size: .zero))
  }

  /// The larger of the two: nobody is given both.
  private func more(busy: Bytes, reserve: Bytes) -> AdviceGoal.More {
    let (coming, spent) = (coming(busy: busy), spent(busy: busy, reserve: reserve))
    guard max(coming, spent) > .zero else { return .nothing }
    return coming >= spent ? .swapped(coming) : .spent(spent)
  }

  /// Where it comes to rest by and by, where that is less.
  private func rest(busy: Bytes) -> AdviceGoal {
    let reserve = policy.reserve(busy: busy)
    let highest = max(busy, peak ?? busy)
    let ideal = settled(
      AdviceGoal(busy: highest, isPeak: highest > busy, beside: .reserve(reserve), size: .zero))
    let safe = safeSize(busy: busy)
    guard safe > ideal.size else { return ideal }
    return AdviceGoal(
      busy: busy, beside: .safety(Guard.reserve(busy: busy) * 2), overhead: overhead, size: safe)
  }

  /// As much again as the reserve where it has used up all it has: what it wants beyond that cannot
  /// be seen in what is busy, and with little swap it is killed before two more reports have told.
  private func spent(busy: Bytes, reserve: Bytes) -> Bytes {
    size - overhead - busy <= busy / 64 ? reserve : .zero
  }

  /// What a guest that is short or worse has in swap wants to come back, beside what is busy now.
  private func coming(busy: Bytes) -> Bytes {
    guard let pressure, pressure >= .short, isPressed, let swapUsed else { return .zero }
    return min(swapUsed, max(busy, .zero))
  }

  /// What it can give without feeling it: down to its reserve.
  func surplus() -> Bytes {
    guard objection == nil, !isPressed, let busy else { return .zero }
    let rest = max(size(holding: busy + policy.reserve(busy: busy)), safeSize(busy: busy))
    return max(.zero, size - rest).rounded(downTo: .mib(1))
  }

  /// What it can give beyond that for somebody who suffers: half its reserve.
  func spare() -> Bytes {
    guard objection == nil, !isPressed, let busy else { return .zero }
    let half = size(holding: busy + policy.reserve(busy: busy) / 2)
    let least = max(half, safeSize(busy: busy))
    return max(.zero, size - least).rounded(downTo: .mib(1))
  }
}

/// The highest that a guest's busy memory has been lately: what was wanted a moment ago may be
/// wanted again, so that memory is taken back only as the peak fades.
package struct BusyPeak: Hashable, Sendable {
  /// Of the distance to what is busy now, what is left after this is a third (1/e).
  package static let fading = Span.minutes(10)

  package private(set) var value: Bytes
  private var at: SteadyTime

  package init(_ busy: Bytes, at now: SteadyTime) {
    value = busy
    at = now
  }

  /// A report has come.
  package mutating func note(_ busy: Bytes, at now: SteadyTime) {
    let passed = min(max(.zero, now - at), Self.fading)
    at = now
    guard busy < value else {
      value = busy
      return
    }
    // A straight line for each step: reports come much more often than it fades.
    value -= (value - busy) / Self.fading.units * passed.units
  }
}
