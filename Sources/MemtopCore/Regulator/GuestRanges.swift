/// The dynamic ranges of a regulated domain, where XAPI owns the targets: what the regulator expects to
/// find, and what it gives back when it lets go.
struct GuestRanges: Hashable, Sendable {
  /// What the operator had set before the regulator did; it goes with the domain through a reboot, because
  /// XAPI keeps the regulator's range then.
  private(set) var operators: DynamicRange?
  /// The range by the regulator's knowledge; another one was set by somebody else.
  private(set) var expected: DynamicRange?
  /// A range that was just set may still be read as it was before.
  private var former: Former?
  /// What XAPI had before the domain rebooted.
  private var beforeReboot: DynamicRange?

  private struct Former: Hashable {
    let range: DynamicRange
    let until: SteadyTime
  }

  /// - Parameter left: what the regulator left when it let go of the domain before.
  init(_ sample: DomainSample, left: LeftRange? = nil) {
    let present = sample.dynamicRange
    operators = sample.operatorRange ?? left?.operators(at: present) ?? present
    expected = present
  }

  mutating func rebooted() {
    beforeReboot = expected ?? beforeReboot
    (expected, former) = (nil, nil)
  }

  /// Who set another range, as the reason of a release; nil where nobody did.
  mutating func overtaking(_ sample: DomainSample, now: SteadyTime) -> String? {
    guard let present = sample.dynamicRange else { return nil }
    guard let expected else {
      self.expected = present
      // Another one was set while the domain was down, which is the operator's.
      if operators == nil || present != beforeReboot {
        operators = sample.operatorRange ?? present
      }
      return nil
    }
    guard present != expected else {
      // It was seen: what is read from now on is newer.
      former = nil
      return nil
    }
    // A call that was given up landed after all.
    if present == sample.keptRange?.present {
      self.expected = present
      return nil
    }
    if let former, former.range == present, now < former.until { return nil }
    return "someone else set its dynamic range to \(present.short)"
  }

  /// What was read back after a change of the regulator's.
  mutating func wrote(_ order: TargetOrder, _ range: DynamicRange?, now: SteadyTime) {
    guard let change = order.range, range == change.to, range != expected else { return }
    former = expected.map { Former(range: $0, until: now + Regulator.settling) }
    expected = range
  }

  /// Another range of an operator was replaced before it was read, so none can be given back.
  mutating func contest() { operators = nil }

  /// What XAPI keeps of a domain that is gone; nil where that is the operator's range.
  var left: LeftRange? {
    guard let operators, let expected = expected ?? beforeReboot, operators != expected else {
      return nil
    }
    return LeftRange(present: expected, operators: operators)
  }
}

/// A range of the regulator's that a domain still has, and the one that the operator had set.
struct LeftRange: Hashable, Sendable {
  let present: DynamicRange
  let operators: DynamicRange

  /// The operator's, where `range` is the regulator's; nil where someone has set another one.
  func operators(at range: DynamicRange?) -> DynamicRange? { range == present ? operators : nil }
}

extension RegulatorMemory {
  /// The operator's range, where the domain has the regulator's. It comes from what was kept in xenstore,
  /// which goes with a domain that reboots, or else from memory.
  func rangeToGiveBack(_ sample: DomainSample) -> DynamicRange? {
    sample.rangeToGiveBack
      ?? (guest?.ranges.left ?? leftRange)?.operators(at: sample.dynamicRange)
  }
}

extension DomainSample {
  /// The operator's range, if the regulator's range is set now; nil if the present range is the operator's,
  /// or was set by someone else.
  ///
  /// It comes from what was kept in xenstore before the change. So it is known however the change, or the
  /// service that made it, ended.
  var rangeToGiveBack: DynamicRange? { operatorRange.flatMap { $0 == dynamicRange ? nil : $0 } }
}

extension AdvisedGuest {
  /// Within the operator's range: its low end is guaranteed, its high end is the most.
  mutating func bound(by range: DynamicRange?, videoram: Bytes) {
    guard let range, !range.isPoint else { return }
    guaranteed = range.low + videoram
    // The operator's low end counts more than a ceiling below it.
    policy.ceiling = policy.ceiling.map { max($0, range.low + videoram) }
    staticMax = min(staticMax ?? (range.high + videoram), range.high + videoram)
  }
}

