import MemtopCore

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
