import MemtopCore

/// What the screen says of all domains together, and how wide its columns must be for them: worked out by
/// chunks of domains, so that where nothing changed, nothing is looked at for a frame.
package struct HostDigest: Sendable {
  /// Of some domains.
  fileprivate struct Part: Equatable, Sendable {
    let counts: HostSummary.Counts
    let regulated: Int
    let uncooperative: Int
    let longestName: Int
    let longestHost: Int
    let highestDomid: UInt16
    /// Of `optional`, by its places.
    let shown: UInt8
  }

  /// Columns that are hidden where no domain has anything for them.
  fileprivate static let optional: [(id: FieldID, isThere: @Sendable (DomainSample) -> Bool)] = [
    (.dynmin, { $0.dynamicMin != nil }), (.dynmax, { $0.dynamicMax != nil }),
    (.overhead, { $0.overhead != nil }), (.host, { $0.facts.host != nil }),
  ]

  /// What it was made of.
  private var domains: DomainSamples
  private let parts: [Part]
  let summary: HostSummary
  /// Domains in the regulator's hands.
  let regulated: Int
  /// Domains that squeezed has given up.
  let uncooperative: Int
  /// Columns of the longest name, 8 at least.
  let longestName: Int
  /// Columns of the longest name of a host; 0 where there is one host.
  let longestHost: Int
  /// Digits of the highest domid.
  let longestID: Int
  /// Columns that no domain has anything for.
  let hidden: Set<FieldID>
  /// The other ones of `optional`.
  private let shown: UInt8

  package init(_ snapshot: Snapshot?) {
    self.init(snapshot, (snapshot?.domains ?? []).chunks.map { Part($0) }, before: nil)
  }

  /// - Parameter before: what holds of it is taken over.
  private init(_ snapshot: Snapshot?, _ parts: [Part], before: HostDigest?) {
    domains = snapshot?.domains ?? []
    self.parts = parts
    summary = Self.summary(snapshot, parts, domains.count)
    regulated = parts.reduce(0) { $0 + $1.regulated }
    uncooperative = parts.reduce(0) { $0 + $1.uncooperative }
    longestName = parts.reduce(8) { max($0, $1.longestName) }
    longestHost = parts.reduce(0) { max($0, $1.longestHost) }
    longestID = String(parts.reduce(0) { max($0, $1.highestDomid) }).utf8.count
    let shown = parts.reduce(0) { $0 | $1.shown }
    if let before, before.shown == shown {
      hidden = before.hidden
    } else {
      hidden = Set(
        Self.optional.indices.filter { shown & 1 << $0 == 0 }.map { Self.optional[$0].id })
    }
    self.shown = shown
  }

  /// Of several hosts, those that do not answer do not count, which their domains do not say.
  private static func summary(_ snapshot: Snapshot?, _ parts: [Part], _ count: Int) -> HostSummary {
    guard let snapshot, snapshot.isOfSeveral else {
      return HostSummary(parts.map(\.counts), domains: count)
    }
    let current = Array(snapshot.current.domains)
    return HostSummary(
      [HostSummary.Counts(current)], domains: current.count, instead: silence(snapshot.hosts))
  }

  /// nil where a host gives figures, or where no more is known of the past than its domains.
  private static func silence(_ hosts: [HostShare]) -> StyledLine? {
    if hosts.isEmpty || hosts.contains(where: \.isCurrent) { return nil }
    return hosts.contains { $0.link == .connecting }
      ? StyledLine("connecting", .dim) : StyledLine("no host responds", .alarm)
  }

  /// Whether it asks for the same columns.
  func isAsWide(as other: HostDigest) -> Bool {
    longestName == other.longestName && longestHost == other.longestHost
      && longestID == other.longestID && hidden == other.hidden
  }

  /// The digest of the next snapshot.
  func renewed(for snapshot: Snapshot?) -> HostDigest {
    guard let snapshot else { return HostDigest(nil) }
    var parts = self.parts
    let isOther = renew(&parts, snapshot.domains)
    if isOther || snapshot.isOfSeveral || snapshot.domains.count != domains.count {
      return HostDigest(snapshot, parts, before: self)
    }
    // What changed in some domains changed nothing of this.
    var digest = self
    digest.domains = snapshot.domains
    return digest
  }

  /// Brings the parts of before in line with `new`.
  /// - Returns: whether one of them is another.
  private func renew(_ parts: inout [Part], _ new: DomainSamples) -> Bool {
    guard parts.count == new.chunks.count else {
      parts = new.chunks.map { Part($0) }
      return true
    }
    var isOther = false
    for (place, chunk) in new.chunks.enumerated() where !new.sharesChunk(place, with: domains) {
      let part = Part(chunk)
      guard part != parts[place] else { continue }
      (parts[place], isOther) = (part, true)
    }
    return isOther
  }
}

extension HostDigest.Part {
  fileprivate init(_ samples: [DomainSample]) {
    counts = HostSummary.Counts(samples)
    regulated = samples.count { $0.regulation?.isRegulated == true }
    uncooperative = samples.count { $0.isUncooperative }
    longestName = samples.reduce(0) { longest, sample in
      // Bytes are at least columns: only names with many need to be measured.
      let name = sample.facts.name
      return name.utf8.count > longest ? max(longest, TextWidth.columns(of: name)) : longest
    }
    longestHost = samples.reduce(0) { longest, sample in
      sample.facts.host.map { max(longest, TextWidth.columns(of: $0)) } ?? longest
    }
    highestDomid = samples.reduce(0) { max($0, $1.id.domid) }
    shown = HostDigest.optional.indices.reduce(0) { shown, place in
      samples.contains(where: HostDigest.optional[place].isThere) ? shown | 1 << place : shown
    }
  }
}
