/// What a search for events found, and whether it looked everywhere.
package struct EventSearch: Hashable, Sendable {
  /// Where a search that would take too long has stopped.
  package struct End: Hashable, Sendable {
    /// The next search goes on from here.
    package let place: EventPlace
    package let time: WallTime

    package init(place: EventPlace, time: WallTime) { (self.place, self.time) = (place, time) }
  }

  package let events: [PastEvent]
  /// nil: it found as many as were wanted, or all that there are.
  package let end: End?

  package init(_ events: [PastEvent], end: End? = nil) { (self.events, self.end) = (events, end) }
}

/// Which events are wanted: of one domain or of all, and of these the ones that hold every word in
/// their name, kind or text.
package struct EventFilter: Hashable, Sendable {
  package let text: String
  /// nil is everybody.
  package let key: HistoryKey?
  private let words: [String]

  package init(_ text: String = "", of domain: DomainID? = nil) {
    self.text = text
    key = domain.map(HistoryKey.init)
    words = text.split(separator: " ").map { $0.lowercased() }
  }

  package func shows(_ event: HostEvent) -> Bool {
    if let key, HistoryKey(event.domain) != key { return false }
    guard !words.isEmpty else { return true }
    let name = event.name.lowercased()
    let text = event.kind.word + " " + event.kind.text(arrow: ">").lowercased()
    return words.allSatisfy { name.contains($0) || text.contains($0) }
  }
}

extension HistoryReader {
  /// The events that such a search finds.
  package func events(
    _ direction: TimeDirection, than place: EventPlace?, where filter: EventFilter, limit: Int
  ) -> [PastEvent] { search(direction, than: place, where: filter, limit: limit).events }

  /// The past of all domains in cells.
  package func marks(from: SteadyTime, to: SteadyTime, cells: Int) -> [TimelineMark] {
    marks(of: nil, from: from, to: to, cells: cells)
  }

  /// The nearest sample strictly earlier or later than `time` that carries an event; of one domain or
  /// of any.
  package func eventTime(
    _ direction: TimeDirection, than time: SteadyTime, of domain: DomainID? = nil
  ) -> SteadyTime? {
    let place: EventPlace = direction == .earlier ? .before(time) : .after(time)
    let found = events(direction, than: place, where: EventFilter(of: domain), limit: 1).first
    // What happened may be remembered longer than how things were then.
    guard let at = found?.place.at, let range, range.contains(at) else { return nil }
    return at
  }

  /// At most `limit` events not later than `until`, newest first; of one domain or of all.
  package func events(of domain: DomainID?, until: SteadyTime, limit: Int) -> [HostEvent] {
    events(.earlier, than: .after(until), where: EventFilter(of: domain), limit: limit)
      .map(\.event)
  }
}
