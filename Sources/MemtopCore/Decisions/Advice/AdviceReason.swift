/// What a domain's target should be, and why.
package struct Advice: Hashable, Sendable {
  /// SIZE, in whole MiB.
  package var target: Bytes
  package var cause: Cause

  package enum Cause: Hashable, Sendable {
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

  package var reason: String {
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
package struct NoAdvice: Error, Hashable, Sendable {
  package var cause: Cause

  package enum Cause: Hashable, Sendable {
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
    /// What its host had is not kept.
    case hostUnknown
  }

  package init(_ cause: Cause) { self.cause = cause }

  package var reason: String {
    switch cause {
    case .gone: "the domain is gone"
    case .hindered(let hindrance): hindrance.words
    case .pressed(let pressure): "not lowered while it is \(pressure.word)"
    case .suits: "its target is right"
    case .atMost(let isCeiling):
      "already at its highest (\(isCeiling ? "the policy's ceiling" : "static-max"))"
    case .hostEmpty(let wanted):
      "\(wanted.short) is advised, but the host has nothing free beyond its reserve"
    case .hostUnknown: "the host's free memory at that time is unknown"
    }
  }
}

/// Where advice wants a guest's SIZE to be: the sum that decided it, and what held it elsewhere.
///
/// Sentences are made of these numbers, so that they cannot say another sum than the one that counts.
package struct AdviceGoal: Hashable, Sendable {
  /// What is kept beside busy.
  package enum Beside: Hashable, Sendable {
    /// The policy's reserve.
    case reserve(Bytes)
    /// The least beside busy at which the guard does not warn; more than the reserve.
    case safety(Bytes)
  }

  /// What else it wants, which does not show in what is busy.
  package enum More: Hashable, Sendable {
    case nothing
    /// As much again as the reserve, since it has used up all it has.
    case spent(Bytes)
    /// What it put into swap.
    case swapped(Bytes)
  }

  package enum Bound: Hashable, Sendable {
    /// The policy's floor, or the toolstack's.
    case floor
    case ceiling
    case staticMax
  }

  package var busy: Bytes
  /// `busy` is the highest of the last minutes, not of now.
  package var isPeak = false
  package var beside: Beside
  package var more: More = .nothing
  /// SIZE beyond what the guest itself holds: video memory, the toolstack's offset.
  package var overhead: Bytes = .zero
  package var bound: Bound?
  /// In whole MiB, within `bound`.
  package var size: Bytes

  /// What it comes to without bounds.
  var sum: Bytes { busy + beside.amount + more.amount + overhead }
}

extension AdviceGoal.Beside {
  var amount: Bytes {
    switch self {
    case .reserve(let amount), .safety(let amount): amount
    }
  }
}

extension AdviceGoal.More {
  var amount: Bytes {
    switch self {
    case .nothing: .zero
    case .spent(let amount), .swapped(let amount): amount
    }
  }
}

extension AdviceGoal {
  /// "busy 8.00G + reserve 2.00G + 2.00G (reserve doubled: nothing left)".
  var terms: String {
    var text = (isPeak ? "busy (recent peak) " : "busy ") + busy.short
    switch beside {
    case .reserve(let amount): text += " + reserve \(amount.short)"
    case .safety(let amount): text += " + safety margin \(amount.short)"
    }
    switch more {
    case .nothing: break
    case .spent(let amount): text += " + \(amount.short) (reserve doubled: nothing left)"
    case .swapped(let amount): text += " + \(amount.short) in swap"
    }
    return overhead == .zero ? text : text + " + overhead \(overhead.short)"
  }

  /// The terms, and what became of their sum.
  var sentence: String { bound == nil ? terms : "\(terms) = \(sum.short)\(limit)" }

  /// The same with the sum, for where the advised size is another.
  var total: String { "\(terms) = \(sum.short)\(limit)" }

  private var limit: String {
    switch bound {
    case nil: ""
    case .floor: ", raised to \(size.short) by its floor"
    case .ceiling: ", limited to \(size.short) by the policy's ceiling"
    case .staticMax: ", limited to \(size.short) by its static-max"
    }
  }
}
