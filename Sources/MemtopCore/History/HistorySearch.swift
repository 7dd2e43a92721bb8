/// The way from event to event.
extension History {
  package func search(
    _ direction: TimeDirection, than place: EventPlace?, where filter: EventFilter, limit: Int
  ) -> EventSearch {
    switch direction {
    case .earlier:
      let end = place.map { firstEvent(notBefore: $0) } ?? remembered.count
      return EventSearch(Self.first(limit, of: remembered[..<end].reversed(), filter))
    case .later:
      var begin = place.map { firstEvent(notBefore: $0) } ?? 0
      while begin < remembered.count, remembered[begin].place == place { begin += 1 }
      return EventSearch(Self.first(limit, of: remembered[begin...], filter))
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
}
