/// What the regulator remembers of one domain, whoever has it.
struct RegulatorMemory: Sendable {
  /// nil while it is not in its hands.
  var guest: RegulatedGuest?
  /// What it went through counts, whoever has it.
  var course = RegulatorCore.Guest()
  /// It is left alone until it changes, and was under pressure when it was met last.
  private(set) var restsPressed = false
  /// The policy gave it once, or it was let go of: it is not taken again by the policy.
  var isDecided = false
  /// The operator's dynamic range, which it is to have again.
  var giveBack: DynamicRange?
  var triedGivingBack: SteadyTime?
  /// The regulator's range that the domain still had when it was released.
  var leftRange: LeftRange?
  /// When it was let go of, and what its key was to say; the key may still be read as it was before.
  var parted: Parting?
  /// The word in its key that was answered last, while it is still there.
  var answered: Answer?

  struct Answer {
    let word: Regulation?
    let words: String
    var at: SteadyTime
  }

  struct Parting {
    var at: SteadyTime
    let key: Regulation?
  }

  /// As it was named last, and since when it is not there; nil while it is.
  var name = ""
  var gone: SteadyTime?
  /// That it is gone with the regulator's range has been said.
  var isLeftTold = false
}

extension [DomainID: RegulatorMemory] {
  /// Gives what is known of a domain that is gone to the one of the same uuid: after a reboot, or at
  /// the end of a migration within the host. A zero uuid is nobody's.
  ///
  /// - Parameters:
  ///   - living: the domains that may inherit; one that has a guest of its own does not.
  ///   - present: all that Xen lists; what is known of others is forgotten beyond `most`.
  mutating func handOn(to living: [DomainID], present: Set<DomainID>, most: Int) {
    var heirs: [DomainUUID: DomainID] = [:]
    for id in living where id.uuid != .zero { heirs[id.uuid] = id }
    let lives = Set(living)
    for (id, memory) in self where !lives.contains(id) {
      if let heir = heirs[id.uuid] {
        self[id] = nil
        self[heir] = self[heir, default: RegulatorMemory()].inheriting(memory)
      } else if id.uuid == .zero, !present.contains(id) {
        self[id] = nil
      }
    }
    if count > most { self = filter { present.contains($0.key) || $0.value.guest != nil } }
  }
}

extension RegulatorMemory {
  /// A domain that was left alone under pressure was under pressure until `time`, the last snapshot's.
  mutating func endRest(at time: SteadyTime) {
    guard restsPressed else { return }
    restsPressed = false
    course.wasPressed(at: time)
  }

  /// It is left alone until it changes.
  mutating func beginRest() { restsPressed = course.isPressed }

  fileprivate func inheriting(_ former: RegulatorMemory) -> RegulatorMemory {
    // What an operator or the policy has decided of the new one counts.
    guard guest == nil, !isDecided else { return self }
    var heir = former
    if course.hasPast { heir.course = course }
    (heir.gone, heir.isLeftTold) = (nil, false)
    heir.parted = nil
    return heir
  }
}

/// What the regulator remembers of every guest, whoever has it: it may be handed over at any moment,
/// and what it went through before counts then.
struct GuestPast: Sendable {
  private(set) var peak: BusyPeak?
  /// When it was under pressure last.
  private(set) var pressed: SteadyTime?
  private var lastArrival: SteadyTime?

  /// It is known that it still was under pressure then.
  mutating func wasPressed(at time: SteadyTime) { pressed = time }

  /// - Parameter reported: when its report arrived; nil while that is not fresh.
  mutating func note(_ busy: Bytes?, isPressed: Bool, reported: SteadyTime?, now: SteadyTime) {
    if isPressed { pressed = now }
    guard let reported, reported != lastArrival, let busy else { return }
    lastArrival = reported
    if peak == nil { peak = BusyPeak(busy, at: reported) } else { peak?.note(busy, at: reported) }
  }
}
