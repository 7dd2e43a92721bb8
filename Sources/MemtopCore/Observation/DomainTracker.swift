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
  private var regulation: Regulation?
  private var authors = AuthorTracker()
  private var reports = ReportTracker()
  private var balloon = BalloonFollower()
  private var uncovered = UncoveredMemory()
  private var pressure = PressureTracker()
  private var health = HealthTracker()
  private var turns = TurnWatch()
  private var firstSeen: SteadyTime
  private var lastSeen: SteadyTime
  private var hasReported = false
  /// libxl names the two ends of a migration so.
  private var isNamedMoving = false
  private var suspendRequest = SuspendRequest()
  private var life: DomainLife
  private var lastAllocation: Bytes
  /// Nothing goes on in it.
  private(set) var rest: Rest?
  /// Its last sample, with its age as of steady time zero.
  var sample: DomainSample?
  /// What that has in the host's sums.
  var share: DomainShare?
  private var revision: UInt64 = 0

  /// - Parameter wasThere: it was there before memtop was, so its age is not known.
  init(_ reading: DomainReading, now: SteadyTime, wasThere: Bool) {
    id = reading.id
    life = reading.life
    lastAllocation = reading.allocation
    lastSeen = now
    firstSeen = wasThere ? now + Self.bootTime * -1 : now
  }

  /// Whether this reading would be judged as the last one was.
  func rests(with reading: DomainReading, at now: SteadyTime) -> Bool {
    rest?.holds(for: reading, at: now) ?? false
  }

  /// An order of memtop's own that is about to show in xenstore.
  func expect(_ order: TargetOrder, by author: ChangeAuthor, now: SteadyTime) {
    rest = nil
    authors.expect(order, by: author, now: now)
  }

  func withdraw(_ order: TargetOrder) { authors.withdraw(order) }

  /// The domain's sample; what happened goes to `tell`.
  /// - Parameter lastLook: when all domains that are known were looked at last.
  func judge(
    _ reading: DomainReading, own: KeptReport?, at time: Moment, lastLook: SteadyTime?,
    tell: (HostEvent.Kind) -> Void
  ) -> DomainSample {
    rest = nil
    guard reading.isRead else { return DomainSample(unread: reading) }
    lastSeen = max(lastSeen, lastLook ?? lastSeen)
    let isFirst = keys == nil
    // What is found at first sight did not happen just now.
    func tellNews(_ kind: HostEvent.Kind) { if !isFirst { tell(kind) } }
    if keys.map({ !$0.isSettled(as: reading.keys) }) ?? true {
      readKeys(reading.keys, now: time.steady, tell: tellNews)
    }
    keys = reading.keys
    suspendRequest.note(isThere: figures.isAskedToSuspend, now: time.steady)
    uncovered.note(reading.populateOnDemand, now: time.steady)
    trackReport(reading, own: own, now: time.steady)
    tellOfEnd(reading.life, tell: tellNews)
    follow(reading, at: time, tell: tellNews)
    let sample = makeSample(reading, at: time, tell: tellNews)
    if own == nil, isAtRest(sample, reading, at: time) {
      let ends = [reports.nextStale(after: time.steady), suspendRequest.end(at: time.steady)]
      rest = Rest(reading: reading, end: ends.compactMap(\.self).min())
    }
    (lastAllocation, lastSeen) = (reading.allocation, time.steady)
    return sample
  }

  /// Whether the sample holds for as long as nothing changes; false where time alone, or having been
  /// seen twice, makes a difference.
  private func isAtRest(
    _ sample: DomainSample, _ reading: DomainReading, at time: Moment
  ) -> Bool {
    let isYetToStart = facts.startedAt.map { $0 > time.wall } ?? false
    return balloon.isAtRest && health.isAtRest && pressure.isAtRest && turns.isAtRest
      && sample.state != .booting && !isYetToStart && lastAllocation == reading.allocation
      && uncovered.recent(at: time.steady) == .zero
  }

  private func readKeys(_ keys: StoreKeys, now: SteadyTime, tell: (HostEvent.Kind) -> Void) {
    let before = figures
    let isFirst = self.keys == nil
    figures = StoreFigures(keys)
    if facts.name.isEmpty || !facts.isMade(of: keys, like: self.keys) {
      let (former, wasMoving, read) = (facts, isNamedMoving, DomainFacts(keys))
      // A toolstack takes a domain's keys away before the domain: it is told of by the name it had.
      if read.isNamed || !facts.isNamed || facts.name.isEmpty { facts = read }
      isNamedMoving = facts.name.hasSuffix("--incoming") || facts.name.hasSuffix("--migratedaway")
      if former.isNamed, !former.name.isEmpty, former.name != facts.name, !wasMoving, !isNamedMoving
      {
        tell(.renamed(from: former.name))
      }
    }
    self.keys = keys
    if isFirst { authors.begin(figures.mark) }
    followRegulation(tell)
    guard let target = figures.target, target != before.target else { return }
    let size = target + figures.videoram
    let origin = authors.author(of: target, size: size, mark: figures.mark, now: now)
    // A guest's first target is its birth, not a change; dom0 may have lived without one.
    if before.target == nil, !id.isDom0 { return }
    let from = before.target.map { $0 + before.videoram }
    tell(.targetChanged(from: from, to: size, by: origin.author, why: origin.why))
  }

  /// Dom0's key of that name is the regulator's own.
  private func followRegulation(_ tell: (HostEvent.Kind) -> Void) {
    let before = regulation
    let isEmptied = keys?[.name] == nil && figures.target == nil
    // A toolstack takes a domain's keys away before the domain: nobody took it back.
    if isEmptied, figures.regulation == nil { return }
    regulation = id.isDom0 ? nil : figures.regulation.flatMap { Regulation($0, of: id.uuid) }
    guard regulation != before else { return }
    switch (regulation, before) {
    // Only where it is by now has changed.
    case (.regulated(let by, _), .regulated(let former, _)) where by == former: break
    case (.regulated(let by, _), _): tell(.regulated(by: by))
    case (.released(let why), _): tell(.released(why))
    case (.unwanted(let by), .regulated): tell(.released("taken back by \(by)"))
    case (nil, .regulated): tell(.released("taken back"))
    case (.wanted, _), (.unwanted, _), (nil, _): break
    }
  }

  private func trackReport(_ reading: DomainReading, own: KeptReport?, now: SteadyTime) {
    if let own {
      reports.update(own: own, allocation: reading.allocation, now: now)
    } else {
      reports.update(
        reading.keys, allocation: reading.allocation,
        held: max(reading.allocation, lastAllocation), lastLook: lastSeen, now: now)
    }
    if !reports.dialectReports.isEmpty { hasReported = true }
  }

  private func tellOfEnd(_ now: DomainLife, tell: (HostEvent.Kind) -> Void) {
    defer { life = now }
    guard now != life else { return }
    switch now {
    case .shutDown(.crash), .shutDown(.watchdog): tell(.crashed)
    case .running, .paused, .dying, .shutDown: break
    }
  }

  private func follow(
    _ reading: DomainReading, at time: Moment, tell: (HostEvent.Kind) -> Void
  ) {
    let sight = BalloonFollower.Sight(
      allocation: reading.allocation, target: figures.target, videoram: figures.videoram,
      total: reports.best(at: time.steady)?.report.total, isBackend: figures.isBackend,
      canMove: reading.life == .running && !isBeingMoved(reading, at: time.steady)
        && !isBooting(reading, at: time),
      isPopulating: reading.isPopulating,
      isProven: figures.hasBalloonFeature || figures.haveLed(reading),
      // Nobody moves a stub domain, so it is always where it belongs.
      isSelfBallooning: saysItSelfBalloons(at: time.steady) || figures.stubTarget != nil,
      now: time.steady)
    let turn = balloon.update(sight)
    guard let target = figures.target else { return }
    switch turn {
    case .none: break
    case .arrived: tell(.targetReached(target + figures.videoram))
    case .stuck: tell(.notFollowing(target: target + figures.videoram))
    }
  }

  /// Where a guest may not write `memory/selftarget`, its agent says so in the report.
  private func saysItSelfBalloons(at now: SteadyTime) -> Bool {
    figures.isSelfBallooning || reports.best(at: now)?.report.selfTarget != nil
  }

  private func makeSample(
    _ reading: DomainReading, at time: Moment, tell: (HostEvent.Kind) -> Void
  ) -> DomainSample {
    let dialectReport = reports.best(at: time.steady)
    let word = HealthRule.word(
      of: dialectReport,
      objection: dialectReport.flatMap { objection(to: $0, reading, time.steady) },
      problem: reports.problem, at: time.steady)
    let health = self.health.note(
      word, arrival: dialectReport?.arrival,
      isStanding: dialectReport?.report.dialect.isStanding == true,
      at: time.steady)
    revision += 1
    var findings = DomainSample.Findings(
      id: id, facts: facts, kind: reading.kind, life: reading.life,
      state: state(reading, at: time), allocation: reading.allocation, limit: reading.limit,
      claim: reading.claim, overhead: reading.overhead, target: figures.target,
      staticMax: figures.ceiling ?? figures.dom0Ceiling(reading),
      dynamicMin: figures.dynamicMin, dynamicMax: figures.dynamicMax, videoram: figures.videoram,
      populateOnDemand: reading.populateOnDemand, balloon: balloon.state,
      selfBallooning: saysItSelfBalloons(at: time.steady) || balloon.isWandering,
      lastChange: figures.mark, regulation: regulation, keptReport: dialectReport?.report,
      health: health,
      deviceModelOf: figures.stubTarget, deviceModel: figures.deviceModel, revision: revision)
    (findings.isUncooperative, findings.xapiFree) = (figures.isUncooperative, figures.xapiFree)
    findings.keptRange = figures.keptRange
    if let dialectReport, health.isReadable {
      fill(&findings, dialectReport, reading, now: time.steady)
    } else {
      pressure.forget()
    }
    let sample = DomainSample(
      consume findings, reportAge: dialectReport?.arrival.map { time.steady - $0 })
    turns.note(
      TurnWatch.Sight(sample), at: time.steady, isBlind: time.isBlind,
      figure: { PressureFigure.text(sample) }, tell: tell)
    return sample
  }

  private func objection(
    to dialectReport: ReportTracker.DialectReport, _ reading: DomainReading, _ now: SteadyTime
  ) -> String? {
    // A report tells of a moment that may be as old as the last reading.
    var held = max(dialectReport.allocation, reading.allocation, lastAllocation)
    if balloon.state.phase != .settled { held = max(held, balloon.state.startedFrom) }
    held += uncovered.recent(at: now)
    let bounds = Plausibility.Bounds(held: held, ceiling: figures.ceiling)
    return Plausibility.objection(to: dialectReport.report, bounds)
      ?? dialectReport.succession?.objection
  }

  private func fill(
    _ sample: inout DomainSample.Findings, _ dialectReport: ReportTracker.DialectReport,
    _ reading: DomainReading,
    now: SteadyTime
  ) {
    sample.take(dialectReport, uncovered: reading.populateOnDemand?.uncovered ?? .zero)
    sample.pressure = pressure.note(PressureTracker.Report(dialectReport, sample), now: now)
  }

  private func state(_ reading: DomainReading, at time: Moment) -> DomainState {
    switch reading.life {
    case .dying: return .dying
    case .shutDown(.crash), .shutDown(.watchdog): return .crashed
    case .shutDown(.suspend): return .migrating
    case .shutDown(.poweroff), .shutDown(.reboot), .shutDown(.softReset): return .shutdown
    case .paused where figures.target == nil && !id.isDom0:
      if isTakenDown { return .dying }
      if facts.isNamed { return .building }
    case .running, .paused: break
    }
    if isBeingMoved(reading, at: time.steady) { return .migrating }
    if isBooting(reading, at: time) { return .booting }
    if reading.life == .paused { return .paused }
    return balloon.state.isStuck ? .stuck : .running
  }

  /// libxl pauses a domain, removes its keys, and then destroys it (libxl_domain.c,
  /// libxl__destroy_domid, devices_destroy_cb): a large one is paused without keys for seconds.
  private var isTakenDown: Bool { facts.isNamed && keys?[.name] == nil }

  private func isBeingMoved(_ reading: DomainReading, at now: SteadyTime) -> Bool {
    isNamedMoving || reading.isBeingSaved || suspendRequest.end(at: now) != nil
  }

  /// Its kernel may still be counting on memory that its balloon driver has yet to give back.
  private func isBooting(_ reading: DomainReading, at time: Moment) -> Bool {
    if let left = reading.populateOnDemand, left.uncovered > .zero { return true }
    guard !hasReported, !id.isDom0 else { return false }
    if let started = facts.startedAt {
      let age = time.wall - started
      return age >= .zero && age < Self.bootTime
    }
    return time.steady - firstSeen < Self.bootTime
  }
}