extension Regulator {
  static let givingBack = "released, so its dynamic range is given back"

  /// The orders that give back the operators' ranges of domains that were let go of.
  func givingBack(_ snapshot: Snapshot) -> [(order: TargetOrder, agreed: Verdict)] {
    guard snapshot.host.owner == .xapi else { return [] }
    return snapshot.domains.compactMap { sample in
      guard let memory = known[sample.id], let range = memory.giveBack,
        memory.triedGivingBack.map({ snapshot.steady - $0 >= RegulatorPace.leastBetweenRanges })
          != false
      else { return nil }
      return Self.givingBack(range, sample, snapshot)
    }
  }

  private static func givingBack(
    _ range: DynamicRange, _ sample: DomainSample, _ snapshot: Snapshot
  ) -> (order: TargetOrder, agreed: Verdict)? {
    guard let present = sample.dynamicRange, let target = sample.target, present != range else {
      return nil
    }
    let wanted = min(max(target, range.low), range.high) + sample.videoram
    var order = TargetOrder(
      domain: sample.id, name: sample.name, from: sample.size, to: wanted, reason: givingBack,
      range: RangeChange(from: present, to: range, operators: range))
    order.cause = .returned
    let verdict = Guard.verdict(on: order, in: snapshot, facts: GuardFacts(isRegulator: true))
    return verdict.severity <= .warn ? (order: order, agreed: verdict) : nil
  }

  /// Names the VMs that were shut down, or moved to another host, while they had a range of the regulator's.
  /// Their ranges are left alone, because the regulator cannot see whether an operator has changed them since.
  ///
  /// A reboot brings the VM back before `patience` is over.
  package mutating func rangesLeft(
    _ snapshot: Snapshot, patience: Span = Observer.rebootTime
  ) -> [Act] {
    guard snapshot.host.owner == .xapi, !isDry else { return [] }
    let gone = known.keys.filter { snapshot.domain($0) == nil }.sorted { $0.domid < $1.domid }
    return gone.compactMap { id in
      let since = known[id]?.gone ?? snapshot.steady
      known[id]?.gone = since
      guard snapshot.steady - since >= patience, let memory = known[id], !memory.isLeftTold,
        let left = memory.guest?.ranges.left
      else { return nil }
      known[id]?.isLeftTold = true
      return .tell(
        memory.name,
        "has left this host with the regulator's dynamic range"
          + Self.sentence(left.present, left.operators, id.uuid))
    }
  }

  private static func sentence(
    _ present: DynamicRange, _ operators: DynamicRange, _ uuid: DomainUUID
  ) -> String {
    " \(present.short). It was \(operators.short) before; this gives it back:"
      + " xe vm-memory-dynamic-range-set uuid=\(uuid)"
      + " min=\(operators.low.count) max=\(operators.high.count)"
  }

  /// Lets go of all at the end of the service: what is to be given back first.
  package mutating func letGo(_ snapshot: Snapshot) -> [(order: TargetOrder, agreed: Verdict)] {
    guard snapshot.host.owner == .xapi, !isDry else { return [] }
    for sample in snapshot.domains where sample.canBeRegulated {
      let range = known[sample.id, default: RegulatorMemory()].rangeToGiveBack(sample)
      known[sample.id]?.giveBack = range
      known[sample.id]?.triedGivingBack = nil
    }
    return givingBack(snapshot)
  }

  /// Names those whose range could not be given back at the end.
  package func rangesKept(_ snapshot: Snapshot) -> [Act] {
    guard snapshot.host.owner == .xapi, !isDry else { return [] }
    return snapshot.domains.compactMap { sample in
      guard let range = known[sample.id]?.giveBack, let present = sample.dynamicRange else {
        return nil
      }
      return .tell(
        sample.name,
        "its dynamic range could not be given back: it is"
          + Self.sentence(present, range, sample.id.uuid))
    }
  }
}
