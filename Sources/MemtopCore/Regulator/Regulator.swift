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
  /// The domains of the last snapshot, so that those that came and went are noticed.
  private var present: [DomainID] = []

  package init(policies: PolicySet, isDry: Bool = false) {
    self.policies = policies
    self.isDry = isDry
  }

  /// How many domains are in its hands.
  package var count: Int { present.count { known[$0]?.guest != nil } }

  /// Takes and lets go, by what a snapshot shows.
  package mutating func see(_ snapshot: Snapshot) -> [Act] {
    var acts: [Act] = []
    inherit(snapshot)
    for sample in snapshot.domains where !sample.id.isDom0 {
      // Whatever `[domain *]` says; one that was handed over by name is answered.
      if sample.isStubDomain, sample.regulation == nil, known[sample.id]?.guest == nil { continue }
      meet(sample, snapshot, &acts)
    }
    return acts + rangesLeft(snapshot)
  }

  /// Hands on what is known of those that are gone, and forgets what nobody can inherit.
  private mutating func inherit(_ snapshot: Snapshot) {
    let isSame =
      present.count == snapshot.domains.count
      && present.indices.allSatisfy { present[$0] == snapshot.domains[$0].id }
    // A former domain that dies slowly is gone for its successor.
    guard !isSame || snapshot.domains.contains(where: { $0.life == .dying }) else { return }
    present = snapshot.domains.map(\.id)
    let living = snapshot.domains.filter { $0.life != .dying && !$0.id.isDom0 }.map(\.id)
    known.handOn(to: living, present: Set(present), most: Self.mostRemembered)
  }

  private mutating func meet(_ sample: DomainSample, _ snapshot: Snapshot, _ acts: inout [Act]) {
    // A dying domain, or one without keys, says nothing of how it stands.
    guard sample.canBeRegulated else { return }
    let policy = policies.policy(for: sample.id, name: sample.name)
    if known[sample.id] == nil { known[sample.id] = RegulatorMemory() }
    if known[sample.id]?.guest == nil { take(sample, snapshot, policy, &acts) }
    look(at: sample, snapshot, policy)
    guard var guest = known[sample.id]?.guest else { return }
    if guest.id != sample.id { known[sample.id]?.course.forgetMoves() }
    let verdict = guest.see(sample, snapshot, policy, isDry: isDry)
    known[sample.id]?.guest = guest
    switch verdict {
    case .goesOn(let news, let isToBePublished):
      if isToBePublished { publish(sample.id, .regulated(by: guest.by), &acts) }
      if let news { acts.append(.tell(sample.name, news)) }
    case .takenBack(let by):
      part(sample, guest, snapshot)
      publish(sample.id, nil, &acts)
      acts.append(.tell(sample.name, "taken back by \(by)"))
    case .released(let why):
      part(sample, guest, snapshot)
      publish(sample.id, .released(why: why), &acts)
      acts.append(.tell(sample.name, "released: \(why)"))
    }
  }

  /// Those that are not in its hands neither lack nor give.
  private mutating func look(
    at sample: DomainSample, _ snapshot: Snapshot, _ policy: MemoryPolicy
  ) {
    var figures = AdvisedGuest(sample, owner: snapshot.host.owner, policy: policy)
    if known[sample.id]?.guest == nil {
      figures.objection = figures.objection ?? .handsOff
    } else if snapshot.host.owner == .xapi {
      figures.bound(by: known[sample.id]?.guest?.ranges.operators, videoram: sample.videoram)
    }
    if known[sample.id]?.guest != nil, figures.mayCountCache {
      // Whoever may count cache as busy is left where it is, in both directions.
      figures.objection = figures.objection ?? .xapiUnknown
    }
    known[sample.id]?.course.look(
      figures, reported: sample.freshArrival(at: snapshot.steady), now: snapshot.steady)
  }

  private mutating func part(
    _ sample: DomainSample, _ guest: RegulatedGuest, _ snapshot: Snapshot
  ) {
    let id = sample.id
    if snapshot.host.owner == .xapi { known[id]?.giveBack = guest.ranges.toGiveBack(sample) }
    known[id]?.guest = nil
    known[id]?.parted = snapshot.steady
    known[id]?.isDecided = true
  }

  private func hasJustParted(_ sample: DomainSample, _ snapshot: Snapshot) -> Bool {
    guard let parted = known[sample.id]?.parted else { return false }
    return snapshot.steady - parted < Self.settling
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
      known[sample.id]?.isDecided = true
      publish(sample.id, nil, &acts)
      acts.append(.tell(sample.name, "taken back by \(operatorName)"))
      return
    case .released:
      known[sample.id]?.isDecided = true
      return
    case nil:
      // One that boots cannot be moved, and it may yet turn out to be a stub domain.
      guard policy.isRegulated, known[sample.id]?.isDecided == false, sample.state != .booting,
        !isEndOfMigration(sample, snapshot)
      else { return }
      known[sample.id]?.isDecided = true
      by = "the policy"
    }
    if let why = refusal(sample, snapshot, policy) {
      publish(sample.id, .released(why: why), &acts)
      acts.append(.tell(sample.name, "not regulated: \(why)"))
      return
    }
    known[sample.id]?.guest = RegulatedGuest(sample, by: by)
    known[sample.id]?.name = sample.name
    known[sample.id]?.giveBack = nil
    known[sample.id]?.course.forgetMoves()
    acts.append(
      .tell(sample.name, isDry ? "would be handed over by \(by) (dry run)" : "handed over by \(by)")
    )
  }

  /// Within one host both ends of a migration have one uuid: what is known of the source goes to the
  /// other end once the source is gone, so that no policy decides anew.
  private func isEndOfMigration(_ sample: DomainSample, _ snapshot: Snapshot) -> Bool {
    let uuid = sample.id.uuid
    guard uuid != .zero else { return false }
    return snapshot.domains.contains { $0.id.uuid == uuid && $0.state == .migrating }
  }

  /// Why it is never regulated, whatever it reports.
  private func refusal(
    _ sample: DomainSample, _ snapshot: Snapshot, _ policy: MemoryPolicy
  ) -> String? {
    Hindrance.lasting(sample, owner: snapshot.host.owner, policy: policy)?.words
  }
}
