/// Moves the targets of the domains that were handed to it, by the advisor's word and behind the
/// guard: what `memtop regulate` does, without a host, a clock or a file of its own.
///
/// It releases a domain whose target somebody else sets, leaves one exactly where it is whose
/// report is not fresh or means nobody knows what, and one that does not follow; after a reboot it
/// goes on with the domain of the same uuid once that reports again.
package struct Regulator: Sendable {
  /// What the caller is to do beside setting targets.
  package enum Act: Hashable, Sendable {
    /// Writes this into the domain's key, or removes it.
    case publish(DomainID, Regulation?)
    /// A line for the log: whom it is about, and what.
    case tell(String, String)
  }

  /// How often a sign of life is given.
  package static let beatInterval = Span.seconds(5)
  /// A target that was just set may be read as it was for this long.
  static let settling = Span.seconds(10)
  private static let mostRemembered = 4096

  package let policies: PolicySet
  /// It says what it would do, and publishes nothing.
  package let isDry: Bool
  /// Domains may share a uuid, so each is known by its domid, too.
  var known: [DomainID: RegulatorMemory] = [:]
  /// The domains of the last snapshot, and when that was.
  private var seen: DomainSamples = []
  private var seenAt: SteadyTime?
  /// The places of those that are to be met at each snapshot, ascending; the others, when they change.
  private var awake: [Int] = []

  package init(policies: PolicySet, isDry: Bool = false) {
    self.policies = policies
    self.isDry = isDry
  }

  /// How many domains are in its hands.
  package var count: Int { seen.ageless.count { known[$0.id]?.guest != nil } }

  /// Takes and lets go, by what a snapshot shows.
  package mutating func see(_ snapshot: Snapshot) -> [Act] {
    var acts: [Act] = []
    let changes = changes(in: snapshot)
    if changes == nil {
      acts += gone(snapshot)
      handOn(snapshot)
    }
    awake = places(changes, in: snapshot).filter { meet($0, snapshot, &acts) }
    (seen, seenAt) = (snapshot.domains, snapshot.steady)
    return acts + rangesLeft(snapshot)
  }

  /// The keys that the end of the service must write: what was set last is known, and not written yet.
  package mutating func keysLeft(_ snapshot: Snapshot) -> [Act] {
    guard !isDry else { return [] }
    return snapshot.domains.ageless.compactMap { sample in
      guard known[sample.id]?.guest?.id == sample.id,
        let key = known[sample.id]?.guest?.keyToPublish(snapshot, seen: sample.regulation)
      else { return nil }
      return .publish(sample.id, key)
    }
  }

  /// Those of the snapshot that was seen last that are met at each snapshot, with their ages.
  func busy(in snapshot: Snapshot) -> [DomainSample] {
    guard snapshot.domains.areSame(as: seen) else { return Array(snapshot.domains) }
    return awake.map { snapshot.domains[$0] }
  }

  /// The places of those that may differ from when they were seen last; nil where a domain came, went or
  /// is about to go, so that another one may inherit what is known of it.
  private func changes(in snapshot: Snapshot) -> [Int]? {
    guard let changes = snapshot.domains.changes(since: seen) else { return nil }
    // A former domain that dies slowly is gone for its successor.
    let domains = snapshot.domains.ageless
    return changes.contains { domains[$0].life == .dying } ? nil : changes
  }

  /// Those to be met: what changed, and what is awake.
  private func places(_ changes: [Int]?, in snapshot: Snapshot) -> [Int] {
    guard let changes else { return Array(snapshot.domains.indices) }
    return awake.isEmpty ? changes : Set(awake).union(changes).sorted()
  }

  /// Names those in its hands that were there a moment ago. One that has a successor is told of with that.
  private func gone(_ snapshot: Snapshot) -> [Act] {
    let successors = Set(snapshot.domains.ageless.map(\.id.uuid)).subtracting([.zero])
    return seen.ageless.compactMap { former in
      guard known[former.id]?.guest != nil, snapshot.domain(former.id) == nil,
        !successors.contains(former.id.uuid)
      else { return nil }
      return .tell(former.name, "gone")
    }
  }

  /// Hands on what is known of those that are gone, and forgets what nobody can inherit.
  private mutating func handOn(_ snapshot: Snapshot) {
    if let seenAt {
      for place in known.values.indices { known.values[place].endRest(at: seenAt) }
    }
    let present = snapshot.domains.ageless
    let living = present.filter { $0.life != .dying && !$0.id.isDom0 }.map(\.id)
    known.handOn(to: living, present: Set(present.map(\.id)), most: Self.mostRemembered)
  }

  /// - Returns: whether it is to be met at the next snapshot even if nothing changes.
  private mutating func meet(_ place: Int, _ snapshot: Snapshot, _ acts: inout [Act]) -> Bool {
    let sample = snapshot.domains[place]
    if sample.id.isDom0 { return false }
    // Whatever `[domain *]` says; one that was handed over by name is answered.
    let isLeftOut =
      sample.isStubDomain && sample.regulation == nil && known[sample.id]?.guest == nil
    // A dying domain, or one without keys, says nothing of how it stands.
    guard !isLeftOut, sample.canBeRegulated else {
      if let seenAt { known[sample.id]?.endRest(at: seenAt) }
      return false
    }
    let meeting = Meeting(
      sample: sample, snapshot: snapshot,
      policy: policies.policy(for: sample.id, name: sample.name), isDry: isDry, before: seenAt)
    return known[sample.id, default: RegulatorMemory()].meet(meeting, &acts)
  }
}
