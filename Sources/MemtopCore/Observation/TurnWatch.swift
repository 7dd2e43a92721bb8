/// Tells when a word about a domain becomes another, and how long the one before had lasted: its
/// pressure, its reports, whether its balloon is stuck, and whether it is paused.
///
/// The words are steady already (`PressureTracker`, `HealthTracker`); a guest that changes them all the
/// same, as fast as it can, is cut short by `TurnLimit`. A function of samples alone, so that what was
/// recorded before events were comes to the same (`DerivedEvents` in MemtopRecording).
package struct TurnWatch {
  private var pressure: Held<Pressure>?
  private var report: Held<ReportWord>?
  private var stuck: (target: Int64?, since: SteadyTime?)?
  private var pause: Pause?
  /// It has been built, and has not run yet.
  private var isBuilt = false
  private var wasHalted = false
  /// An old report of one that was paused is no news until then.
  private var excusedUntil = SteadyTime(milliseconds: .min)
  private var isExcused = false
  /// It reported once; who never did is not told of as silent.
  private var isHeard = false
  private var limit = TurnLimit()
  private var isBegun = false

  /// A word, as it was told last and as it is.
  private struct Held<Word: Equatable> {
    var told: Word
    var now: Word
    /// Since when it is what was told; nil where nobody saw it begin.
    var since: SteadyTime?

    var isPending: Bool { told != now }

    /// Takes the word as it is now: whether it is to be told. Where the limit holds it back it stays
    /// pending.
    mutating func turns(
      to word: Word, _ time: SteadyTime, _ limit: inout TurnLimit, _ tell: (HostEvent.Kind) -> Void
    ) -> Bool {
      guard now != word || isPending else { return false }
      if now != word, isPending { limit.skip() }
      now = word
      return isPending && limit.pass(time, tell)
    }
  }

  private struct Pause {
    var isTold: Bool
    var isPaused: Bool
    /// When the pause began; nil if that was not seen.
    var since: SteadyTime?

    /// What is destroyed is paused first, too: that is no news yet.
    static let patience = Span.seconds(3)

    var isPending: Bool { isTold != isPaused }

    func isDue(_ now: SteadyTime) -> Bool {
      isPending && (!isPaused || since.map { now - $0 >= Self.patience } ?? true)
    }
  }

  /// What there is to be seen of a domain.
  package struct Sight {
    var pressure: Pressure?
    var health: ReportHealth
    var target: Int64?
    var isStuck: Bool
    var isSettled: Bool
    var state: DomainState
    var life: DomainLife
    /// How old its reports may grow; nil is for ever, or not known.
    var limit: Span?

    /// nil where its state says neither.
    fileprivate var isPaused: Bool? {
      switch state {
      case .paused, .running, .stuck, .booting: life == .paused
      case .building, .crashed, .dying, .shutdown, .migrating, .reading: nil
      }
    }

    /// Its figures say nothing any more, and its keys go before it does.
    fileprivate var hasEnded: Bool {
      switch state {
      case .crashed, .dying, .shutdown: true
      case .paused, .running, .stuck, .booting, .building, .migrating, .reading: false
      }
    }

    init(_ sample: DomainSample) {
      (pressure, health, target) = (sample.pressure, sample.health, sample.target?.count)
      (isStuck, isSettled) = (sample.balloon.isStuck, sample.balloon.phase == .settled)
      (state, life) = (sample.state, sample.life)
      limit = sample.keptReport.flatMap { HealthRule.limit(of: $0) }
    }

    /// - Parameter row: as it was recorded (`SampleRow`).
    package init(_ row: [Int64], _ text: DomainText) {
      let code = row[SampleRow.Column.pressure.rawValue]
      pressure = UInt8(exactly: code).flatMap(Pressure.init)
      health = text.health
      target = row[SampleRow.Column.target.rawValue]
      (isSettled, isStuck) = SampleRow.balloonPhase(row)
      (state, life) = (SampleRow.state(row), text.life)
      limit = text.dialect.flatMap { HealthRule.limit($0, interval: text.interval) }
    }
  }

  /// An unpaused domain has this long to report again, or as long as its reports may be old.
  static let excuse = Span.seconds(30)

  package init() {}

  /// Nothing is left to be told, so that time alone changes nothing.
  package var isAtRest: Bool {
    pressure?.isPending != true && report?.isPending != true && pause?.isPending != true
      && limit.skipped == 0 && !isExcused
  }

  /// Takes the domain as it is now; what it is at first sight is no news.
  ///
  /// - Parameters:
  ///   - isBlind: xenstore cannot be read, so its reports cannot be seen.
  ///   - figure: the figure that made the pressure worse, in words.
  package mutating func note(
    _ sight: Sight, at now: SteadyTime, isBlind: Bool = false, figure: () -> String? = { nil },
    tell: (HostEvent.Kind) -> Void
  ) {
    if isBlind { excuse(sight, now) }
    defer { isBegun = true }
    if sight.health != .silent { isHeard = true }
    notePause(sight, now, tell)
    noteReport(sight, now, tell)
    if !sight.hasEnded {
      notePressure(sight.pressure, now, figure, tell)
      noteBalloon(sight, now, tell)
    }
    if limit.skipped > 0, limit.allows(now) { tell(limit.takeSkipped(now)) }
  }

  private mutating func notePressure(
    _ known: Pressure?, _ now: SteadyTime, _ figure: () -> String?,
    _ tell: (HostEvent.Kind) -> Void
  ) {
    // Not known and well are one here: health tells of what is not known.
    let word = known ?? .ok
    guard var held = pressure else { return pressure = Held(told: word, now: word) }
    defer { pressure = held }
    guard held.turns(to: word, now, &limit, tell) else { return }
    tell(
      .pressure(
        PressureTurn(
          from: held.told, to: known, after: held.since.map { now - $0 },
          figure: word > held.told ? figure() : nil)))
    (held.told, held.since) = (word, now)
  }

  private mutating func notePause(
    _ sight: Sight, _ now: SteadyTime, _ tell: (HostEvent.Kind) -> Void
  ) {
    if sight.state == .building { (pause, isBuilt) = (nil, true) }
    guard let isPaused = sight.isPaused else { return }
    // It is built while it is paused, and not all toolstacks write its target last.
    if pause == nil, isPaused, sight.state == .booting { isBuilt = true }
    if isBuilt, isPaused { return }
    isBuilt = false
    guard var held = pause else { return pause = Pause(isTold: isPaused, isPaused: isPaused) }
    if isPaused, !held.isPaused { held.since = now }
    held.isPaused = isPaused
    if held.isDue(now), limit.pass(now, tell) {
      held.isTold = isPaused
      tell(isPaused ? .paused : .unpaused(after: held.since.map { now - $0 }))
    }
    pause = held
  }

  /// From now on it has the time to report again.
  private mutating func excuse(_ sight: Sight, _ now: SteadyTime) {
    excusedUntil = now + max(Self.excuse, sight.limit ?? .zero)
  }

  /// Whether a report that is missing or old is normal: its domain does not run, or ran again only just.
  private mutating func excuses(_ sight: Sight, _ now: SteadyTime) -> Bool {
    func isNormal(_ health: ReportHealth) -> Bool {
      sight.life == .shutDown(.suspend) || Condition.needsNoReport(sight.state, health)
    }
    let isHalted = isNormal(.stale)
    if wasHalted, !isHalted { excuse(sight, now) }
    wasHalted = isHalted
    isExcused = sight.health == .stale && !isHalted && now < excusedUntil
    switch sight.health {
    case .stale, .silent: return isExcused || isNormal(sight.health)
    case .fresh, .unknownAge, .implausible, .unreadable: return false
    }
  }

  private mutating func noteReport(
    _ sight: Sight, _ now: SteadyTime, _ tell: (HostEvent.Kind) -> Void
  ) {
    let health = sight.health
    let isNormal = excuses(sight, now)
    let word = isHeard && !isNormal ? ReportWord(health) : .good
    guard var held = report else { return report = Held(told: word, now: word) }
    // What was told of it before still holds.
    if isNormal { return }
    defer { report = held }
    guard held.turns(to: word, now, &limit, tell) else { return }
    tell(word.event(health, after: held.since.map { now - $0 }))
    // What counts is how long there was nothing good.
    if held.told == .good || word == .good { held.since = now }
    held.told = word
  }

  /// That it is stuck is `BalloonFollower`'s to tell; it ends where its target is reached, or another.
  private mutating func noteBalloon(
    _ sight: Sight, _ now: SteadyTime, _ tell: (HostEvent.Kind) -> Void
  ) {
    if sight.isStuck {
      if stuck == nil { stuck = (sight.target, isBegun ? now : nil) }
      return
    }
    guard let before = stuck else { return }
    guard sight.isSettled || sight.target != before.target else { return }
    stuck = nil
    guard limit.pass(now, tell) else { return limit.skip() }
    tell(.stuckEnded(after: before.since.map { now - $0 }))
  }
}

