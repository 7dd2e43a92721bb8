/// Moves the targets of the domains that were handed to it, by the advisor's word and behind the
/// guard: what `memtop regulate` does, without a host, a clock or a file of its own.
///
/// It lets go of a domain whose target somebody else sets, leaves one exactly where it is whose
/// report is not fresh or means nobody knows what, and one that does not follow; after a reboot it
/// goes on with the same uuid once that reports again.
public struct Regulator: Sendable {
  /// What the caller is to do beside setting targets.
  public enum Act: Hashable, Sendable {
    /// Writes this into the domain's key, or removes it.
    case publish(DomainID, Regulation?)
    /// A line for the log: whom it is about, and what.
    case tell(String, String)
  }

  /// How often a sign of life is given.
  public static let beatInterval = Span.seconds(5)
  /// A target that was just set may be read as it was for this long.
  static let settling = Span.seconds(10)
  private static let mostRemembered = 4096

  public let policies: PolicySet
  /// It says what it would do, and publishes nothing.
  public let isDry: Bool
  var guests: [DomainUUID: RegulatedGuest] = [:]
  var pasts: [DomainUUID: GuestPast] = [:]
  /// Those that the policy gave to it once; whoever was let go of is not taken again by it.
  private var given: Set<DomainUUID> = []
  /// Let go of so lately that the key may still be read as it was before.
  private var parted: [DomainUUID: SteadyTime] = [:]

  public init(policies: PolicySet, isDry: Bool = false) {
    self.policies = policies
    self.isDry = isDry
  }

  /// How many domains are in its hands.
  public var count: Int { guests.count }

  /// Takes and lets go, by what a snapshot shows.
  public mutating func see(_ snapshot: Snapshot) -> [Act] {
    var acts: [Act] = []
    for sample in snapshot.domains where !sample.id.isDom0 {
      meet(sample, snapshot, &acts)
    }
    if pasts.count > Self.mostRemembered { forget(but: snapshot) }
    return acts
  }

  private mutating func meet(_ sample: DomainSample, _ snapshot: Snapshot, _ acts: inout [Act]) {
    let uuid = sample.id.uuid
    let policy = policies.policy(for: sample.id, name: sample.name)
    pasts[uuid, default: GuestPast()].note(sample, policy, now: snapshot.steady)
    if guests[uuid] == nil { take(sample, snapshot, policy, &acts) }
    guard var guest = guests[uuid] else { return }
    let verdict = guest.see(sample, snapshot, policy, isDry: isDry)
    guests[uuid] = guest
    switch verdict {
    case .goesOn(let news, let isToBePublished):
      if isToBePublished { publish(sample.id, .regulated(by: guest.by), &acts) }
      if let news { acts.append(.tell(sample.name, news)) }
    case .takenBack(let by):
      part(uuid, snapshot.steady)
      publish(sample.id, nil, &acts)
      acts.append(.tell(sample.name, "taken back by \(by)"))
    case .released(let why):
      part(uuid, snapshot.steady)
      publish(sample.id, .released(why: why), &acts)
      acts.append(.tell(sample.name, "released: \(why)"))
    }
  }

  /// Of those that are gone for good.
  private mutating func forget(but snapshot: Snapshot) {
    let there = Set(snapshot.domains.map(\.id.uuid))
    pasts = pasts.filter { there.contains($0.key) || guests[$0.key] != nil }
  }

  private mutating func part(_ uuid: DomainUUID, _ now: SteadyTime) {
    guests[uuid] = nil
    parted = parted.filter { now - $0.value < Self.settling }
    parted[uuid] = now
  }

  private func hasJustParted(_ sample: DomainSample, _ snapshot: Snapshot) -> Bool {
    parted[sample.id.uuid].map { snapshot.steady - $0 < Self.settling } ?? false
  }

  private func publish(_ id: DomainID, _ regulation: Regulation?, _ acts: inout [Act]) {
    if !isDry { acts.append(.publish(id, regulation)) }
  }

  /// One that an operator or the policy hands to it, or that it had before it was started anew.
  private mutating func take(
    _ sample: DomainSample, _ snapshot: Snapshot, _ policy: MemoryPolicy, _ acts: inout [Act]
  ) {
    let by: String
    switch sample.regulation {
    case .wanted(let operatorName): by = operatorName
    case .regulated(let before):
      if hasJustParted(sample, snapshot) { return }
      by = before
    case .unwanted(let operatorName):
      if hasJustParted(sample, snapshot) { return }
      // Nobody's any more: the wish is done with.
      publish(sample.id, nil, &acts)
      acts.append(.tell(sample.name, "taken back by \(operatorName)"))
      return
    case .released: return
    case nil:
      guard policy.isRegulated, given.insert(sample.id.uuid).inserted else { return }
      by = "the policy"
    }
    if let why = refusal(sample, snapshot, policy) {
      publish(sample.id, .released(why: why), &acts)
      acts.append(.tell(sample.name, "not regulated: \(why)"))
      return
    }
    guests[sample.id.uuid] = RegulatedGuest(sample, by: by)
    acts.append(.tell(sample.name, "handed over by \(by)"))
  }

  /// Why it is never regulated, whatever it reports.
  private func refusal(
    _ sample: DomainSample, _ snapshot: Snapshot, _ policy: MemoryPolicy
  ) -> String? {
    if policy.handsOff { return "the policy says hands off" }
    if sample.selfBallooning { return "it sets its own target" }
    if let owner = snapshot.host.owner { return "\(owner.rawValue) sets the targets here" }
    return nil
  }
}
