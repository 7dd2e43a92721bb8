/// All that is remembered of one domain between two readings.
///
/// A class, so that a thousand of them are updated in place each second.
final class DomainTracker {
  /// A domain without a report counts as booting for this long.
  static let bootTime = Span.seconds(60)

  let id: DomainID
  private var keys: StoreKeys?
  private(set) var facts = DomainFacts(name: "")
  private(set) var figures = StoreFigures()
  private var reports = ReportTracker()
  private var balloon = BalloonFollower()
  private var pressure: Pressure?
  private var health: ReportHealth = .silent
  private var firstSeen: SteadyTime
  private var hasReported = false
  private var life: DomainLife = .running
  /// An order of memtop's own that is about to show in xenstore.
  var expected: (order: TargetOrder, author: ChangeAuthor)?

  /// - Parameter wasThere: it was there before memtop was, so its age is not known.
  init(_ reading: DomainReading, now: SteadyTime, wasThere: Bool) {
    id = reading.id
    life = reading.life
    firstSeen = wasThere ? now + Self.bootTime * -1 : now
  }

  /// The domain's sample; what happened goes to `tell`.
  func sample(
    _ reading: DomainReading, own: GuestReport?, at time: Moment, tell: (HostEvent.Kind) -> Void
  ) -> DomainSample {
    let isFirst = keys == nil
    if keys !== reading.keys { readKeys(reading.keys, isFirst: isFirst, tell: tell) }
    trackReport(reading, own: own, now: time.steady)
    if !isFirst, life != reading.life, case .shutDown(.crash) = reading.life { tell(.crashed) }
    life = reading.life
    follow(reading, now: time.steady, tell: isFirst ? { _ in } : tell)
    let sample = makeSample(reading, at: time)
    tellOfHealth(sample.health, tell: isFirst ? { _ in } : tell)
    return sample
  }

  private func readKeys(_ keys: StoreKeys, isFirst: Bool, tell: (HostEvent.Kind) -> Void) {
    let before = figures
    figures = StoreFigures(keys)
    if facts.name.isEmpty || !facts.isMade(of: keys, like: self.keys) {
      facts = DomainFacts(keys)
    }
    self.keys = keys
    guard !isFirst, let target = figures.target, target != before.target else { return }
    let size = target + figures.videoram
    let from = before.target.map { $0 + before.videoram }
    tell(.targetChanged(from: from, to: size, by: author(of: size)))
  }

  /// Whose change it was: ours, another memtop's by its mark, or somebody else's.
  private func author(of size: Bytes) -> ChangeAuthor? {
    if let expected, expected.order.to == size {
      self.expected = nil
      return expected.author
    }
    guard let mark = figures.mark, mark.size == size else { return nil }
    return .operatorNamed(mark.author)
  }

  private func trackReport(_ reading: DomainReading, own: GuestReport?, now: SteadyTime) {
    if let own {
      reports.update(own: own, allocation: reading.allocation, now: now)
      hasReported = true
    } else if reports.update(reading.keys, allocation: reading.allocation, now: now) {
      hasReported = true
    }
  }

  private func follow(
    _ reading: DomainReading, now: SteadyTime, tell: (HostEvent.Kind) -> Void
  ) {
    let markedTarget = figures.mark.map { $0.size - figures.videoram }
    let isMarked = markedTarget != nil && markedTarget == figures.target
    let isThere = figures.target.map {
      (reading.allocation - $0).magnitude <= BalloonFollower.widestOffset
    }
    let turn = balloon.update(
      allocation: reading.allocation, target: figures.target,
      evidence: figures.hasBalloonFeature || (isMarked && isThere == true),
      isSelfBallooning: figures.isSelfBallooning, now: now)
    switch (turn, figures.target) {
    case (.arrived, let target?): tell(.targetReached(target + figures.videoram))
    case (.stuck, let target?): tell(.notFollowing(target: target + figures.videoram))
    default: break
    }
  }

