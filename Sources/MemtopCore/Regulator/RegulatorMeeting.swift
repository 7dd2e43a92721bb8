/// One domain in one snapshot, as the regulator meets it.
struct Meeting {
  let sample: DomainSample
  let snapshot: Snapshot
  let policy: MemoryPolicy
  let isDry: Bool
  /// When the last snapshot was made; nil for the first.
  let before: SteadyTime?

  fileprivate var now: SteadyTime { snapshot.steady }
  fileprivate var owner: TargetOwner? { snapshot.host.owner }

  fileprivate func publish(_ regulation: Regulation?) -> [Regulator.Act] {
    isDry ? [] : [.publish(sample.id, regulation)]
  }

  fileprivate func tell(_ what: String) -> Regulator.Act { .tell(sample.name, what) }
}

extension RegulatorMemory {
  /// Takes the domain or lets it go, and looks at it.
  ///
  /// - Returns: whether it is to be met at the next snapshot even if nothing changes.
  mutating func meet(_ meeting: Meeting, _ acts: inout [Regulator.Act]) -> Bool {
    if let before = meeting.before { endRest(at: before) }
    acts += guest == nil ? take(meeting) : []
    look(meeting)
    if guest != nil { acts += see(meeting) }
    if meeting.owner == .xapi { lookAtRange(meeting) }
    guard isIdle(meeting) else { return true }
    beginRest()
    return false
  }

  private mutating func lookAtRange(_ meeting: Meeting) {
    guard guest == nil else { return giveBack = nil }
    giveBack = rangeToGiveBack(meeting.sample)
    // What is set from now on is an operator's, even if it is the same.
    if let left = leftRange, let present = meeting.sample.dynamicRange, present != left.present,
      present == left.operators || !hasJustParted(meeting)
    {
      leftRange = nil
    }
  }

  /// Looks at one that is in its hands.
  private mutating func see(_ meeting: Meeting) -> [Regulator.Act] {
    var acts: [Regulator.Act] = []
    if guest?.id != meeting.sample.id { course.takeUp() }
    let fate = guest!.see(
      meeting.sample, meeting.snapshot, meeting.policy, isDry: meeting.isDry)
    switch fate {
    case .goesOn(let news, let key):
      if let key { acts += meeting.publish(key) }
      if let news { acts.append(meeting.tell(news)) }
    case .takenBack(let by):
      acts += part(meeting, leaving: nil) + [meeting.tell("taken back by \(by)")]
    case .released(let why):
      acts += part(meeting, leaving: .released(why: why)) + [meeting.tell("released: \(why)")]
    }
    return acts
  }

  /// Whether the same sample once more would lead to nothing but a later `GuestPast.pressed`.
  private func isIdle(_ meeting: Meeting) -> Bool {
    guard guest == nil, giveBack == nil, isDecided || !meeting.policy.isRegulated else {
      return false
    }
    switch meeting.sample.regulation {
    case nil, .released: return true
    case .wanted, .regulated, .unwanted: return false
    }
  }

  private mutating func look(_ meeting: Meeting) {
    let sample = meeting.sample
    var figures = AdvisedGuest(sample, owner: meeting.owner, policy: meeting.policy)
    let reported = sample.freshArrival(at: meeting.now)
    guard let guest else { return course.watch(figures, reported: reported, now: meeting.now) }
    if meeting.owner == .xapi {
      figures.bound(by: guest.ranges.operators, videoram: sample.videoram)
    }
    if figures.mayCountCache {
      // Its busy memory may include cache, so it is neither raised nor lowered.
      figures.objection = figures.objection ?? .xapiUnknown
    }
    course.look(figures, reported: reported, now: meeting.now)
  }

  private mutating func part(_ meeting: Meeting, leaving key: Regulation?) -> [Regulator.Act] {
    leftRange = guest?.ranges.left
    guest = nil
    isDecided = true
    parted = Parting(at: meeting.now, key: key)
    return meeting.publish(key)
  }

