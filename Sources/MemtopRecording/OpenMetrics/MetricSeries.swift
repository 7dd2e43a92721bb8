import MemtopCore

/// The values of one metric: what changed, by sample.
struct MetricSeries {
  struct Point {
    let sample: Int64
    /// `missing` from where on there is none.
    let value: Int64
  }
  static let missing = Int64.min

  let labels: String
  private(set) var points: [Point] = []

  init(labels: String) { self.labels = labels }

  mutating func note(_ value: Int64?, at sample: Int64) {
    let value = value ?? Self.missing
    if value != points.last?.value ?? Self.missing {
      points.append(Point(sample: sample, value: value))
    }
  }
}

/// Gathers the series of one family, of the domains at some places.
final class SeriesCollector {
  private let metric: DomainMetric
  private let choice: DomainChoice?
  /// Whose series these are, by the uuids that the reader tells.
  private let isWanted: (DomainUUID) -> Bool
  private var slots: [String: Int] = [:]
  private(set) var series: [MetricSeries] = []
  /// By place: whose series it is, as long as it is the same domain.
  private var owners: [Owner?] = []

  private struct Owner {
    let id: DomainID
    let facts: DomainFacts
    let dialect: ReportDialect?
    let slot: Int
  }

  init(_ metric: DomainMetric, choice: DomainChoice?, isWanted: @escaping (DomainUUID) -> Bool) {
    (self.metric, self.choice, self.isWanted) = (metric, choice, isWanted)
  }

  /// Takes what stands at a place since `time`.
  func note(_ place: Int, _ domain: DomainSample?, at time: SampleTime, host: String) {
    while owners.count <= place { owners.append(nil) }
    guard let domain, choice?.holds(domain.id, name: domain.name) ?? true,
      isWanted(domain.id.uuid)
    else { return end(place, time) }
    let dialect = domain.report?.dialect
    if let owner = owners[place], owner.id == domain.id, owner.facts === domain.facts,
      owner.dialect == dialect
    {
      return series[owner.slot].note(metric.value(domain, at: time.at), at: time.id)
    }
    let labels = metric.labels(domain, host: host)
    let slot = slots[labels] ?? series.count
    if owners[place]?.slot != slot { end(place, time) }
    if slot == series.count { series.append(MetricSeries(labels: labels)) }
    slots[labels] = slot
    owners[place] = Owner(id: domain.id, facts: domain.facts, dialect: dialect, slot: slot)
    series[slot].note(metric.value(domain, at: time.at), at: time.id)
  }

  /// After a restart of the recorder the domain may already continue at another place.
  private func end(_ place: Int, _ time: SampleTime) {
    guard let owner = owners[place] else { return }
    owners[place] = nil
    guard !owners.contains(where: { $0?.slot == owner.slot }) else { return }
    series[owner.slot].note(nil, at: time.id)
  }
}

/// Domains whose series are gathered together: a series is written once and in order of time, so all places
/// that a domain ever had belong to its group.
struct SeriesGroup {
  /// nil is all domains.
  private(set) var domains: Set<DomainUUID>?
  private(set) var places: Set<Int64>?

  /// All domains.
  static let all = SeriesGroup(domains: nil, places: nil)
  fileprivate static let empty = SeriesGroup(domains: [], places: [])

  func holds(_ uuid: DomainUUID) -> Bool { domains?.contains(uuid) ?? true }

  fileprivate mutating func add(_ uuid: DomainUUID, at own: Set<Int64>) {
    domains?.insert(uuid)
    places?.formUnion(own)
  }
}

/// How many changes there are at each place of a recording, at most, where some samples are chosen.
struct PointCounts {
  private var counts: [Int64: Int64] = [:]
  /// Where each domain stood.
  private var places: [DomainUUID: Set<Int64>] = [:]
  /// That are chosen, at most.
  let samples: Int64
  var sum: Int64 { counts.values.reduce(0, +) }

  init(_ extract: Extract, _ ids: ClosedRange<Int64>) throws(DatabaseError) {
    samples = Self.samples(extract, ids)
    for table in RecordTable.allCases {
      let statement = try extract.file.database.prepare(
        "SELECT id & \(RowID.mostPlaces - 1), count(*) FROM \(table.name) "
          + "WHERE id BETWEEN ? AND ? GROUP BY 1")
      statement.bind(1, RowID.ids(ids).lowerBound)
      statement.bind(2, RowID.ids(ids).upperBound)
      while try statement.step() {
        counts[statement.place(0) ?? 0, default: 0] += statement.count(1) ?? 0
      }
    }
    // Whoever is there at the beginning has a point, though nothing may have changed since.
    let identities = try extract.file.database.prepare(
      "SELECT DISTINCT place, uuid FROM identity")
    while try identities.step() {
      let place = identities.place(0) ?? 0
      counts[place, default: 0] += 0
      guard let uuid = identities.text(1).flatMap(DomainUUID.init) else { continue }
      places[uuid, default: []].insert(place)
    }
    for (place, count) in counts { counts[place] = min(count, samples) + 1 }
  }

  private static func samples(_ extract: Extract, _ ids: ClosedRange<Int64>) -> Int64 {
    let all = ids.upperBound - ids.lowerBound + 1
    guard let step = extract.step else { return all }
    let index = extract.file.samples
    // A clock that was set can make of a moment one step more.
    let length = index.at(ids.upperBound) - index.at(ids.lowerBound)
    return min(all, length / max(1, step.milliseconds) + 2)
  }

  /// The domains in groups whose places have not too many.
  func groups(most: Int64) -> [SeriesGroup] {
    if sum <= most { return [.all] }
    var groups: [SeriesGroup] = []
    var group = SeriesGroup.empty
    var held: Int64 = 0
    func added(by own: Set<Int64>) -> Int64 {
      own.subtracting(group.places ?? []).reduce(0) { $0 + (counts[$1] ?? 0) }
    }
    let domains = places.sorted {
      ($0.value.min()!, $0.key.description) < ($1.value.min()!, $1.key.description)
    }
    for (uuid, own) in domains {
      if held > 0, held + added(by: own) > most {
        groups.append(group)
        (group, held) = (.empty, 0)
      }
      held += added(by: own)
      group.add(uuid, at: own)
    }
    return groups + [group]
  }
}
