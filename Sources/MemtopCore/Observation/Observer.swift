/// Turns readings of a host into snapshots: keeps between them what it takes to tell freshness,
/// rates, pressure, progress and events.
///
/// Not thread-safe; one observer a source.
package final class Observer {
  /// A domain of the same uuid that comes within this time after one has gone rebooted.
  static let rebootTime = Span.minutes(2)

  /// A domain told as gone only once it is clear that it was no quick reboot.
  private static let goneTime = Span.seconds(5)

  private struct Departed {
    let id: DomainID
    let name: String
    let at: Moment
    var isTold = false
  }

  /// Ascending by domid.
  private var trackers: [DomainTracker] = []
  private var departed: [Departed] = []
  private var newcomers: [Newcomer] = []
  private var isFirst = true
  private var regulator = RegulatorWatch()
  private var hostWatch = HostWatch()
  private var sums = HostSums()
  /// As they were read last; the same storage again is read as the same.
  private var readings: [DomainReading] = []
  /// The domains' samples, with ages as of steady time zero; those at rest are kept.
  private var samples = KeptSamples()
  /// The places of domains that are judged at every reading.
  private var restless: [Int] = []
  /// Until when the others rest if nothing changes; nil is for ever.
  private var restEnd: SteadyTime?
  /// The time of the last reading.
  private var lastLook: SteadyTime?

  /// A domain is built before it is named: it is told of once it has a name, or after this long.
  private static let namingTime = Span.seconds(5)

  private struct Newcomer {
    let id: DomainID
    let kind: HostEvent.Kind
    let at: Moment
  }

  package init() {}

  /// memtop is about to carry out this order: its arrival in xenstore is ours.
  package func expect(_ order: TargetOrder, by author: ChangeAuthor) {
    guard let index = trackers.firstIndex(domid: order.domain.domid, by: \.id.domid),
      trackers[index].id == order.domain
    else { return }
    trackers[index].expect(order, by: author, now: lastLook ?? SteadyTime(milliseconds: 0))
    if !restless.contains(index) { restless = (restless + [index]).sorted() }
  }

  /// That order was not carried out: if someone else sets the same target, that is theirs.
  package func withdraw(_ order: TargetOrder) {
    trackers.first { $0.id == order.domain }?.withdraw(order)
  }

  /// The snapshot of a reading; readings must come in steady order.
  package func observe(_ reading: Reading) -> Snapshot {
    let isBlind = reading.host.storeProblem != nil
    let moment = Moment(wall: reading.time, steady: reading.steady, isBlind: isBlind)
    var events: [HostEvent] = []
    let changed = changedPlaces(in: reading)
    if changed == nil { meet(reading, moment) }
    if !departed.isEmpty { bury(moment, &events) }
    judge(reading, changed.flatMap { placesToJudge(reading, $0) }, moment, &events)
    (readings, lastLook) = (reading.domains, reading.steady)
    isFirst = false
    events.insert(contentsOf: named(moment), at: 0)
    var host = HostMemory(reading.host, sums)
    func tell(_ kind: HostEvent.Kind) {
      events.append(
        HostEvent(time: reading.time, domain: HostEvent.host, name: host.hostname, kind: kind))
    }
    if let dom0 = reading.domains.first, dom0.id.isDom0, dom0.isRead {
      host.regulator = regulator.status(dom0.keys, now: reading.steady, isBlind: isBlind) {
        tell(.regulator($0))
      }
    }
    // Without xenstore, no target is known: what the domains may take is not.
    if !isBlind {
      hostWatch.note(free: host.uncommitted, total: host.total, at: reading.steady, tell: tell)
    }
    return Snapshot(
      time: reading.time, steady: reading.steady, host: host,
      domains: DomainSamples(samples, at: reading.steady), events: events,
      problem: reading.host.storeProblem)
  }

  /// Where something else was read than last; nil where the domains are others.
  private func changedPlaces(in reading: Reading) -> [Int]? {
    if reading.domains.isIdentical(to: readings) { return [] }
    guard reading.domains.count == readings.count else { return nil }
    var changed: [Int] = []
    for place in readings.indices where reading.domains[place] !== readings[place] {
      guard reading.domains[place].id == trackers[place].id else { return nil }
      changed.append(place)
    }
    return changed
  }

  /// The places whose domains changed or are not at rest; nil is all of them.
  private func placesToJudge(_ reading: Reading, _ changed: [Int]) -> [Int]? {
    if let restEnd, reading.steady > restEnd { return nil }
    if reading.host.dom0 != nil, restless.first != 0 { return nil }
    if changed.isEmpty { return restless }
    return changed.count < trackers.count / 2 ? Self.merged(restless, changed) : nil
  }

  /// Both ascend, and so does what comes of them.
  private static func merged(_ one: [Int], _ other: [Int]) -> [Int] {
    var (rest, places) = (other[...], [Int]())
    places.reserveCapacity(one.count + other.count)
    for place in one {
      while let next = rest.first, next < place { places.append(rest.removeFirst()) }
      if rest.first == place { rest.removeFirst() }
      places.append(place)
    }
    return places + rest
  }

  /// Judges the domains at these places, or all that are not at rest.
  private func judge(
    _ reading: Reading, _ places: [Int]?, _ now: Moment, _ events: inout [HostEvent]
  ) {
    restless.removeAll(keepingCapacity: true)
    if places == nil { restEnd = nil }
    for place in places ?? Array(trackers.indices) {
      let (domain, tracker) = (reading.domains[place], trackers[place])
      let own = place == 0 && domain.id.isDom0 ? reading.host.dom0 : nil
      if own != nil || !tracker.rests(with: domain, at: now.steady) {
        judge(domain, at: place, own.map { KeptReport($0) }, now, &events)
      } else if place == samples.count {
        samples.put(tracker.sample!, at: place)
      }
      noteRest(of: tracker, at: place)
    }
  }

  private func noteRest(of tracker: DomainTracker, at place: Int) {
    guard let rest = tracker.rest else { return restless.append(place) }
    if let end = rest.end { restEnd = min(restEnd ?? end, end) }
  }

  private func judge(
    _ domain: DomainReading, at place: Int, _ own: KeptReport?, _ now: Moment,
    _ events: inout [HostEvent]
  ) {
    let tracker = trackers[place]
    var happened: [HostEvent.Kind] = []
    let sample = tracker.judge(domain, own: own, at: now, lastLook: lastLook) {
      happened.append($0)
    }
    let share = DomainShare(sample)
    sums.put(share, before: tracker.share)
    tracker.share = share
    for kind in happened {
      events.append(HostEvent(time: now.wall, domain: domain.id, name: sample.name, kind: kind))
    }
    let kept = sample.aged(by: -now.steady.milliseconds)
    tracker.sample = kept
    samples.put(kept, at: place)
  }

  /// Brings the trackers in line with the domains that there are now.
  private func meet(_ reading: Reading, _ now: Moment) {
    // Both ascend by domid.
    var former = trackers[...]
    func part(_ tracker: DomainTracker) {
      sums.put(nil, before: tracker.share)
      departed.append(Departed(id: tracker.id, name: tracker.facts.name, at: now))
    }
    var arrived: [DomainID] = []
    trackers = reading.domains.map { domain in
      while let first = former.first, first.id.domid < domain.id.domid {
        part(former.removeFirst())
      }
      if let same = former.first, same.id == domain.id { return former.removeFirst() }
      arrived.append(domain.id)
      return DomainTracker(domain, now: now.steady, wasThere: isFirst)
    }
    former.forEach(part)
    samples = KeptSamples()
    welcome(arrived, now)
  }

  /// Newcomers are starts, or reboots of those that have just gone.
  private func welcome(_ arrived: [DomainID], _ now: Moment) {
    guard !isFirst else { return }
    for id in arrived {
      let former = departed.firstIndex { $0.id.uuid == id.uuid && id.uuid != .zero }
      let kind: HostEvent.Kind
      if let former {
        kind = .rebooted(formerDomid: departed[former].id.domid)
        departed.remove(at: former)
      } else {
        kind = .started
      }
      newcomers.append(Newcomer(id: id, kind: kind, at: now))
    }
  }

  private func bury(_ now: Moment, _ events: inout [HostEvent]) {
    for index in departed.indices
    where !departed[index].isTold && now.steady - departed[index].at.steady >= Self.goneTime {
      departed[index].isTold = true
      let gone = departed[index]
      events.append(
        HostEvent(time: gone.at.wall, domain: gone.id, name: gone.name, kind: .gone))
    }
    departed.removeAll { now.steady - $0.at.steady >= Self.rebootTime }
  }

  /// The newcomers that can be told of by name now.
  private func named(_ now: Moment) -> [HostEvent] {
    var events: [HostEvent] = []
    newcomers.removeAll { newcomer in
      let index = trackers.firstIndex(domid: newcomer.id.domid, by: \.id.domid)
      guard let index, trackers[index].id == newcomer.id else { return true }
      let facts = samples[index].facts
      guard facts.isNamed || now.steady - newcomer.at.steady >= Self.namingTime else {
        return false
      }
      events.append(
        HostEvent(
          time: newcomer.at.wall, domain: newcomer.id, name: facts.name, kind: newcomer.kind))
      return true
    }
    return events
  }
}