  private func makeSample(_ reading: DomainReading, at time: Moment) -> DomainSample {
    let voice = reports.best(at: time.steady)
    let health = judge(voice, reading, now: time.steady)
    var sample = DomainSample(
      id: id, facts: facts, kind: reading.kind, life: reading.life,
      allocation: reading.allocation, limit: reading.limit, claim: reading.claim,
      target: figures.target, staticMax: figures.staticMax, dynamicMin: figures.dynamicMin,
      dynamicMax: figures.dynamicMax, videoram: figures.videoram, balloon: balloon.state,
      selfBallooning: figures.isSelfBallooning, report: voice?.report, health: health,
      reportAge: voice?.arrival.map { time.steady - $0 })
    if let voice, health.isReadable { fill(&sample, voice) } else { pressure = nil }
    sample.state = state(reading, at: time)
    return sample
  }

  private func judge(
    _ voice: ReportTracker.Voice?, _ reading: DomainReading, now: SteadyTime
  ) -> ReportHealth {
    guard let voice else { return reports.problem.map { .unreadable($0) } ?? .silent }
    var held = max(voice.allocation, reading.allocation)
    if balloon.state.phase != .settled { held = max(held, balloon.state.startedFrom) }
    let bounds = Plausibility.Bounds(held: held, staticMax: figures.staticMax)
    if let why = Plausibility.objection(to: voice.report, bounds) { return .implausible(why) }
    return ReportTracker.health(voice, at: now)
  }

  private func fill(_ sample: inout DomainSample, _ voice: ReportTracker.Voice) {
    let report = voice.report
    if let available = report.available {
      sample.available = min(available, voice.allocation)
      sample.busy = max(.zero, voice.allocation - available)
    } else if let used = report.used {
      sample.busy = used
      sample.available = max(.zero, voice.allocation - used)
    }
    sample.cache = report.cache
    sample.swapUsed = report.swapUsed
    sample.swapInRate = reports.swapInRate
    sample.swapOutRate = reports.swapOutRate
    let figures = PressureRule.Figures(
      psiSome: report.psiSome, psiFull: report.psiFull, swapInRate: sample.swapInRate,
      available: sample.available, allocation: voice.allocation)
    pressure = PressureRule.word(figures, before: pressure)
    sample.pressure = pressure
  }

  private func tellOfHealth(_ now: ReportHealth, tell: (HostEvent.Kind) -> Void) {
    defer { health = now }
    guard now != health else { return }
    switch now {
    case .stale: tell(.reportStale)
    case .implausible(let why):
      if case .implausible = health { return }
      tell(.reportImplausible(why))
    case .fresh where health == .stale: tell(.reportBack)
    case .fresh, .unknownAge, .silent, .unreadable: break
    }
  }

  private func state(_ reading: DomainReading, at time: Moment) -> DomainState {
    switch reading.life {
    case .dying: return .dying
    case .shutDown(.crash), .shutDown(.watchdog): return .crashed
    case .shutDown(.suspend): return .migrating
    case .shutDown(.poweroff), .shutDown(.reboot), .shutDown(.softReset): return .shutdown
    case .paused: return isBooting(at: time) ? .booting : .paused
    case .running: break
    }
    if figures.isBeingMoved || Self.isMoving(facts.name) { return .migrating }
    if isBooting(at: time) { return .booting }
    return balloon.state.isStuck ? .stuck : .running
  }

  /// libxl's names for the two ends of a migration.
  private static func isMoving(_ name: String) -> Bool {
    name.utf8.count > 10 && (name.hasSuffix("--incoming") || name.hasSuffix("--migratedaway"))
  }

  private func isBooting(at time: Moment) -> Bool {
    guard !hasReported, !id.isDom0 else { return false }
    if let started = facts.startedAt {
      let age = time.wall - started
      return age >= .zero && age < Self.bootTime
    }
    return time.steady - firstSeen < Self.bootTime
  }
}

/// An instant by both clocks.
struct Moment {
  var wall: WallTime
  var steady: SteadyTime
}

extension ReportHealth {
  /// Whether its numbers may be shown as the guest's.
  var isReadable: Bool {
    switch self {
    case .fresh, .unknownAge, .stale: true
    case .silent, .implausible, .unreadable: false
    }
  }
}
