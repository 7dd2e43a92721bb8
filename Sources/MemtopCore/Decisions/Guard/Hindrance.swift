/// Why a domain is not moved, whatever size it should have: the one answer to "may it be moved?",
/// and the one wording of it, for advice, plans, the regulator and the screen alike.
package enum Hindrance: Hashable, Sendable {
  case ownedBy(TargetOwner)
  case dom0
  case stubDomain
  case handsOff
  case selfBallooning
  case state(DomainState)
  case report(ReportHealth)
  case busyUnknown
  case underWay
  case stuck
  /// An XAPI figure of which nobody has said what it means.
  case xapiUnknown

  /// As a clause: "it is a stub domain".
  package var words: String {
    switch self {
    case .ownedBy(let owner): "\(owner.word) sets the targets here"
    case .dom0: "dom0's size is only set by hand"
    case .stubDomain: "it is a stub domain"
    case .handsOff: "the policy says hands off"
    case .selfBallooning: "it is self-ballooning"
    case .state(let state): state.clause
    case .report(let health): health.complaint
    case .busyUnknown: "its busy memory is unknown"
    case .underWay: "its last change is not finished"
    case .stuck: DomainState.stuck.clause
    case .xapiUnknown: "its XAPI report may count cache as busy"
    }
  }
}

extension Hindrance {
  /// What is in the way of moving a domain now; nil where nothing is.
  static func of(
    _ sample: DomainSample, owner: TargetOwner?, policy: MemoryPolicy
  ) -> Hindrance? {
    lasting(sample, owner: owner, policy: policy) ?? state(sample) ?? report(sample)
      ?? sample.balloon.hindrance
  }

  /// What is in the way whatever the domain does and reports: it is never regulated.
  package static func lasting(
    _ sample: DomainSample, owner: TargetOwner?, policy: MemoryPolicy
  ) -> Hindrance? {
    if let owner, owner != .xapi { return .ownedBy(owner) }
    if sample.id.isDom0 { return .dom0 }
    if sample.isStubDomain { return .stubDomain }
    if policy.handsOff { return .handsOff }
    return sample.selfBallooning ? .selfBallooning : nil
  }

  private static func state(_ sample: DomainSample) -> Hindrance? {
    switch sample.state {
    case .running: nil
    case .stuck: .stuck
    case .paused, .booting, .building, .reading, .crashed, .dying, .shutdown, .migrating:
      .state(sample.state)
    }
  }

  package static func report(_ sample: DomainSample) -> Hindrance? {
    if case .fresh = sample.health { nil } else { .report(sample.health) }
  }

  /// Its figures may count cache as busy: it is never given more by them, and the regulator leaves it
  /// where it is.
  static func figures(_ sample: DomainSample, policy: MemoryPolicy) -> Hindrance? {
    guard sample.report?.dialect == .xapi else { return nil }
    switch policy.xapiFree {
    case .available: return nil
    case .free: return .xapiUnknown
    case .unknown: return sample.xapiFree == nil ? .xapiUnknown : nil
    }
  }
}

extension BalloonState {
  /// Why a domain whose balloon is so is not moved.
  package var hindrance: Hindrance? {
    switch phase {
    case .settled: nil
    case .growing, .shrinking: .underWay
    case .stuck: .stuck
    }
  }
}
