/// The figures of all domains, family by family.
enum DomainMetrics {
  private static let fields = DomainMetric.all(of: Field.table)

  /// What guests count since they booted. A rate over it needs no sample between two scrapes.
  private static let counters: [(family: MetricFamily, value: @Sendable (DomainSample) -> Bytes?)] =
    [
      (
        MetricFamily(
          name: "memtop_domain_swap_in_bytes", unit: "bytes",
          help: "Swapped in since the guest booted.", kind: .total), { $0.report?.swapIn }
      ),
      (
        MetricFamily(
          name: "memtop_domain_swap_out_bytes", unit: "bytes",
          help: "Swapped out since the guest booted.", kind: .total), { $0.report?.swapOut }
      ),
    ]

  static func write(_ snapshot: Snapshot, _ labels: DomainLabels, to writer: inout MetricsWriter) {
    let domains = Array(snapshot.domains)
    labels.renew(for: domains, on: snapshot.host)
    for metric in fields {
      writer.begin(metric.family)
      guard let field = metric.field else {
        for place in domains.indices { writer.add(.whole(1), labels.whole(at: place)) }
        continue
      }
      for place in domains.indices {
        writer.add(MetricValue(now: field, domains[place]), labels.identity(at: place))
      }
    }
    for (family, value) in counters {
      writer.begin(family)
      for place in domains.indices {
        writer.add(value(domains[place]).map { .whole($0.count) }, labels.identity(at: place))
      }
    }
  }
}

extension MetricValue {
  /// The field's value in this sample; nil where it is unknown.
  fileprivate init?(now field: Field, _ sample: DomainSample) {
    guard field.id == .age else {
      self.init(field.value(sample))
      return
    }
    guard let age = sample.reportAge else { return nil }
    self.init(max(.zero, age))
  }
}
