/// The past of this run: every snapshot, as changes, under a byte budget.
///
/// Appending compares one row for each domain that was judged again and stores only what changed, about a
/// dozen bytes. Over the budget, the oldest chunks of all tracks are dropped. Events are not in the
/// budget: their newest are kept, up to a number of their own.
package final class History: HistoryReader {
  /// One domain's track, and the texts that its rows refer to.
  struct Past {
    var track = Track()
    var texts: [PastText] = []
    /// Whose it is; nil where it is nobody's any more.
    var key: HistoryKey?
    /// Of the sparkline that was asked for last.
    var live: LiveCells?

    /// - Returns: by how many bytes it has become heavier.
    fileprivate mutating func append(_ row: [Int64], at time: SteadyTime) -> Int {
      live?.note(time, row)
      return track.append(row, at: time)
    }
  }

  private let budget: Int
  private let mostEvents: Int
  private(set) var weight = 0
  private(set) var keys: [HistoryKey: Int] = [:]
  /// Places of domains that came while another of the same uuid was there: a migration within the host.
  private(set) var twins: [DomainID: Int] = [:]
  /// The place of each domain of the last snapshot, so that most need no look-up, and what was last
  /// appended there.
  private var lastPlaces: [(id: DomainID, place: Int, revision: UInt64)] = []
  private var lastDomains: DomainSamples = []
  var pasts: [Past] = []
  /// Places of domains that are forgotten, to be used again.
  private var freePlaces: [Int] = []
  /// The gaps in the cells that were asked for last: every domain's sparkline asks for the same.
  private var lastGaps: (cells: ChartCells, last: SteadyTime?, gaps: [Bool])?
  private var row = [Int64](repeating: 0, count: SampleRow.width)
  private(set) var samples = SampleTimes()
  private(set) var hostTrack = Track()
  private(set) var hosts: [HostMemory] = []
  /// Which hosts were missing, of several; by the same places as `hosts`.
  private var missing: [[HostNumber]] = []
  /// Oldest first.
  private(set) var remembered: [PastEvent] = []
  /// Of one life of a domain; and of all that it has had.
  private static let (mostTexts, mostTextsOfAll) = (64, 512)
  private static let textWeight = 160

  /// - Parameters:
  ///   - budget: how many bytes the tracks may weigh together.
  ///   - events: how many events are kept, with up to a tenth more.
  package init(budget: Int = 4 << 20, events: Int = 2_000) {
    self.budget = budget
    mostEvents = events
  }

  /// Adds the present; snapshots must come in steady order.
  ///
  /// - Parameter interval: in which the next one is meant to come.
  package func append(_ snapshot: Snapshot, interval: Span = .seconds(1)) {
    samples.append(snapshot.steady, wall: snapshot.time, interval: interval)
    weight += 4
    appendHost(of: snapshot)
    appendDomains(of: snapshot)
    remember(snapshot)
    while weight > budget, evict() {}
  }

  private func appendDomains(of snapshot: Snapshot) {
    // The places of before, as soon as another domain stands somewhere.
    var former = lastPlaces.count == snapshot.domains.count ? nil : lastPlaces.map(\.place)
    var index = 0
    for (place, chunk) in snapshot.domains.chunks.enumerated() {
      if former == nil, snapshot.domains.sharesChunk(place, with: lastDomains) {
        index += chunk.count
        continue
      }
      for sample in chunk {
        let isHere = index < lastPlaces.count && lastPlaces[index].id == sample.id
        if !isHere, former == nil { former = lastPlaces.map(\.place) }
        note(sample, at: index, isHere: isHere, in: snapshot)
        index += 1
      }
    }
    lastDomains = snapshot.domains
    guard let former else { return }
    lastPlaces.removeLast(lastPlaces.count - index)
    markAbsent(former, but: lastPlaces.map(\.place), at: snapshot.steady)
  }

  /// - Parameter isHere: it stood there in the last snapshot, too.
  private func note(_ sample: DomainSample, at index: Int, isHere: Bool, in snapshot: Snapshot) {
    let last =
      isHere
      ? lastPlaces[index] : (id: sample.id, place: place(of: sample.id, in: snapshot), revision: 0)
    let new = (id: sample.id, place: last.place, revision: sample.revision)
    if index < lastPlaces.count { lastPlaces[index] = new } else { lastPlaces.append(new) }
    // A domain with the same revision has the same row as before.
    guard sample.revision == 0 || !isHere || last.revision != sample.revision else { return }
    append(snapshot.domains[index], at: last.place, snapshot.steady)
  }

  private func place(of id: DomainID, in snapshot: Snapshot) -> Int {
    let key = HistoryKey(id)
    if let place = twins[id] { return place }
    guard let place = keys[key] else {
      let place = newPlace(for: key)
      keys[key] = place
      return place
    }
    guard let holder = pasts[place].texts.last?.id, holder != id, snapshot.domain(holder) != nil
    else {
      return place
    }
    let twin = newPlace(for: key)
    twins[id] = twin
    return twin
  }

  private func newPlace(for key: HistoryKey) -> Int {
    let place = freePlaces.popLast() ?? pasts.count
    if place == pasts.count { pasts.append(Past()) }
    pasts[place] = Past(key: key)
    return place
  }

  private func append(_ sample: DomainSample, at place: Int, _ time: SteadyTime) {
    let text = textIndex(of: sample, in: place)
    SampleRow.fill(&row, from: sample, text: text, at: time)
    weight += pasts[place].append(row, at: time)
  }

  private func textIndex(of sample: DomainSample, in place: Int) -> Int {
    for index in pasts[place].texts.indices.reversed()
    where pasts[place].texts[index].isText(of: sample) { return index }
    let past = pasts[place]
    // If a hostile or broken guest keeps changing its text, its past is dropped here. Otherwise its texts
    // would fill the budget. One that reboots often has some texts in each life.
    let own = past.texts.count { $0.id == sample.id }
    if own >= Self.mostTexts || past.texts.count >= Self.mostTextsOfAll {
      pasts[place] = Past(key: past.key)
      weigh()
    }
    pasts[place].texts.append(PastText(sample))
    weight += Self.textWeight
    return pasts[place].texts.count - 1
  }

  private func markAbsent(_ former: [Int], but present: [Int], at time: SteadyTime) {
    let present = Set(present)
    for place in former where !present.contains(place) && !pasts[place].track.isEmpty {
      var gone = pasts[place].track.last
      gone[SampleRow.Column.present.rawValue] = 0
      weight += pasts[place].append(gone, at: time)
    }
  }

  private func appendHost(of snapshot: Snapshot) {
    let (host, missing) = (snapshot.host, snapshot.missing)
    // The newest first: it seldom is another.
    let known = hosts.indices.last {
      hosts[$0].sameText(as: host) && self.missing[$0] == missing
    }
    if known == nil {
      hosts.append(host)
      self.missing.append(missing)
    }
    weight += hostTrack.append(host.row(text: known ?? hosts.count - 1), at: snapshot.steady)
  }

  private func remember(_ snapshot: Snapshot) {
    for (number, event) in snapshot.events.enumerated() {
      remembered.append(
        PastEvent(place: EventPlace(at: snapshot.steady, number: number), event: event))
    }
    if remembered.count > mostEvents + mostEvents / 10 {
      remembered.removeFirst(remembered.count - mostEvents)
    }
  }

  /// Forgets the oldest sixteenth of the time remembered.
  ///
  /// - Returns: false if at most one sample is left, so that nothing can be forgotten.
  private func evict() -> Bool {
    guard let range, range.lowerBound < range.upperBound else { return false }
    let slice = (range.upperBound - range.lowerBound).milliseconds / 16
    let horizon = range.lowerBound + Span(milliseconds: max(1, slice))
    for place in pasts.indices {
      pasts[place].live = nil
      while let next = pasts[place].track.secondStart, next <= horizon {
        weight -= pasts[place].track.dropOldest()
      }
    }
    while let next = hostTrack.secondStart, next <= horizon { weight -= hostTrack.dropOldest() }
    samples.drop(before: horizon)
    forgetTheDead(before: horizon)
    weigh()
    return true
  }

  private func weigh() {
    weight = pasts.reduce(hostTrack.weight + samples.weight) {
      $0 + $1.track.weight + $1.texts.count * Self.textWeight
    }
  }

  /// Domains that were gone before anything that can still be shown.
  private func forgetTheDead(before horizon: SteadyTime) {
    for place in pasts.indices {
      let past = pasts[place]
      guard let key = past.key, !past.track.isEmpty,
        past.track.last[SampleRow.Column.present.rawValue] == 0, let end = past.track.end,
        end < horizon
      else { continue }
      pasts[place] = Past()
      if keys[key] == place { keys[key] = nil }
      twins = twins.filter { $0.value != place }
      freePlaces.append(place)
    }
  }

  /// In which of `cells` nobody was looking.
  func gaps(in cells: ChartCells) -> [Bool] {
    if let lastGaps, lastGaps.cells == cells, lastGaps.last == samples.last { return lastGaps.gaps }
    let gaps = cells.gaps(in: samples)
    lastGaps = (cells, samples.last, gaps)
    return gaps
  }
}

