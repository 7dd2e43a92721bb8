/// Where advice wants a guest's SIZE to be: the sum that decided it, and what held it elsewhere.
///
/// Sentences are made of these numbers, so that they cannot say another sum than the one that counts.
public struct AdviceGoal: Hashable, Sendable {
  /// What is kept beside busy.
  public enum Beside: Hashable, Sendable {
    /// The policy's reserve.
    case reserve(Bytes)
    /// The least beside busy at which the guard does not warn; more than the reserve.
    case safety(Bytes)
  }

  /// What else it wants, which does not show in what is busy.
  public enum More: Hashable, Sendable {
    case nothing
    /// As much again as the reserve, since it has used up all it has.
    case spent(Bytes)
    /// What it put into swap.
    case swapped(Bytes)
  }

  public enum Bound: Hashable, Sendable {
    /// The policy's floor, or the toolstack's.
    case floor
    case ceiling
    case staticMax
  }

  public var busy: Bytes
  /// `busy` is the highest of the last minutes, not of now.
  public var isPeak = false
  public var beside: Beside
  public var more: More = .nothing
  /// SIZE beyond what the guest itself holds: video memory, the toolstack's offset.
  public var overhead: Bytes = .zero
  public var bound: Bound?
  /// In whole MiB, within `bound`.
  public var size: Bytes

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
    var text = (isPeak ? "busy lately " : "busy ") + busy.short
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
