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
  /// The same, and when that was.
  private var seen: DomainSamples = []
  private var seenAt: SteadyTime?
  /// The chunks in which there is nothing to be seen until something changes, and those in them that are
  /// under pressure meanwhile: when that was last counts if they are handed over later.
  private var idle: [Int: [DomainID]] = [:]

  package init(policies: PolicySet, isDry: Bool = false) {
    self.policies = policies
    self.isDry = isDry
  }

  /// How many domains are in its hands.
  package var count: Int { present.count { known[$0]?.guest != nil } }

  /// Takes and lets go, by what a snapshot shows.
  package mutating func see(_ snapshot: Snapshot) -> [Act] {
    var acts: [Act] = []
    let isToHandOn = hasSuccessors(snapshot)
    for place in idle.keys
    where isToHandOn || !snapshot.domains.sharesChunk(place, with: seen) { wake(place) }
    if isToHandOn { handOn(snapshot) }
    for place in snapshot.domains.chunks.indices where idle[place] == nil {
      idle[place] = meetAll(of: place, snapshot, &acts)
    }
    (seen, seenAt) = (snapshot.domains, snapshot.steady)
    return acts + rangesLeft(snapshot)
  }

  /// The domains of the snapshot that was seen last, without those that are idle.
  func busy(in snapshot: Snapshot) -> [DomainSample] {
    guard snapshot.domains.areSame(as: seen) else { return Array(snapshot.domains) }
    return snapshot.domains.chunks.indices.filter { idle[$0] == nil }.flatMap {
      snapshot.domains[range(of: $0, snapshot)]
    }
  }

  private func range(of chunk: Int, _ snapshot: Snapshot) -> Range<Int> {
    let begin = chunk * DomainSamples.chunkSize
    return begin..<begin + snapshot.domains.chunks[chunk].count
  }

  /// Its domains were as they are known until the last snapshot.
  private mutating func wake(_ chunk: Int) {
    guard let pressed = idle.removeValue(forKey: chunk), let seenAt else { return }
    for id in pressed { known[id]?.course.wasPressed(at: seenAt) }
  }

  /// Whether a domain came, went or is about to go, so that another one may inherit what is known of it.
  private func hasSuccessors(_ snapshot: Snapshot) -> Bool {
    let isSame =
      present.count == snapshot.domains.count
      && present.indices.allSatisfy { present[$0] == snapshot.domains[$0].id }
    // A former domain that dies slowly is gone for its successor.
    return !isSame || snapshot.domains.contains(where: { $0.life == .dying })
  }

  /// Hands on what is known of those that are gone, and forgets what nobody can inherit.
  private mutating func handOn(_ snapshot: Snapshot) {
    present = snapshot.domains.map(\.id)
    let living = snapshot.domains.filter { $0.life != .dying && !$0.id.isDom0 }.map(\.id)
    known.handOn(to: living, present: Set(present), most: Self.mostRemembered)
  }

  /// - Returns: those that are under pressure, where none need be met again until one changes; else nil.
  private mutating func meetAll(
    of chunk: Int, _ snapshot: Snapshot, _ acts: inout [Act]
  ) -> [DomainID]? {
    var (isIdle, pressed): (Bool, [DomainID]) = (true, [])
    for index in range(of: chunk, snapshot) {
      let sample = snapshot.domains[index]
      if sample.id.isDom0 { continue }
      // Whatever `[domain *]` says; one that was handed over by name is answered.
      if sample.isStubDomain, sample.regulation == nil, known[sample.id]?.guest == nil { continue }
      // A dying domain, or one without keys, says nothing of how it stands.
      guard sample.canBeRegulated else { continue }
      let meeting = Meeting(
        sample: sample, snapshot: snapshot,
        policy: policies.policy(for: sample.id, name: sample.name), isDry: isDry)
      acts += known[sample.id, default: RegulatorMemory()].meet(meeting)
      isIdle = isIdle && known[sample.id]?.isIdle(meeting) == true
      if known[sample.id]?.course.isPressed == true { pressed.append(sample.id) }
    }
    return isIdle ? pressed : nil
  }
}
