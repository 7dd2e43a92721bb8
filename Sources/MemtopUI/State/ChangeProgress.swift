import MemtopCore

/// How an agreed change goes, order by order.
package struct ChangeProgress: Hashable, Sendable {
  package struct Step: Hashable, Sendable {
    package var order: TargetOrder
    package var state: ChangeState
    /// The target was written, though the write may have failed.
    package var hasLanded: Bool

    package init(_ order: TargetOrder, _ state: ChangeState = .pending, hasLanded: Bool? = nil) {
      self.order = order
      self.state = state
      self.hasLanded = hasLanded ?? state.isSet
    }
  }

  package var steps: [Step]
  /// Nothing more will be written.
  package var isFinished: Bool

  package init(steps: [Step], isFinished: Bool = false) {
    self.steps = steps
    self.isFinished = isFinished
  }

  /// It was staged by `u`.
  package var isUndoing: Bool { steps.allSatisfy { $0.order.reason == TargetOrder.undoing } }

  /// The orders that lead back from what was written, to be staged and judged like any other.
  package var wayBack: [TargetOrder] {
    var ways: [TargetOrder] = []
    for step in steps where step.hasLanded {
      if let index = ways.firstIndex(where: { $0.domain == step.order.domain }) {
        ways[index].to = step.order.to
      } else {
        ways.append(step.order)
      }
    }
    // A nudge leads to where it began.
    return ways.filter { $0.from != $0.to || $0.range != nil }.compactMap(\.reversed)
  }
}

extension ChangeProgress {
  /// How a run goes; it is finished once all is written, though guests may still be on their way.
  package init(_ run: ChangeRun) {
    self.init(
      steps: run.items.map { Step($0.order, $0.state, hasLanded: $0.hasLanded) },
      isFinished: !run.items.contains(where: \.state.isToBeWritten))
  }
}
