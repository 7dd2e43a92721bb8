/// What a domain's target should be, and why.
public struct Advice: Hashable, Sendable {
  /// SIZE, in whole MiB.
  public var target: Bytes
  public var cause: Cause

  public enum Cause: Hashable, Sendable {
    /// It gets what lies beside its busy memory.
    case lacks(busy: Bytes, reserve: Bytes)
    /// The same, and more because it is pressed: what it put into swap is to come back.
    case pressed(Pressure, busy: Bytes, reserve: Bytes)
    /// As `lacks`, and the host has not more.
    case shared(busy: Bytes, reserve: Bytes)
    /// It is below the policy's floor, or the toolstack's.
    case belowFloor
    /// It has more than it needs; `ideal` is where it comes to rest.
    case surplus(ideal: Bytes)
    /// The host is short: what it can spare is for those who lack.
    case gives
  }

  public var reason: String {
    switch cause {
    case .lacks(let busy, let reserve): "busy \(busy.short) + \(reserve.short) of reserve"
    case .pressed(let pressure, let busy, let reserve):
      "it is \(pressure.word): busy \(busy.short) + \(reserve.short) of reserve and swap"
    case .shared(let busy, let reserve):
      "busy \(busy.short) + \(reserve.short) of reserve, as much as the host has"
    case .belowFloor: "it is below its floor"
    case .surplus(let ideal): "on the way down to \(ideal.short), an eighth of it at a time"
    case .gives: "the host is short, and it can spare this"
    }
  }
}

/// Why there is no advice for a domain.
public struct NoAdvice: Error, Hashable, Sendable {
  public var cause: Cause

  public enum Cause: Hashable, Sendable {
    case gone
    case ownedBy(TargetOwner)
    case dom0
    case handsOff
    case selfBallooning
    /// The report's health, in its word.
    case notFresh(String)
    case state(DomainState)
    case underWay
    case stuck
    case busyUnknown
    /// An XAPI figure of which nobody has said what it means.
    case xapiUnknown
    /// Lowering would be due, and it is under pressure.
    case pressed(Pressure)
    case suits
    /// It lacks memory, and has all that static-max or the policy's ceiling allows.
    case atMost(isCeiling: Bool)
    /// It should have this, and the host has nothing to give.
    case hostEmpty(wanted: Bytes)
  }

  public init(_ cause: Cause) { self.cause = cause }

  public var reason: String {
    switch cause {
    case .gone: "the domain is gone"
    case .ownedBy(let owner): "\(owner.rawValue) sets the targets here"
    case .dom0: "dom0 is sized at boot"
    case .handsOff: "the policy says hands off"
    case .selfBallooning: "it sets its own target"
    case .notFresh(let word): "its report is \(word)"
    case .state(let state): "it is \(state.rawValue)"
    case .underWay: "its last change is under way"
    case .stuck: "its balloon is stuck"
    case .busyUnknown: "what is busy is not known"
    case .xapiUnknown: "its XAPI report may count cache as busy"
    case .pressed(let pressure): "it is \(pressure.word), whatever it has left"
    case .suits: "its target suits it"
    case .atMost(let isCeiling):
      "it has all that it can have (\(isCeiling ? "the policy's ceiling" : "static-max"))"
    case .hostEmpty(let wanted): "it should have \(wanted.short), and the host has nothing to give"
    }
  }
}
