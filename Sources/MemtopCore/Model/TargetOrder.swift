/// One target to set, judged and agreed.
package struct TargetOrder: Hashable, Sendable {
  package var domain: DomainID
  /// The domain's name, safe to print.
  package var name: String
  /// What `memory/target` + videoram was when this was judged.
  package var from: Bytes?
  /// SIZE as `xl mem-set` takes it: includes videoram.
  package var to: Bytes
  /// For the log: "raised by keystroke", "memtop free 4.00G".
  package var reason: String
  /// nil for a change.
  package var nudge: Nudge?
  /// What it makes of the dynamic range where XAPI owns the targets (`fitted`); nil elsewhere.
  package var range: RangeChange?
  /// It leads back from a change, and so to no new way back.
  package var isUndo = false
  /// What the regulator counts it by; nil where somebody else gives it.
  package var cause: MoveCause?

  /// What wakes a balloon driver that has given up.
  package enum Nudge: Hashable, Sendable {
    /// First this SIZE is set, then `to`.
    case by(Bytes)
    /// One of those two.
    case step
  }

  package init(
    domain: DomainID, name: String, from: Bytes?, to: Bytes, reason: String, nudge: Nudge? = nil,
    range: RangeChange? = nil
  ) {
    self.domain = domain
    self.name = name
    self.from = from
    self.to = to
    self.reason = reason
    self.nudge = nudge
    self.range = range
  }

  /// Writing it would change nothing.
  package var isIdle: Bool {
    guard nudge == nil else { return false }
    return range.map { $0.from == $0.to } ?? (from == to)
  }

  /// Why a change is not made, or not followed any more: its domain is told to be at `size` by now.
  package static func overtaken(by size: Bytes) -> String {
    "someone else set its target to \(size.short) meanwhile"
  }

  /// What is told of a change that is in place, but replaced someone else's.
  package var contest: String {
    "\(Self.contest(isRange: range != nil)); this change replaced theirs"
  }

  static func contest(isRange: Bool) -> String {
    "someone else set its \(isRange ? "dynamic range" : "target") at the same moment"
  }
}

/// What became of an order: the call's ending, and what was read back after it.
package struct TargetOutcome: Hashable, Sendable {
  package enum Ending: Hashable, Sendable {
    case written
    /// One line: what failed and why.
    case failed(String)
    /// One phase took too long; the writer is dead and will not write later. What it had asked XAPI may
    /// still be done.
    case timedOut(ChangeDelay)
    /// Its term ended before it could begin, when its figures were this old. Nothing was done.
    case notTried(Span)
  }
  /// The most that Xen lets a domain hold.
  package enum Limit: Hashable, Sendable {
    case at(Bytes)
    case unlimited
    /// It could not be read.
    case notKnown

    /// nil where there is none, or none is known.
    package var bytes: Bytes? {
      switch self {
      case .at(let limit): limit
      case .unlimited, .notKnown: nil
      }
    }
  }

  package var ending: Ending
  /// `memory/target` afterwards; nil where it could not be read.
  package var target: Bytes?
  /// `max_pages` afterwards.
  package var limit: Limit
  /// The dynamic range afterwards; nil where it was not asked for or could not be read.
  package var range: DynamicRange?
  /// Someone else set the target, or the dynamic range, too, after the last look at it.
  package var isContested = false
  /// Why another memtop could have changed the domain at the same time; nil where it could not.
  package var unlocked: String?
  /// libxl had set the limit and not the target, and the limit was set back.
  package var isMended = false

  /// Why an order whose figures were of this age was not carried out.
  package static func held(_ age: Span) -> String {
    "not set: its figures were \(age.wholeSeconds) s old before it could begin"
  }

  package init(
    ending: Ending, target: Bytes? = nil, limit: Limit = .notKnown, range: DynamicRange? = nil
  ) {
    self.ending = ending
    self.target = target
    self.limit = limit
    self.range = range
  }
}

/// Sets targets on one host. A call may block for up to a minute; it never lands after returning.
///
/// All calls come from one thread that lives as long as the process: a writer may have a process of
/// its own, which ends with the thread that started it.
package protocol TargetWriter: AnyObject, Sendable {
  /// Does now what the first change would have to wait for.
  func prepare()
  /// Sets nothing after the order's term.
  func write(_ order: TargetOrder, _ term: OrderTerm) -> TargetOutcome
}

extension TargetWriter {
  package func prepare() {}
}
