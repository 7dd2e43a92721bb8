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

  static func write(_ snapshot: Snapshot, to writer: inout MetricsWriter) {
    let domains = Array(snapshot.domains)
    let labels = labels(of: domains, on: snapshot.host)
    for metric in fields {
      writer.begin(metric.family)
      if metric.field == nil {
        describe(domains, on: snapshot.host, to: &writer)
        continue
      }
      for place in domains.indices { writer.add(metric.now(domains[place]), labels[place]) }
    }
    for (family, value) in counters {
      writer.begin(family)
      for place in domains.indices {
        writer.add(value(domains[place]).map { .whole($0.count) }, labels[place])
      }
    }
  }

  /// What is known of each in words, as labels. The domid is told here: a new one costs one series, and not
  /// dozens.
  private static func describe(
    _ domains: [DomainSample], on host: HostMemory, to writer: inout MetricsWriter
  ) {
    var labels = TextWriter(capacity: 256)
    for sample in domains {
      labels.removeAll()
      DomainMetric.appendWhole(of: sample, host: host.hostname, to: &labels)
      writer.add(.whole(1), labels.bytes)
    }
  }

  private static func labels(of domains: [DomainSample], on host: HostMemory) -> MetricLabels {
    let twins = placesOfTwins(domains)
    var labels = MetricLabels()
    for (place, sample) in domains.enumerated() {
      labels.append { text in
        DomainMetric.appendIdentity(of: sample, host: host.hostname, to: &text)
        if twins.contains(place) { DomainMetric.appendDomid(of: sample, to: &text) }
      }
    }
    return labels
  }

  /// Those that no other label tells apart.
  private static func placesOfTwins(_ domains: [DomainSample]) -> Set<Int> {
    // Where no uuid comes twice, no name is to be looked at.
    let sameUUID = Dictionary(grouping: domains.indices) { domains[$0].id.uuid }
      .values.filter { $0.count > 1 }
    let same = sameUUID.flatMap { places in
      Dictionary(grouping: places) { Namesake(domains[$0]) }.values.filter { $0.count > 1 }
    }
    return Set(same.joined())
  }

  private struct Namesake: Hashable {
    let host: HostNumber
    let name: String

    init(_ sample: DomainSample) {
      (host, name) = (sample.id.host, MetricFamily.escaped(sample.name))
    }
  }
}

extension DomainMetric {
  /// The value in this sample; nil where it is unknown.
  fileprivate func now(_ sample: DomainSample) -> MetricValue? {
    guard let field else { return .whole(1) }
    if field.id == .age { return sample.reportAge.map { MetricValue(max(.zero, $0)) } }
    return MetricValue(field.value(sample))
  }
}

/// The labels of many lines, `name="value",…`, in one piece of memory.
private struct MetricLabels: ~Copyable {
  private var text = TextWriter(capacity: 1 << 12)
  private var ends: [Int] = []

  /// One more, which `write` writes.
  mutating func append(_ write: (inout TextWriter) -> Void) {
    write(&text)
    ends.append(text.count)
  }

  /// Those of that place, from 0 on; good until more are added.
  subscript(place: Int) -> UnsafeBufferPointer<UInt8> {
    text.bytes((place == 0 ? 0 : ends[place - 1])..<ends[place])
  }
}
