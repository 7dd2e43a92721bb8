/// The advice for every domain of one snapshot, ascending by host and domid.
package struct AdviceTable: Sendable {
  fileprivate var ids: [DomainID]
  fileprivate var advice: [Result<Advice, NoAdvice>]

  package func advice(for domain: DomainID) -> Result<Advice, NoAdvice> {
    let index = ids.firstIndex(place: domain.place, by: \.place)
    guard index < ids.count, ids[index] == domain else {
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
package enum Advisor {
  /// A difference up to this is left alone.
  static func deadBand(size: Bytes) -> Bytes { size.leastStep }

  /// Down goes an eighth of the way at a time.
  static let downStep: Int64 = 8

  /// Advice for all domains at once.
  package static func advise(
    _ snapshot: Snapshot, policies: PolicySet = .standard
  ) -> AdviceTable {
    guard snapshot.isOfSeveral, snapshot.hosts.count != 1 else {
      return adviseOne(snapshot, policies)
    }
    // Each host's guests share that host's memory.
    let hosts = Set(snapshot.domains.ageless.map { $0.id.host }).sorted()
    return hosts.reduce(into: AdviceTable(ids: [], advice: [])) { table, host in
      let part = adviseOne(snapshot.of(host), policies)
      table.ids += part.ids
      table.advice += part.advice
    }
  }

  private static func adviseOne(_ snapshot: Snapshot, _ policies: PolicySet) -> AdviceTable {
    // No key paths here: one to a finding is made at run time, for each domain.
    let ids = snapshot.domains.ageless.map { $0.id }
    if snapshot.host.isUnknown {
      return AdviceTable(ids: ids, advice: ids.map { _ in .failure(NoAdvice(.hostUnknown)) })
    }
    let owner = snapshot.host.owner
    let guests = snapshot.domains.ageless.map { sample in
      AdvisedGuest(sample, owner: owner, policies: policies)
    }
    return AdviceTable(
      ids: ids, advice: advise(guests, free: policies.free(on: snapshot.host)))
  }

  /// Advice for guests that share `free`, what a host may still promise beyond its own reserve.
  package static func advise(
    _ guests: [AdvisedGuest], free: Bytes
  ) -> [Result<Advice, NoAdvice>] {
    let alone = guests.map { $0.advice() }
    let wanted = guests.indices.reduce(Bytes.zero) { $0 + raise(alone[$1], of: guests[$1]) }
    return share(alone, among: guests, wanted: wanted, free: free)
  }

  /// The advice for each if it were alone, made to fit the host where that raises them by more than is free.
  ///
  /// - Parameter wanted: by how much it raises all of them together.
  static func share(
    _ alone: [Result<Advice, NoAdvice>], among guests: [AdvisedGuest], wanted: Bytes, free: Bytes
  ) -> [Result<Advice, NoAdvice>] {
    guard wanted > free else { return alone }
    var advice = alone
    ShortHost(guests: guests, free: free).share(&advice, wanted: wanted)
    return advice
  }

  /// By how much the advice raises it; zero where it does not.
  static func raise(_ advice: Result<Advice, NoAdvice>, of guest: AdvisedGuest) -> Bytes {
    guard case .success(let advice) = advice else { return .zero }
    return max(.zero, advice.target - guest.size)
  }
}

extension Snapshot {
  /// Notes with each domain what the advisor says of it.
  package mutating func advise(_ policies: PolicySet) {
    let table = Advisor.advise(self, policies: policies)
    for index in domains.indices {
      if case .success(let advice) = table.advice[index] { domains[index].advised = advice.target }
    }
  }
}

extension AdvisedGuest {
  /// What a snapshot says of a domain, under the policy that these have for it.
  init(_ sample: DomainSample, owner: TargetOwner?, policies: PolicySet) {
    self.init(
      sample, owner: owner, policy: policies.policy(for: sample.id, name: sample.name))
  }

  /// What a snapshot says of a domain, under the policy for it.
  package init(_ sample: DomainSample, owner: TargetOwner?, policy: MemoryPolicy) {
    self.init(
      size: sample.size ?? sample.allocation, overhead: sample.size(holding: .zero),
      busy: sample.busy, swapUsed: sample.swapUsed, swapInRate: sample.diskSwapIn,
      pressure: sample.pressure,
      staticMax: sample.staticMax, guaranteed: sample.guaranteed,
      mayCountCache: Hindrance.figures(sample, policy: policy) != nil,
      objection: Hindrance.of(sample, owner: owner, policy: policy), policy: policy)
  }
}

/// How guests share a host that has less than they lack.
struct ShortHost {
  let guests: [AdvisedGuest]
  let free: Bytes

  /// Raises become shares of what is free, by weight; who has a surplus lowers at once by what is
  /// lacking, in proportion; where that is not enough for those under pressure, others give up to
  /// half their reserve, but none below its floor.
  func share(_ advice: inout [Result<Advice, NoAdvice>], wanted: Bytes) {
    let suffering = guests.indices.reduce(Bytes.zero) { sum, index in
      guests[index].isPressed ? sum + raise(advice[index], index) : sum
    }
    let missing = wanted - free
    let surplus = guests.map { $0.surplus() }
    var gifts = Sharing.proportional(missing, among: surplus)
    let found = gifts.reduce(.zero, +)
    let rest = min(missing, suffering) - found
    if rest > .zero {
      let spare = zip(guests, gifts).map { max(.zero, $0.spare() - $1) }
      gifts = zip(gifts, Sharing.proportional(rest, among: spare)).map { $0 + $1 }
    }
    scaleRaises(&advice)
    for index in guests.indices where gifts[index] >= Advisor.deadBand(size: guests[index].size) {
      take(gifts[index], from: index, &advice)
    }
  }

  private func raise(_ advice: Result<Advice, NoAdvice>, _ index: Int) -> Bytes {
    Advisor.raise(advice, of: guests[index])
  }

  private func take(_ gift: Bytes, from index: Int, _ advice: inout [Result<Advice, NoAdvice>]) {
    // A guest that is raised gives nothing. One that lacks memory but is not raised may still give to guests
    // under pressure.
    guard raise(advice[index], index) == .zero else { return }
    let target = (guests[index].size - gift).rounded(downTo: .mib(1))
    if case .success(let own) = advice[index], own.target <= target { return }
    advice[index] = .success(Advice(target: target, cause: .gives(guests[index].size - target)))
  }

  /// Free memory goes to the raises, by weight. No domain gets more than it lacks.
  private func scaleRaises(_ advice: inout [Result<Advice, NoAdvice>]) {
    let raises = guests.indices.map { raise(advice[$0], $0) }
    let shares = Sharing.weighted(free, raises, guests.map { Double($0.policy.weight) })
    for index in guests.indices where raises[index] > .zero {
      guard case .success(var own) = advice[index] else { continue }
      let part = shares[index].rounded(downTo: .mib(1))
      guard part < raises[index].rounded(downTo: .mib(1)) else { continue }
      guard part >= .mib(1) else {
        advice[index] = .failure(NoAdvice(.hostEmpty(wanted: own.target)))
        continue
      }
      own.target = guests[index].size + part
      switch own.cause {
      case .lacks(let goal), .pressed(_, let goal):
        own.cause = .shared(goal, given: part, missing: raises[index])
      case .shared, .surplus, .gives: break
      }
      advice[index] = .success(own)
    }
  }
}
