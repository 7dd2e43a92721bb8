/// The past of this run: every snapshot, as changes, under a byte budget.
///
/// Appending costs a comparison of numbers a domain; only what changed is stored, a dozen bytes or
/// so. When the budget is reached the oldest chunks of all tracks go first.
public final class History: HistoryReader {
  /// One domain's track, and the texts that its rows refer to.
  struct Past {
    var track = Track()
    var texts: [DomainText] = []
    var ids: [DomainID] = []
    var seen = 0
  }

  /// Longer than this without a sample, and nobody was looking.
  static let longestQuiet = Span.seconds(15)

  private let budget: Int
  private(set) var weight = 0
  private var keys: [HistoryKey: Int] = [:]
  /// The place of each domain of the last snapshot, so that most need no look-up.
  private var lastPlaces: [(id: DomainID, place: Int)] = []
  private(set) var pasts: [Past] = []
  private var row = [Int64](repeating: 0, count: SampleRow.width)
  private(set) var samples = SampleTimes()
  private var hostTrack = Track()
  private var hosts: [HostMemory] = []
  private(set) var remembered: [(time: SteadyTime, event: HostEvent)] = []
  private static let mostEvents = 2_000
  private static let mostTexts = 64
  private static let textWeight = 160

  /// - Parameter budget: how many bytes the tracks may weigh together.
  public init(budget: Int = 4 << 20) {
    self.budget = budget
  }

  /// Adds the present; snapshots must come in steady order.
  public func append(_ snapshot: Snapshot) {
    samples.append(snapshot.steady, wall: snapshot.time)
    weight += 4
    appendHost(snapshot.host, at: snapshot.steady)
    var places: [(id: DomainID, place: Int)] = []
    places.reserveCapacity(snapshot.domains.count)
    for (index, sample) in snapshot.domains.enumerated() {
      let place = place(of: sample.id, hint: index)
      places.append((sample.id, place))
      append(sample, at: place, snapshot.steady)
    }
    markAbsent(at: snapshot.steady)
    lastPlaces = places
    remember(snapshot)
    if weight > budget { evict() }
  }

  private func place(of id: DomainID, hint: Int) -> Int {
    if hint < lastPlaces.count, lastPlaces[hint].id == id { return lastPlaces[hint].place }
    let key = HistoryKey(id)
    if let place = keys[key] { return place }
    keys[key] = pasts.count
    pasts.append(Past())
    return pasts.count - 1
  }

  private func append(_ sample: DomainSample, at place: Int, _ time: SteadyTime) {
    let text = textIndex(of: sample, in: place)
    let arrival = sample.reportAge.map { time + $0 * -1 }
    SampleRow.fill(&row, from: sample, text: text, arrival: arrival)
    weight += pasts[place].track.append(row, at: time)
    pasts[place].seen = samples.count
  }

  private func textIndex(of sample: DomainSample, in place: Int) -> Int {
    let text = DomainText(sample)
    let past = pasts[place]
    for index in past.texts.indices.reversed()
    where past.ids[index] == sample.id && past.texts[index] == text {
      return index
    }
    if past.texts.count >= Self.mostTexts {
      // A guest that changes its words without end (hostile, or broken) keeps no past.
      weight -= past.track.weight + past.texts.count * Self.textWeight
      pasts[place] = Past()
    }
    pasts[place].texts.append(text)
    pasts[place].ids.append(sample.id)
    weight += Self.textWeight
    return pasts[place].texts.count - 1
  }

  private func markAbsent(at time: SteadyTime) {
    for (_, place) in lastPlaces where pasts[place].seen != samples.count {
      guard !pasts[place].track.isEmpty else { continue }
      var gone = pasts[place].track.last
      gone[SampleRow.Column.present.rawValue] = 0
      weight += pasts[place].track.append(gone, at: time)
    }
  }

  private func appendHost(_ host: HostMemory, at time: SteadyTime) {
    if hosts.last?.sameText(as: host) != true { hosts.append(host) }
    weight += hostTrack.append(host.row(text: hosts.count - 1), at: time)
  }

  private func remember(_ snapshot: Snapshot) {
    for event in snapshot.events { remembered.append((snapshot.steady, event)) }
    if remembered.count > Self.mostEvents + 200 {
      remembered.removeFirst(remembered.count - Self.mostEvents)
    }
  }

  /// Forgets the oldest sixteenth of the time remembered, at least one chunk.
  private func evict() {
    guard let range else { return }
    let slice = (range.upperBound - range.lowerBound).milliseconds / 16
    let horizon = range.lowerBound + Span(milliseconds: max(1, slice))
    for place in pasts.indices {
      while let next = pasts[place].track.secondStart, next <= horizon {
        weight -= pasts[place].track.dropOldest()
      }
    }
    while let next = hostTrack.secondStart, next <= horizon { weight -= hostTrack.dropOldest() }
    samples.drop(before: horizon)
    weight = pasts.reduce(hostTrack.weight + samples.weight) {
      $0 + $1.track.weight + $1.texts.count * Self.textWeight
    }
    forgetTheDead(before: horizon)
  }

  /// Domains that were gone before anything that can still be shown.
  private func forgetTheDead(before horizon: SteadyTime) {
    for place in pasts.indices {
      let track = pasts[place].track
      guard !track.isEmpty, track.last[SampleRow.Column.present.rawValue] == 0,
        let end = track.end, end < horizon
      else { continue }
      weight -= track.weight
      pasts[place] = Past()
    }
  }
}

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
    case .earlier: samples.atOrBefore(SteadyTime(milliseconds: time.milliseconds - 1))?.steady
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
