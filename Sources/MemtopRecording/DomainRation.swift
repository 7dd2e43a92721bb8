import MemtopCore

/// What one domain may have written, so that no guest pushes the others' past out of `--max-size`.
///
/// What a guest says in words (its system and addresses) is changed at most once
/// a minute; what was not known before is told at once. All of a domain together has a share of bytes a minute, which no guest uses up that reports
/// as guests do; what goes beyond waits for the next minute, and is told then by how it stands.
struct DomainRation {
  private static let minute: Int64 = 60_000
  /// A row of all figures with each sample of a second, and as much again.
  static let mostBytes = 16 << 10

  private var wordsAt: Int64?
  private var minuteAt: Int64
  private var spent = 0

  init(at: Int64) { minuteAt = at }

  /// Begins another minute where one is over.
  mutating func reach(_ at: Int64) {
    guard at - minuteAt >= Self.minute else { return }
    (minuteAt, spent) = (at, 0)
  }

  var isUsedUp: Bool { spent >= Self.mostBytes }

  func allowsWords(at: Int64) -> Bool { wordsAt.map { at - $0 >= Self.minute } ?? true }

  /// Takes note of an identity that is written.
  mutating func spend(_ identity: Identity, after former: Identity?, at: Int64) {
    spent += identity.weight
    guard let former else { return }
    if zip(former.words, identity.words).contains(where: { $0 != nil && $0 != $1 }) {
      wordsAt = at
    }
  }

  /// Of figures; about what SQLite takes for them.
  mutating func spend(_ row: RowEncoder.Stored) {
    spent += row.values.reduce(12) { $0 + ($1 == SampleRow.missing ? 1 : 4) }
  }

  mutating func spend(_ event: EventRow) {
    spent += 24 + (event.detail?.utf8.count ?? 0) + (event.who?.utf8.count ?? 0)
  }
}

extension Identity {
  /// With the guest's own words as they were, where there were any; a change that is not of its making
  /// is kept.
  func keepingWords(of former: Identity) -> Identity {
    guard id == former.id else { return self }
    var kept = self
    kept.text.facts = facts(with: former.text.facts)
    kept.text.interval = former.text.interval ?? text.interval
    return kept
  }

  private func facts(with former: DomainFacts) -> DomainFacts {
    let facts = text.facts
    if facts === former { return former }
    let kept = DomainFacts(
      name: facts.name, osName: former.osName ?? facts.osName,
      kernel: former.kernel ?? facts.kernel, ipv4: former.ipv4 ?? facts.ipv4,
      ipv6: former.ipv6 ?? facts.ipv6, startedAt: facts.startedAt)
    let isSame =
      kept.name == former.name && kept.startedAt == former.startedAt
      && kept.osName == former.osName && kept.kernel == former.kernel
      && kept.ipv4 == former.ipv4 && kept.ipv6 == former.ipv6
    return isSame ? former : kept
  }

  fileprivate var words: [String?] {
    let (facts, interval) = (text.facts, text.interval)
    return [
      facts.osName, facts.kernel, facts.ipv4, facts.ipv6, interval.map { "\($0.milliseconds)" },
    ]
  }

  fileprivate var weight: Int {
    (words + [text.facts.name, text.health.reason]).reduce(100) { $0 + ($1?.utf8.count ?? 0) }
  }
}

/// Gives each domain a place in the recording for as long as it is there.
struct Places {
  private var places: [DomainID: Int] = [:]
  private var free: [Int] = []
  private var next = 0
  /// Those of the domains that were given one last, in their order; nil for those that found none.
  private(set) var ofSnapshot: [Int?] = []
  private var vacated: [Int] = []
  /// A domain of the last snapshot found none.
  private(set) var areShort = false

  /// Gives these domains their places; needed only where others came or went.
  mutating func assign(_ domains: AgelessSamples) {
    let ids = domains.map(\.id)
    // A place that is left now is taken again with the next snapshot at the earliest.
    var left = places
    for id in ids { left[id] = nil }
    ofSnapshot = ids.map { place(for: $0) }
    areShort = ofSnapshot.contains(nil)
    for (id, place) in left {
      places[id] = nil
      vacated.append(place)
    }
    vacated.sort()
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

/// The domains of the sample that was written last, so that of the next one only those are looked at in
/// which something changed.
struct WrittenDomains {
  private var last: DomainSamples = []
  /// The places in the snapshot of those that are to be looked at in any case.
  private var waiting: Set<Int> = []

  /// Takes the domains of the next sample.
  /// - Returns: the places in the snapshot of those that may differ, ascending; nil where other domains
  ///   may stand there.
  mutating func renew(_ domains: DomainSamples) -> [Int]? {
    let changes = domains.changes(since: last)
    last = domains
    defer { waiting = [] }
    return changes.map { waiting.isEmpty ? $0 : waiting.union($0).sorted() }
  }

  /// The domain there has more to be written, or does not say whether it changes (`DomainSample.revision`).
  mutating func wait(for place: Int) { waiting.insert(place) }
}
