/// What has come of one order: the one type of it, and the one wording.
package enum ChangeState: Hashable, Sendable {
  /// Waits for its turn, or for memory that others give back first.
  case pending
  /// In the hands of the child that sets it.
  case writing
  /// Written and read back; the guest is on its way since.
  case following(since: SteadyTime)
  case arrived
  /// Set, but its balloon makes no progress; what it holds.
  case stuck(at: Bytes)
  /// Set, and still on its way when patience ran out.
  case late(at: Bytes)
  /// One line: what failed and why.
  case failed(String)
  /// Not tried, because the order of this domain failed before it.
  case notAttempted(after: String)

  /// Nothing more will come of it.
  package var isFinal: Bool {
    switch self {
    case .pending, .writing, .following: false
    case .arrived, .stuck, .late, .failed, .notAttempted: true
    }
  }

  /// The target was written.
  package var isSet: Bool {
    switch self {
    case .following, .arrived, .stuck, .late: true
    case .pending, .writing, .failed, .notAttempted: false
    }
  }

  /// Something is still to be written.
  package var isToBeWritten: Bool { self == .pending || self == .writing }

  /// In a few words, while it goes on.
  ///
  /// - Parameter holding: what the domain holds now; nil if it was not read again.
  package func words(holding: Bytes? = nil) -> String {
    switch self {
    case .pending: "waiting"
    case .writing: "being set"
    case .following: holding.map { "set, now at \($0.short)" } ?? "set"
    case .arrived: "reached"
    case .stuck(let at): "set, but stuck at \((holding ?? at).short)"
    case .late(let at): "set, not there yet: now at \((holding ?? at).short)"
    case .failed(let why): "failed: \(why)"
    case .notAttempted(let name): "not tried, because \(name) failed"
    }
  }

  /// The same once memtop is about to end, and nothing more is done.
  package var account: String {
    switch self {
    case .pending: "not set: memtop was stopped before it"
    case .writing: "unknown: memtop ended before libxl replied"
    case .following, .arrived, .stuck, .late, .failed, .notAttempted: words()
    }
  }
}

extension ChangeRun {
  package struct Item: Hashable, Sendable {
    package var order: TargetOrder
    package var agreed: Agreement
    package var state: ChangeState = .pending
    /// When its write ended; nil where it was not written.
    package internal(set) var writtenAt: SteadyTime?
    /// How many times it was changed to begin at a target that the regulator had set meanwhile.
    var starts = 0
    /// Whether the target was seen to be the new one, so that there is a way back.
    package var hasLanded = false
  }

  package enum Step: Hashable, Sendable {
    case write(TargetOrder)
    case wait
    /// The facts have changed since the operator agreed: nothing more is written until they agree again.
    case judgedAnew(TargetOrder, Verdict)
    case finished
  }
}
