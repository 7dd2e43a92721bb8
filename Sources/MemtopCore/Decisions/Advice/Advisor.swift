/// The advice for every domain of one snapshot, ascending by domid.
public struct AdviceTable: Sendable {
  fileprivate var ids: [DomainID]
  fileprivate var advice: [Result<Advice, NoAdvice>]

  public func advice(for domain: DomainID) -> Result<Advice, NoAdvice> {
    guard let index = ids.firstIndex(domid: domain.domid, by: \.domid), ids[index] == domain else {
      return .failure(NoAdvice(.gone))
    }
    return advice[index]
  }
}

/// Holds each guest's free area at a sensible size: what is busy, and a reserve beside it.
///
/// Up at once, since a guest that lacks memory suffers now; down slowly, since the cache that is
/// taken away may be wanted again; nothing on a report that is not fresh or whose meaning is not
/// known, and nothing while the last change is under way. On a short host everyone with a surplus
/// gives in proportion, and nobody goes below its floor for another's demand.
public enum Advisor {
  /// A difference up to this is left alone.
  static func deadBand(size: Bytes) -> Bytes { size.leastStep }

  /// Down goes an eighth of the way at a time.
  static let downStep: Int64 = 8

  /// Advice for all domains at once.
  public static func advise(
    _ snapshot: Snapshot, policies: PolicySet = .standard
  ) -> AdviceTable {
    let owner = snapshot.host.owner
    let guests = snapshot.domains.map { sample in
      AdvisedGuest(
        sample, owner: owner, policy: policies.policy(for: sample.id, name: sample.name))
    }
    return AdviceTable(
      ids: snapshot.domains.map(\.id),
      advice: advise(guests, free: policies.free(on: snapshot.host)))
  }

  /// Advice for guests that share `free`, what a host may still promise beyond its own reserve.
  public static func advise(
    _ guests: [AdvisedGuest], free: Bytes
  ) -> [Result<Advice, NoAdvice>] {
    var advice: [Result<Advice, NoAdvice>] = []
    advice.reserveCapacity(guests.count)
    var wanted = Bytes.zero
    for guest in guests {
      let own = guest.advice()
      if case .success(let own) = own { wanted += max(.zero, own.target - guest.size) }
      advice.append(own)
    }
    if wanted > free { ShortHost(guests: guests, free: free).share(&advice, wanted: wanted) }
    return advice
  }
}

extension Snapshot {
  /// Notes with each domain what the advisor says of it.
  public mutating func advise(_ policies: PolicySet) {
    let table = Advisor.advise(self, policies: policies)
    for index in domains.indices {
      if case .success(let advice) = table.advice[index] { domains[index].advised = advice.target }
    }
  }
}

extension AdvisedGuest {
  /// What a snapshot says of a domain, under the policy for it.
  public init(_ sample: DomainSample, owner: TargetOwner?, policy: MemoryPolicy) {
    self.init(
      size: sample.size ?? sample.allocation, overhead: sample.size(holding: .zero),
      busy: sample.busy, swapUsed: sample.swapUsed, swapInRate: sample.diskSwapIn,
      pressure: sample.pressure,
      staticMax: sample.staticMax, guaranteed: sample.guaranteed,
      mayCountCache: Hindrance.figures(sample, policy: policy) != nil,
      objection: Hindrance.of(sample, owner: owner, policy: policy), policy: policy)
  }
}
