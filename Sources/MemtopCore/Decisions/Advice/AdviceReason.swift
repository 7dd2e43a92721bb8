/// What a domain's target should be, and why.
public struct Advice: Hashable, Sendable {
  /// SIZE, in whole MiB.
  public var target: Bytes
  public var cause: Cause

  public enum Cause: Hashable, Sendable {
    /// It gets what lies beside its busy memory.
    case lacks(AdviceGoal)
    /// The same, and more because it is pressed: what it put into swap is to come back.
    case pressed(Pressure, AdviceGoal)
    /// It should have that, but the host can give only a part of what is missing.
    case shared(AdviceGoal, given: Bytes, missing: Bytes)
    /// It has more than it needs; there it comes to rest.
    case surplus(AdviceGoal)
    /// The host is short: this much of it is for those who lack.
    case gives(Bytes)
  }

  public var reason: String {
    switch cause {
    case .lacks(let goal): goal.sentence
    case .pressed(let pressure, let goal): "it is \(pressure.word): \(goal.sentence)"
    case .shared(let goal, let given, let missing):
      "\(goal.total); the host can give \(given.short) of the missing \(missing.short)"
    case .surplus(let goal): "coming down to \(goal.size.short) step by step: \(goal.sentence)"
    case .gives(let amount): "gives \(amount.short), because the host is short"
    }
  }
}

/// Why there is no advice for a domain.
public struct NoAdvice: Error, Hashable, Sendable {
  public var cause: Cause

  public enum Cause: Hashable, Sendable {
    case gone
    /// It is not to be moved at all.
    case hindered(Hindrance)
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
    case .hindered(let hindrance): hindrance.words
    case .pressed(let pressure): "not lowered while it is \(pressure.word)"
    case .suits: "its target is right"
    case .atMost(let isCeiling):
      "already at its highest (\(isCeiling ? "the policy's ceiling" : "static-max"))"
    case .hostEmpty(let wanted):
      "\(wanted.short) is advised, but the host has nothing free beyond its reserve"
    }
  }
}
