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
    let events = remembered.filter { $0.place.at == sampled.steady }.map(\.event)
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

  public func sampleTime(at wall: WallTime) -> SteadyTime? { samples.at(wall: wall) }

  public func events(
    _ direction: TimeDirection, than place: EventPlace?, where filter: EventFilter, limit: Int
  ) -> [PastEvent] {
    switch direction {
    case .earlier:
      let end = place.map { firstEvent(notBefore: $0) } ?? remembered.count
      return Self.first(limit, of: remembered[..<end].reversed(), filter)
    case .later:
      var begin = place.map { firstEvent(notBefore: $0) } ?? 0
      while begin < remembered.count, remembered[begin].place == place { begin += 1 }
      return Self.first(limit, of: remembered[begin...], filter)
    }
  }

  private static func first(
    _ limit: Int, of events: some Sequence<PastEvent>, _ filter: EventFilter
  ) -> [PastEvent] {
    var found: [PastEvent] = []
    for event in events {
      if found.count >= limit { break }
      if filter.shows(event.event) { found.append(event) }
    }
    return found
  }

  private func firstEvent(notBefore place: EventPlace) -> Int {
    var low = 0
    var high = remembered.count
    while low < high {
      let middle = (low + high) / 2
      if remembered[middle].place < place { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The track of a domain, if anything is remembered of it.
  func track(of domain: DomainID) -> Track? {
    (twins[domain] ?? keys[HistoryKey(domain)]).map { pasts[$0].track }
  }
}
