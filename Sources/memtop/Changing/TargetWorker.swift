import MemtopCore
import Synchronization

/// Writes targets one at a time on threads of their own: a write waits for its child, up to its
/// deadline, and the screen goes on meanwhile.
final class TargetWorker: Sendable {
  private let writer: TargetWriter
  private let wake: @Sendable () -> Void
  private struct State {
    var underWay = 0
    var ended: [(TargetOrder, TargetOutcome)] = []
  }
  private let state = Mutex(State())

  /// - Parameter wake: called on another thread when an outcome is ready.
  init(writer: TargetWriter, wake: @escaping @Sendable () -> Void) {
    self.writer = writer
    self.wake = wake
  }

  func write(_ order: TargetOrder) {
    state.withLock { $0.underWay += 1 }
    Thread.start { [self] in
      let outcome = writer.write(order)
      state.withLock { state in
        state.underWay -= 1
        state.ended.append((order, outcome))
      }
      wake()
    }
  }

  /// Nothing is being written, and every outcome was taken.
  var isIdle: Bool { state.withLock { $0.underWay == 0 && $0.ended.isEmpty } }

  /// What has ended since this was last asked.
  func take() -> [(order: TargetOrder, outcome: TargetOutcome)] {
    state.withLock { state in
      defer { state.ended = [] }
      return state.ended.map { (order: $0.0, outcome: $0.1) }
    }
  }
}