/// The past as it was at an instant, and the way from sample to sample.
extension History {
  package var range: ClosedRange<SteadyTime>? {
    guard let first = samples.first, let last = samples.last else { return nil }
    return first...last
  }

  package func snapshot(at time: SteadyTime) -> Snapshot? {
    guard let sampled = samples.atOrBefore(time), let hostRow = hostTrack.row(at: sampled.steady)
    else { return nil }
    var domains: [DomainSample] = []
    for past in pasts {
      guard let row = past.track.row(at: sampled.steady),
        row[SampleRow.Column.present.rawValue] == 1
      else { continue }
      let text = past.texts[Int(row[SampleRow.Column.text.rawValue])]
      domains.append(text.sample(row, at: sampled.steady))
    }
    domains.sort { $0.id.place < $1.id.place }
    let events = remembered.filter { $0.place.at == sampled.steady }.map(\.event)
    var snapshot = Snapshot(
      time: sampled.wall, steady: sampled.steady, host: HostMemory(row: hostRow, texts: hosts),
      domains: domains, events: events)
    snapshot.addPastHosts(missing: missing[Int(hostRow[0])])
    return snapshot
  }

  package func sampleTime(_ direction: TimeDirection, than time: SteadyTime) -> SteadyTime? {
    switch direction {
    case .earlier: samples.atOrBefore(time - Span(milliseconds: 1))?.steady
    case .later: samples.after(time)?.steady
    }
  }

  package func sampleTime(at wall: WallTime) -> SteadyTime? { samples.at(wall: wall) }

  /// Where the past of a domain is, if anything is remembered of it.
  func place(of domain: DomainID) -> Int? { twins[domain] ?? keys[HistoryKey(domain)] }
}
