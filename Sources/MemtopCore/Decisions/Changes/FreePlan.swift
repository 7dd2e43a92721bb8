/// "`xl create` failed, I need 4G": which domains give how much, before anything is done.
package struct FreePlan: Sendable {
  /// What somebody asked for.
  package var wanted: Bytes
  /// Of it, what the host has already.
  package var alreadyFree: Bytes
  /// What the host has promised beyond what it has: that must be freed, too.
  package var overpromised: Bytes = .zero
  /// Lowered targets, largest gift first.
  package var orders: [TargetOrder] = []
  /// Domains that give nothing, and why.
  package var declined: [(domain: DomainID, name: String, reason: String)] = []
  /// What the orders free together.
  package var yields: Bytes = .zero

  /// What is still lacking when all is done.
  package var missing: Bytes { max(.zero, wanted + overpromised - alreadyFree - yields) }

  /// How much can be made free of what is wanted.
  package var possible: Bytes { max(.zero, wanted - missing) }

  /// Why a domain is not asked.
  private struct Declined: Error { let reason: String }

  private struct Giver {
    let sample: DomainSample
    /// Down to the advisor's reserve: painless.
    let comfortable: Bytes
    /// Down to the guard's warning: it will feel it.
    let most: Bytes
    var gift = Bytes.zero
  }

  /// Who may take what was freed before a new domain does: nothing reserves it until then.
  package static func rival(on host: HostMemory) -> String? {
    guard let regulator = host.regulator, regulator.health != .silent else { return nil }
    return "memtop regulate is running and may give freed memory to guests that lack it;"
      + " create the domain at once"
  }

  /// Plans to free `wanted` on the host.
  ///
  /// Gifts are in proportion to what each has beyond busy and the advisor's reserve; only where that
  /// is not enough, down to where the guard would warn. Nobody is asked whom the guard would not
  /// let give without a question; a domain that has merely not been seen to follow yet is.
  ///
  /// - Parameters:
  ///   - facts: what the guard must know beside the snapshot, as far as it was asked for.
  ///   - policies: who is left alone, and how much each keeps.
  package static func make(
    freeing wanted: Bytes, in snapshot: Snapshot, facts: [DomainID: GuardFacts] = [:],
    policies: PolicySet = .standard
  ) -> FreePlan {
    let free = snapshot.host.uncommitted
    var plan = FreePlan(wanted: wanted, alreadyFree: min(wanted, free))
    guard wanted > free else { return plan }
    plan.overpromised = snapshot.host.overpromised
    let needed = wanted - plan.alreadyFree + plan.overpromised
    var givers = plan.givers(snapshot, facts, policies)
    var rest = needed
    for round in rounds where rest > .zero { rest -= share(rest, among: &givers, room: round) }
    plan.order(givers)
    return plan
  }

  private mutating func givers(
    _ snapshot: Snapshot, _ facts: [DomainID: GuardFacts], _ policies: PolicySet
  ) -> [Giver] {
    var givers: [Giver] = []
    for sample in snapshot.domains {
      let policy = policies.policy(for: sample.id, name: sample.name)
      do throws(Declined) {
        givers.append(try Self.giver(sample, snapshot, facts[sample.id], policy))
      } catch {
        declined.append((sample.id, sample.name, error.reason))
      }
    }
    return givers
  }

  private static func giver(
    _ sample: DomainSample, _ snapshot: Snapshot, _ facts: GuardFacts?, _ policy: MemoryPolicy
  ) throws(Declined) -> Giver {
    func no(_ reason: String) -> Declined { Declined(reason: reason) }
    let owner = snapshot.host.owner
    if let hindrance = Hindrance.of(sample, owner: owner, policy: policy) {
      throw no(hindrance.words)
    }
    guard let busy = sample.busy else { throw no(Hindrance.busyUnknown.words) }
    guard let size = sample.size else { throw no("it has no target") }
    if let pressure = sample.pressure, pressure > .ok { throw no("it is \(pressure.word)") }
    guard let least = least(sample, policy), size > least else {
      throw no("its target is already at the lowest safe size")
    }
    if mayPopulateOnDemand(sample, facts) {
      throw no("it was never seen to follow a target and may have populate-on-demand memory")
    }
    let verdict = Guard.verdict(
      on: sample.id, to: least, in: snapshot, facts: facts ?? GuardFacts())
    if let finding = verdict.findings.first(where: {
      $0.severity > .allow && !$0.rule.isAccepted(.byFreeing)
    }) {
      throw no(finding.text)
    }
    let ideal = sample.size(holding: busy + policy.reserve(busy: busy))
    return Giver(
      sample: sample, comfortable: max(.zero, size - max(ideal, least)).rounded(downTo: .mib(1)),
      most: (size - least).rounded(downTo: .mib(1)))
  }

  /// The guard would refuse it in the middle of the plan.
  private static func mayPopulateOnDemand(_ sample: DomainSample, _ facts: GuardFacts?) -> Bool {
    guard sample.kind != .pv, !sample.balloon.hasFollowed else { return false }
    let left = facts?.populateOnDemand.left ?? sample.populateOnDemand
    return left.map { $0.uncovered > .zero } ?? true
  }

  /// Neither below what the guard would warn of, nor below what the toolstack guarantees or the
  /// policy's floor.
  private static func least(_ sample: DomainSample, _ policy: MemoryPolicy) -> Bytes? {
    Guard.lowest(for: sample).map {
      max($0.withoutWarning, sample.guaranteed ?? .zero, policy.floor ?? .zero)
    }
  }

  /// A gift smaller than this is more trouble than help, as long as others can give.
  private static let least = Bytes.mib(16)

  /// Who gives how much, in this order: those who are known to follow and feel nothing, others who
  /// would feel nothing, and then everybody down to where the guard would warn.
  private static let rounds: [@Sendable (Giver) -> Bytes] = [
    { $0.sample.balloon.hasFollowed && $0.comfortable >= least ? $0.comfortable : .zero },
    { $0.comfortable - $0.gift },
    { $0.most - $0.gift },
  ]

  /// Adds `amount` to the gifts, in proportion to what each can give, in whole MiB rounded up.
  ///
  /// - Returns: what was found of it.
  private static func share(
    _ amount: Bytes, among givers: inout [Giver], room capacity: (Giver) -> Bytes
  ) -> Bytes {
    let room = givers.map { max(.zero, capacity($0)) }
    let gifts = Sharing.proportional(amount, among: room, unit: .mib(1))
    for index in givers.indices { givers[index].gift += gifts[index] }
    return gifts.reduce(.zero, +)
  }

  private mutating func order(_ givers: [Giver]) {
    for giver in givers.sorted(by: { $0.gift > $1.gift }) where giver.gift > .zero {
      guard let size = giver.sample.size else { continue }
      yields += giver.gift
      orders.append(
        TargetOrder(
          domain: giver.sample.id, name: giver.sample.name, from: size, to: size - giver.gift,
          reason: "to free \(wanted.short) on the host"))
    }
    for giver in givers where giver.gift == .zero {
      declined.append((giver.sample.id, giver.sample.name, "not needed"))
    }
  }
}
