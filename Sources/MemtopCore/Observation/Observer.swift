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
    let at: SteadyTime
    var isTold = false
  }

  /// Ascending by domid.
  private var trackers: [DomainTracker] = []
  private var departed: [Departed] = []
  private var newcomers: [Newcomer] = []
  private var isFirst = true
  private var regulator = RegulatorWatch()
  private var hostWatch = HostWatch()

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
    trackers[index].expect(order, by: author)
  }

  /// The snapshot of a reading; readings must come in steady order.
  package func observe(_ reading: Reading) -> Snapshot {
    let moment = Moment(wall: reading.time, steady: reading.steady)
    var events: [HostEvent] = []
    meet(reading, moment, &events)
    var samples: [DomainSample] = []
    samples.reserveCapacity(reading.domains.count)
    // By index: iterators would copy each domain's reading.
    for index in reading.domains.indices {
      let id = reading.domains[index].id
      let own = id.isDom0 ? reading.host.dom0 : nil
      var happened: [HostEvent.Kind] = []
      let sample = trackers[index].sample(reading.domains[index], own: own, at: moment) {
        happened.append($0)
      }
      for kind in happened {
        events.append(HostEvent(time: reading.time, domain: id, name: sample.name, kind: kind))
      }
      samples.append(sample)
    }
    isFirst = false
    events.insert(contentsOf: named(samples, moment), at: 0)
    var host = HostMemory(reading, samples)
    let dom0 = reading.domains.first.flatMap { $0.id.isDom0 ? $0.keys : nil }
    func tell(_ kind: HostEvent.Kind) {
      events.append(
        HostEvent(time: reading.time, domain: HostEvent.host, name: host.hostname, kind: kind))
    }
    host.regulator = regulator.status(dom0, now: reading.steady) { tell(.regulator($0)) }
    hostWatch.note(
      free: host.uncommitted, total: host.total, at: reading.steady, tell: tell)
    return Snapshot(
      time: reading.time, steady: reading.steady, host: host,
      domains: samples, events: events, problem: reading.host.storeProblem)
  }

  /// Brings the trackers in line with the domains that there are now.
  private func meet(_ reading: Reading, _ now: Moment, _ events: inout [HostEvent]) {
    if hasSameDomains(as: reading) {
      if !departed.isEmpty { bury(now, &events) }
      return
    }
    // Both ascend by domid.
    var former = trackers[...]
    func part(_ tracker: DomainTracker) {
      departed.append(Departed(id: tracker.id, name: tracker.facts.name, at: now.steady))
    }
    trackers = reading.domains.map { domain in
      while let first = former.first, first.id.domid < domain.id.domid {
        part(former.removeFirst())
      }
      if let same = former.first, same.id == domain.id { return former.removeFirst() }
      return DomainTracker(domain, now: now.steady, wasThere: isFirst)
    }
    former.forEach(part)
    welcome(reading, now)
    bury(now, &events)
  }

  private func hasSameDomains(as reading: Reading) -> Bool {
    trackers.count == reading.domains.count
      && trackers.indices.allSatisfy { trackers[$0].id == reading.domains[$0].id }
  }

  /// Newcomers are starts, or reboots of those that have just gone.
  private func welcome(_ reading: Reading, _ now: Moment) {
    guard !isFirst else { return }
    for (domain, tracker) in zip(reading.domains, trackers) where tracker.facts.name.isEmpty {
      let former = departed.firstIndex {
        $0.id.uuid == domain.id.uuid && domain.id.uuid != .zero
      }
      let kind: HostEvent.Kind
      if let former {
        kind = .rebooted(formerDomid: departed[former].id.domid)
        departed.remove(at: former)
      } else {
        kind = .started
      }
      newcomers.append(Newcomer(id: domain.id, kind: kind, at: now))
    }
  }

  private func bury(_ now: Moment, _ events: inout [HostEvent]) {
    for index in departed.indices
    where !departed[index].isTold && now.steady - departed[index].at >= Self.goneTime {
      departed[index].isTold = true
      let gone = departed[index]
      events.append(HostEvent(time: now.wall, domain: gone.id, name: gone.name, kind: .gone))
    }
    departed.removeAll { now.steady - $0.at >= Self.rebootTime }
  }

  /// The newcomers that can be told of by name now.
  private func named(_ samples: [DomainSample], _ now: Moment) -> [HostEvent] {
    var events: [HostEvent] = []
    newcomers.removeAll { newcomer in
      let index = samples.firstIndex(domid: newcomer.id.domid, by: \.id.domid)
      guard let index, samples[index].id == newcomer.id else { return true }
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

extension HostMemory {
  /// Where the host's memory is, such that the parts sum to its total.
  init(_ reading: Reading, _ samples: [DomainSample]) {
    var dom0 = Bytes.zero
    var guests = Bytes.zero
    var dying = Bytes.zero
    var promised = Bytes.zero
    var overhead: Bytes?
    // In place: a copy of each would cost more than the sums.
    for index in samples.indices {
      promised += samples[index].promise
      if let own = samples[index].overhead { overhead = (overhead ?? .zero) + own }
      let allocation = samples[index].allocation
      switch samples[index].life {
      case .dying, .shutDown: dying += allocation
      case .running, .paused:
        if samples[index].id.isDom0 { dom0 += allocation } else { guests += allocation }
      }
    }
    let host = reading.host
    let known = dom0 + guests + dying + host.free + (overhead ?? .zero)
    self.init(
      hostname: host.hostname, xenVersion: host.xenVersion, total: max(host.total, known),
      dom0: dom0, guests: guests, dying: dying, xen: max(.zero, host.total - known),
      free: host.free, overhead: overhead, claimed: host.claimed, promised: promised,
      owner: host.owner)
    traits = host.traits
    nodes = host.nodes
  }
}

extension DomainSample {
  /// What it may still take of the host's free memory on its own: from what it holds to where its
  /// target puts it. A guest that balloons by itself may take it as well: its limit allows it.
  ///
  /// Without a target its limit is what it may take: libxl sets the limit before it builds a domain
  /// or receives its memory, and writes `memory/target` afterwards (libxl_dom.c, libxl__build_pre and
  /// libxl__build_post). What is claimed for it is counted as claimed. Four promise nothing: dom0,
  /// which often has no target; a domain without a limit; one without a name, because libxl names a
  /// domain before it gives it memory; and one whose keys were removed, because it is being destroyed.
  package var promise: Bytes {
    switch self.life {
    case .running, .paused, .shutDown(.suspend): break
    // A dying domain gives its memory back; it does not ask for it.
    case .dying, .shutDown: return .zero
    }
    guard let target = self.target else { return untargeted }
    return self.balloon.promise(to: target, from: self.allocation)
  }

  private var untargeted: Bytes {
    guard !self.id.isDom0, self.state != .dying, self.facts.isNamed, let limit = self.limit else {
      return .zero
    }
    return max(.zero, limit - self.allocation - self.claim)
  }
}