/// What is to be said of a domain's reports, without the reason.
private enum ReportWord: Equatable {
  case good, stale, silent, implausible, unreadable

  init(_ health: ReportHealth) {
    switch health {
    case .fresh, .unknownAge: self = .good
    case .stale: self = .stale
    case .silent: self = .silent
    case .implausible: self = .implausible
    case .unreadable: self = .unreadable
    }
  }

  func event(_ health: ReportHealth, after: Span?) -> HostEvent.Kind {
    switch self {
    case .good: .reportBack(after: after)
    case .stale: .reportStale
    case .silent: .reportSilent
    case .implausible: .reportImplausible(health.reason ?? "")
    case .unreadable: .reportUnreadable(health.reason ?? "")
    }
  }
}

/// Tells when the host runs short of free memory, and when it no longer is: below the guard's reserve,
/// and a quarter of it above.
package struct HostWatch {
  private var isShort: Bool?
  private var since: SteadyTime?
  private var limit = TurnLimit()

  package init() {}

  /// - Parameter free: beside what is promised and claimed.
  package mutating func note(
    free: Bytes, total: Bytes, at now: SteadyTime, tell: (HostEvent.Kind) -> Void
  ) {
    let reserve = HostMemory.reserve(total: total)
    guard let before = isShort else { return isShort = free < reserve }
    guard before ? free >= reserve + reserve / 4 : free < reserve else { return }
    guard limit.pass(now, tell) else { return }
    tell(
      before
        ? .hostEnough(free: free, after: since.map { now - $0 })
        : .hostShort(free: free, reserve: reserve))
    (isShort, since) = (!before, now)
  }
}
