import MemtopCore

/// Gives each domain a place in the recording for as long as it is there.
struct Places {
  private var places: [DomainID: Int] = [:]
  private var free: [Int] = []
  private var next = 0
  /// The domains of the last snapshot, most of which are those of the next, too.
  private var last: [DomainID] = []
  private var lastPlaces: [Int?] = []
  private var vacated: [Int] = []

  /// The places of these domains, in their order; nil for those that found none.
  mutating func assign(_ domains: [DomainSample]) -> [Int?] {
    if domains.count == last.count,
      domains.indices.allSatisfy({ domains[$0].id == last[$0] })
    {
      return lastPlaces
    }
    let ids = domains.map(\.id)
    // A place that is left now is taken again with the next snapshot at the earliest.
    var left = places
    for id in ids { left[id] = nil }
    lastPlaces = ids.map { place(for: $0) }
    for (id, place) in left {
      places[id] = nil
      vacated.append(place)
    }
    vacated.sort()
    last = ids
    return lastPlaces
  }

  private mutating func place(for id: DomainID) -> Int? {
    if let place = places[id] { return place }
    guard let place = free.popLast() ?? (next < RowID.mostPlaces ? next : nil) else { return nil }
    if place == next { next += 1 }
    places[id] = place
    return place
  }

  /// Places whose domains are gone since this was last asked.
  mutating func takeVacated() -> [Int] {
    defer {
      free += vacated
      vacated = []
    }
    return vacated
  }

  func place(of id: DomainID) -> Int? { places[id] }
}
