extension ChangeRun {
  public struct Item: Hashable, Sendable {
    public var order: TargetOrder
    public var agreed: Agreement
    public var state: ChangeState = .pending
    /// When its write ended.
    var writtenAt: SteadyTime?
    /// Whether the target was seen to be the new one, so that there is a way back.
    package var hasLanded = false
  }

  public enum Step: Hashable, Sendable {
    case write(TargetOrder)
    case wait
    /// The facts have changed since the operator agreed: nothing more is written until they agree again.
    case judgedAnew(TargetOrder, Verdict)
    case finished
  }
}
