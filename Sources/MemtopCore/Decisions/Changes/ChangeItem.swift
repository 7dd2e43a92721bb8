extension ChangeRun {
  /// What has come of one order.
  public enum State: Hashable, Sendable {
    case pending
    case writing
    /// Written and read back; on its way since.
    case following(since: SteadyTime)
    case arrived
    /// Its balloon makes no progress; what it holds.
    case stuck(at: Bytes)
    /// Still on its way when patience ran out.
    case late(at: Bytes)
    case failed(String)
    case notAttempted(String)

    /// Nothing more will come of it.
    public var isFinal: Bool {
      switch self {
      case .pending, .writing, .following: false
      case .arrived, .stuck, .late, .failed, .notAttempted: true
      }
    }
  }

  public struct Item: Hashable, Sendable {
    public var order: TargetOrder
    public var agreed: Agreement
    public var state: State = .pending
    /// When its write ended.
    var writtenAt: SteadyTime?
    /// Whether the target was seen to be the new one, so that there is a way back.
    package var hasLanded = false
  }

  public enum Step: Hashable, Sendable {
    case write(TargetOrder)
    case wait
    /// The facts changed since it was agreed: nothing more is written until it is agreed anew.
    case judgedAnew(TargetOrder, Verdict)
    case finished
  }
}
