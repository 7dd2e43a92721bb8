/// The past as it was at an instant, and the way from sample to sample and event to event.
extension History {
  public var range: ClosedRange<SteadyTime>? {
    guard let first = samples.first, let last = samples.last else { return nil }
    return first...last
  }

  public func snapshot(at time: SteadyTime) -> Snapshot? {
    guard let sampled = samples.atOrBefore(time), let hostRow = hostTrack.row(at: sampled.steady)
    else { return nil }
    var domains: [DomainSample] = []
    for past in pasts {
      guard let row = past.track.row(at: sampled.steady),
        row[SampleRow.Column.present.rawValue] == 1
      else { continue }
      let text = Int(row[SampleRow.Column.text.rawValue])
      domains.append(
        SampleRow.sample(row, id: past.ids[text], text: past.texts[text], at: sampled.steady))
    }
    domains.sort { $0.id.domid < $1.id.domid }
    let events = remembered.filter { $0.time == sampled.steady }.map(\.event)
    return Snapshot(
      time: sampled.wall, steady: sampled.steady, host: HostMemory(row: hostRow, texts: hosts),
      domains: domains, events: events)
  }

  public func sampleTime(_ direction: TimeDirection, than time: SteadyTime) -> SteadyTime? {
    switch direction {
    case .earlier: samples.atOrBefore(time - Span(milliseconds: 1))?.steady
    case .later: samples.after(time)?.steady
    }
  }

  public func eventTime(_ direction: TimeDirection, than time: SteadyTime) -> SteadyTime? {
    guard let range else { return nil }
    switch direction {
    case .earlier:
      return remembered.last { $0.time < time && $0.time >= range.lowerBound }?.time
    case .later: return remembered.first { $0.time > time }?.time
    }
  }

  public func sampleTime(at wall: WallTime) -> SteadyTime? { samples.at(wall: wall) }

  public func events(of domain: DomainID?, until: SteadyTime, limit: Int) -> [HostEvent] {
    let key = domain.map(HistoryKey.init)
    var found: [HostEvent] = []
    for (time, event) in remembered.reversed() where time <= until {
      if found.count == limit { break }
      if key == nil || HistoryKey(event.domain) == key { found.append(event) }
    }
    return found
  }

  /// The track of a domain, if anything is remembered of it.
  func track(of domain: DomainID) -> Track? {
    keys[HistoryKey(domain)].map { pasts[$0].track }
  }
}
