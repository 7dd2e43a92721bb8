import MemtopCore
import MemtopSystem
import MemtopXen
import Synchronization

/// Writes targets one after another beside the loop's thread, and logs what came of each beside both: a write waits
/// for the writer process, a log for the journal, and neither holds up the screen or the next write.
///
/// One worker writes for as long as this process lives, because the writer process ends with its thread.
final class TargetWorker: Sendable {
  private struct State {
    var isPrepared = false
    var underWay = 0
    var unlogged = 0
    var ended: [(order: TargetOrder, outcome: TargetOutcome)] = []
  }

  /// The longest that a write takes.
  static let patience = ChangeLimits().longest
  /// At the end, so long for the journal to take the last lines.
  static let logPatience = Span.seconds(10)
  /// A change is not judged by figures that are older; how old they may be when it begins is `OrderTerm`'s.
  static let freshness = Span.seconds(10)

  private let writer: TargetWriter
  private let log: @Sendable (TargetOrder, TargetOutcome) -> Void
  private let wake: @Sendable () -> Void
  private let clock: HostClock
  private let worker: any Worker
  private let logger: any Worker
  private let state = Mutex(State())

  /// - Parameter loop: woken when an outcome is ready.
  init(
    writer: TargetWriter, log: @escaping @Sendable (TargetOrder, TargetOutcome) -> Void,
    _ loop: any EventLoop
  ) {
    (self.writer, self.log) = (writer, log)
    wake = loop.wake
    clock = loop.clock
    worker = loop.worker(isPatient: false)
    logger = loop.worker(isPatient: false)
  }

  /// A change is likely to come: what it needs is made ready.
  func prepare() {
    let isNew = state.withLock { state in
      defer { state.isPrepared = true }
      return !state.isPrepared
    }
    if isNew { worker.submit { [writer] in writer.prepare() } }
  }

  func write(_ order: TargetOrder, _ term: OrderTerm) {
    state.withLock { $0.underWay += 1 }
    worker.submit { [self] in
      let now = clock.steady()
      let outcome =
        now <= term.begin
        ? writer.write(order, term) : TargetOutcome(ending: .notTried(now - term.judged))
      state.withLock { state in
        state.ended.append((order, outcome))
        state.underWay -= 1
        state.unlogged += 1
      }
      logger.submit { [self] in
        log(order, outcome)
        state.withLock { $0.unlogged -= 1 }
        wake()
      }
      wake()
    }
  }

  /// Nothing is being written, and every outcome was taken.
  var isIdle: Bool { state.withLock { $0.underWay == 0 && $0.ended.isEmpty } }
  /// The journal has taken what came of each.
  var isLogged: Bool { state.withLock { $0.unlogged == 0 } }

  /// What has ended since this was last asked.
  func take() -> [(order: TargetOrder, outcome: TargetOutcome)] {
    state.withLock { state in
      defer { state.ended = [] }
      return state.ended
    }
  }
}