  private func hasJustParted(_ meeting: Meeting) -> Bool {
    guard let parted else { return false }
    return meeting.now - parted.at < Regulator.settling
  }

  /// Its key says that the regulator has it, which is not so: writing it did not come through.
  private mutating func partAgain(from parting: Parting, _ meeting: Meeting) -> [Regulator.Act] {
    if hasJustParted(meeting) { return [] }
    parted?.at = meeting.now
    return meeting.publish(parting.key)
  }

  /// Takes a domain that an operator or the policy hands over, or that the regulator had before a restart.
  private mutating func take(_ meeting: Meeting) -> [Regulator.Act] {
    let (sample, policy) = (meeting.sample, meeting.policy)
    if answered?.word != sample.regulation { answered = nil }
    let by: String
    switch sample.regulation {
    case .wanted(let operatorName): by = operatorName
    case .regulated(let before, let setting):
      if let parted { return partAgain(from: parted, meeting) }
      if let why = RegulatedGuest.lost(sample, since: setting, meeting.owner) {
        isDecided = true
        return answer(meeting, by: .released(why: why), "released: \(why)")
      }
      by = before
    case .unwanted(let operatorName):
      if hasJustParted(meeting) { return [] }
      // It is not regulated any more, as the operator wished.
      isDecided = true
      return answer(meeting, by: nil, "taken back by \(operatorName)")
    case .released(let why):
      defer { isDecided = true }
      return isDecided ? [] : staysReleased(meeting, why)
    case nil:
      // One that boots cannot be moved, and it may yet turn out to be a stub domain.
      guard policy.isRegulated, !isDecided, sample.state != .booting,
        !Self.isEndOfMigration(sample, meeting.snapshot)
      else { return [] }
      isDecided = true
      by = "the policy"
    }
    // Some are never regulated, whatever they report.
    if let why = Hindrance.lasting(sample, owner: meeting.owner, policy: policy)?.words {
      isDecided = true
      return answer(meeting, by: .released(why: why), "not regulated: \(why)")
    }
    guest = RegulatedGuest(sample, by: by, left: leftRange)
    name = sample.name
    course.takeUp()
    return [meeting.tell(Self.taken(by: by, meeting))]
  }

  private static func taken(by: String, _ meeting: Meeting) -> String {
    let isKept = meeting.sample.regulation?.isRegulated == true
    guard meeting.isDry else { return "\(isKept ? "continues, " : "")handed over by \(by)" }
    return "would \(isKept ? "continue," : "be") handed over by \(by) (dry run)"
  }

  /// An earlier run of the service released it. What the policy says is no word from an operator.
  private func staysReleased(_ meeting: Meeting, _ why: String) -> [Regulator.Act] {
    guard meeting.policy.isRegulated,
      Hindrance.lasting(meeting.sample, owner: meeting.owner, policy: meeting.policy) == nil
    else { return [] }
    return [
      meeting.tell(
        "not taken, though the policy says regulate = yes: released earlier (\(why));"
          + " M hands it over again")
    ]
  }

  /// Says it once. The key is written again for as long as it stays as it was: a dry run writes none, and
  /// xenstore may refuse it.
  private mutating func answer(
    _ meeting: Meeting, by key: Regulation?, _ words: String
  ) -> [Regulator.Act] {
    let word = meeting.sample.regulation
    if let answered, answered.word == word, answered.words == words {
      guard meeting.now - answered.at >= Regulator.settling else { return [] }
      self.answered?.at = meeting.now
      return meeting.publish(key)
    }
    answered = Answer(word: word, words: words, at: meeting.now)
    return meeting.publish(key) + [meeting.tell(words)]
  }

  /// In a migration within one host both ends have the same uuid. The policy waits until the source is gone,
  /// because the other end then gets what is known of the source.
  private static func isEndOfMigration(_ sample: DomainSample, _ snapshot: Snapshot) -> Bool {
    let uuid = sample.id.uuid
    guard uuid != .zero else { return false }
    return snapshot.domains.contains { $0.id.uuid == uuid && $0.state == .migrating }
  }
}
