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

  init(_ metric: DomainMetric, choice: DomainChoice?) {
    self.metric = metric
    self.choice = choice
  }

  /// Takes what stands at a place since `time`.
  func note(_ place: Int, _ domain: DomainSample?, at time: SampleTime, host: String) {
    while owners.count <= place { owners.append(nil) }
    guard let domain, choice?.holds(domain.id, name: domain.name) ?? true else {
      return end(place, time)
    }
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

  private func end(_ place: Int, _ time: SampleTime) {
    guard let owner = owners[place] else { return }
    series[owner.slot].note(nil, at: time.id)
    owners[place] = nil
  }
}
