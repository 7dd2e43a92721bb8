/// Advice from one snapshot to the next. A domain in which nothing has changed is not advised again, and its
/// sample with the advice is the one of before.
package struct KeptAdvice: Sendable {
  private var policies = PolicySet.standard
  private var owner: TargetOwner?
  /// The domains of the last snapshot as they came, and with the advice.
  private var domains: DomainSamples = []
  private var advised: DomainSamples = []
  /// What the advice is made from, by the domains' places.
  private var guests: [AdvisedGuest] = []
  /// What each would be advised if it were alone on the host.
  private var alone: [Result<Advice, NoAdvice>] = []
  /// By how much that would raise each.
  private var raises: [Bytes] = []
  /// The host was short: then a domain's advice is not its own alone.
  private var wasShort = false

  package init() {}

  /// Notes with each domain what the advisor says of it, as `Snapshot.advise` does.
  package mutating func note(on snapshot: inout Snapshot, _ policies: PolicySet) {
    guard !snapshot.isOfSeveral, !snapshot.host.isUnknown else {
      self = KeptAdvice()
      return snapshot.advise(policies)
    }
    let changes = changes(snapshot, policies)
    for index in changes ?? Array(snapshot.domains.indices) { renew(index, snapshot.domains) }
    let free = policies.free(on: snapshot.host)
    let wanted = raises.reduce(.zero, +)
    let isShort = wanted > free
    let advice = Advisor.share(alone, among: guests, wanted: wanted, free: free)
    let noted = noted(snapshot.domains, advice, isShort || wasShort ? nil : changes)
    (domains, advised, wasShort) = (snapshot.domains, noted, isShort)
    snapshot.domains = noted
  }

  /// The places of domains that are not as before; nil where none are.
  private mutating func changes(_ snapshot: Snapshot, _ policies: PolicySet) -> [Int]? {
    if owner == snapshot.host.owner, self.policies.isIdentical(to: policies),
      let changes = snapshot.domains.changes(since: domains)
    {
      return changes
    }
    (self.policies, owner) = (policies, snapshot.host.owner)
    (guests, alone, raises) = ([], [], [])
    return nil
  }

  private mutating func renew(_ index: Int, _ domains: DomainSamples) {
    let guest = AdvisedGuest(domains.ageless[index], owner: owner, policies: policies)
    let advice = guest.advice()
    let raise = Advisor.raise(advice, of: guest)
    guard index < guests.count else {
      guests.append(guest)
      alone.append(advice)
      return raises.append(raise)
    }
    (guests[index], alone[index], raises[index]) = (guest, advice, raise)
  }

  /// The domains with the advice; `changes` are those whose advice may be another, nil is all.
  private func noted(
    _ domains: DomainSamples, _ advice: [Result<Advice, NoAdvice>], _ changes: [Int]?
  ) -> DomainSamples {
    let changed = changes.map { Set($0.map { $0 / DomainSamples.chunkSize }) }
    var noted = domains
    for place in domains.chunks.indices {
      let before = advised.chunks.indices.contains(place) ? advised.chunks[place] : []
      if let changed, !changed.contains(place), domains.sharesChunk(place, with: self.domains) {
        noted.replaceChunk(place, with: before)
        continue
      }
      let start = place * DomainSamples.chunkSize
      var chunk = domains.chunks[place]
      for offset in chunk.indices {
        if case .success(let advice) = advice[start + offset] {
          chunk[offset].advised = advice.target
        }
      }
      let isSame = chunk.elementsEqual(before) { $0.isSame(as: $1) && $0.reportAge == $1.reportAge }
      noted.replaceChunk(place, with: isSame ? before : chunk)
    }
    return noted
  }
}

extension PolicySet {
  /// Whether both are copies of one. False promises nothing.
  fileprivate func isIdentical(to other: PolicySet) -> Bool {
    rules.isIdentical(to: other.rules) && hostReserve == other.hostReserve
  }
}
