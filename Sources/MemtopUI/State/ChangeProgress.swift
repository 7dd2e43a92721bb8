import MemtopCore

/// How an agreed change goes, order by order.
public struct ChangeProgress: Hashable, Sendable {
  public struct Step: Hashable, Sendable {
    public var order: TargetOrder
    public var stage: Stage
    /// The target was written, though the write may have failed.
    public var hasLanded: Bool

    public init(_ order: TargetOrder, _ stage: Stage = .waiting, hasLanded: Bool? = nil) {
      self.order = order
      self.stage = stage
      self.hasLanded = hasLanded ?? stage.isSet
    }
  }

  public enum Stage: Hashable, Sendable {
    /// For its turn, or for memory that others give back first.
    case waiting
    /// In the hands of the child that sets it.
    case writing
    /// Set; the guest is on its way.
    case following
    case reached
    /// Set, but the guest makes no progress.
    case stuck
    /// Set, and still on its way when patience ran out.
    case late
    /// One line: what failed and why.
    case failed(String)
    /// Not tried, because one before it failed.
    case skipped

    /// The target was written.
    public var isSet: Bool {
      switch self {
      case .following, .reached, .stuck, .late: true
      case .waiting, .writing, .failed, .skipped: false
      }
    }
  }

  public var steps: [Step]
  /// Nothing more will be written.
  public var isFinished: Bool

  public init(steps: [Step], isFinished: Bool = false) {
    self.steps = steps
    self.isFinished = isFinished
  }

  /// The orders that lead back from what was written, to be staged and judged like any other.
  public var wayBack: [TargetOrder] {
    var ways: [TargetOrder] = []
    for step in steps where step.hasLanded {
      if let index = ways.firstIndex(where: { $0.domain == step.order.domain }) {
        ways[index].to = step.order.to
      } else {
        ways.append(step.order)
      }
    }
    // A nudge leads to where it began.
    return ways.filter { $0.from != $0.to }.compactMap(\.reversed)
  }
}

extension ChangeProgress {
  /// How a run goes; it is finished once all is written, though guests may still be on their way.
  public init(_ run: ChangeRun) {
    self.init(
      steps: run.items.map { Step($0.order, Stage($0.state), hasLanded: $0.hasLanded) },
      isFinished: run.items.allSatisfy { $0.state != .pending && $0.state != .writing })
  }
}

extension ChangeProgress.Stage {
  init(_ state: ChangeRun.State) {
    switch state {
    case .pending: self = .waiting
    case .writing: self = .writing
    case .following: self = .following
    case .arrived: self = .reached
    case .stuck: self = .stuck
    case .late: self = .late
    case .failed(let why): self = .failed(why)
    case .notAttempted: self = .skipped
    }
  }
}
