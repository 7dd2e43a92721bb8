import MemtopCore
import Synchronization

/// Writes targets one at a time on threads of their own: a write waits for its child, up to its
/// deadline, and the screen goes on meanwhile.
final class TargetWorker: Sendable {
  private let writer: TargetWriter
  private let wake: @Sendable () -> Void
  private let finished = Mutex<[(TargetOrder, TargetOutcome)]>([])

  /// - Parameter wake: called on another thread when an outcome is ready.
  init(writer: TargetWriter, wake: @escaping @Sendable () -> Void) {
    self.writer = writer
    self.wake = wake
  }

  func write(_ order: TargetOrder) {
    Thread.start { [self] in
      let outcome = writer.write(order)
      finished.withLock { $0.append((order, outcome)) }
      wake()
    }
  }

  /// What has ended since this was last asked.
  func take() -> [(order: TargetOrder, outcome: TargetOutcome)] {
    finished.withLock { ended in
      defer { ended = [] }
      return ended.map { (order: $0.0, outcome: $0.1) }
    }
  }
}
