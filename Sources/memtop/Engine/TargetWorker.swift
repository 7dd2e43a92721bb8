import MemtopCore
import MemtopSystem
import MemtopXen
import Synchronization

/// Writes targets one after another beside the loop's thread, and logs what came of each: a write waits for the
/// writer process, a log for the journal, and the screen goes on meanwhile.
///
/// One worker for as long as this process lives, because the writer process ends with its thread.
final class TargetWorker: Sendable {
  private struct State {
    var isPrepared = false
    var underWay = 0
    var ended: [(order: TargetOrder, outcome: TargetOutcome)] = []
  }

  /// The longest that a write takes.
  static let patience = ChangeLimits().longest

  private let writer: TargetWriter
  private let log: @Sendable (TargetOrder, TargetOutcome) -> Void
  private let wake: @Sendable () -> Void
  private let worker: any Worker
  private let state = Mutex(State())

  /// - Parameter loop: woken when an outcome is ready.
  init(
    writer: TargetWriter, log: @escaping @Sendable (TargetOrder, TargetOutcome) -> Void,
    _ loop: any EventLoop
  ) {
    (self.writer, self.log) = (writer, log)
    wake = loop.wake
    worker = loop.worker(isPatient: false)
  }

  /// A change is likely to come: what it needs is made ready.
  func prepare() {
    let isNew = state.withLock { state in
      defer { state.isPrepared = true }
      return !state.isPrepared
    }
    if isNew { worker.submit { [writer] in writer.prepare() } }
  }

  func write(_ order: TargetOrder) {
    state.withLock { $0.underWay += 1 }
    worker.submit { [self] in
      let outcome = writer.write(order)
      state.withLock { $0.ended.append((order, outcome)) }
      wake()
      log(order, outcome)
      state.withLock { $0.underWay -= 1 }
      wake()
    }
  }

  /// Nothing is being written, and every outcome was logged and taken.
  var isIdle: Bool { state.withLock { $0.underWay == 0 && $0.ended.isEmpty } }

  /// What has ended since this was last asked.
  func take() -> [(order: TargetOrder, outcome: TargetOutcome)] {
    state.withLock { state in
      defer { state.ended = [] }
      return state.ended
    }
  }
}
