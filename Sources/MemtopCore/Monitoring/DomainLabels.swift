/// The labels of domains' metrics, kept from scrape to scrape, because they seldom change.
///
/// Not thread-safe.
package final class DomainLabels {
  /// What a domain's labels are made of, beside the host's name.
  private struct Source {
    let id: DomainID
    let facts: DomainFacts
    let kind: DomainKind
    let dialect: ReportDialect?

    init(_ sample: DomainSample) {
      (id, facts, kind, dialect) = (sample.id, sample.facts, sample.kind, sample.report?.dialect)
    }

    func isSource(of sample: DomainSample) -> Bool {
      id == sample.id && facts === sample.facts && kind == sample.kind
        && dialect == sample.report?.dialect
    }
  }

  private var hostname = ""
  private var sources: [Source] = []
  private var identities = MetricLabels()
  private var wholes = MetricLabels()

  package init() {}

  /// Which domain it is, over all its reboots; good until `renew`.
  func identity(at place: Int) -> UnsafeBufferPointer<UInt8> { identities[place] }

  /// All that is known of it in words; good until `renew`. The domid is told here: a new one costs one
  /// series, and not dozens.
  func whole(at place: Int) -> UnsafeBufferPointer<UInt8> { wholes[place] }

  /// Makes them those of these domains.
  func renew(for domains: [DomainSample], on host: HostMemory) {
    let areSame =
      hostname == host.hostname && sources.count == domains.count
      && domains.indices.allSatisfy { sources[$0].isSource(of: domains[$0]) }
    guard !areSame else { return }
    hostname = host.hostname
    sources = domains.map(Source.init)
    let twins = Self.placesOfTwins(domains)
    identities = MetricLabels()
    wholes = MetricLabels()
    for (place, sample) in domains.enumerated() {
      identities.append { text in
        DomainMetric.appendIdentity(of: sample, host: hostname, to: &text)
        if twins.contains(place) { DomainMetric.appendDomid(of: sample, to: &text) }
      }
      wholes.append { DomainMetric.appendWhole(of: sample, host: hostname, to: &$0) }
    }
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
