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
    /// Since when the log has not caught up.
    var unloggedSince: SteadyTime?
    /// The last line was not taken by any log.
    var isLogLost = false
    var ended: [(order: TargetOrder, outcome: TargetOutcome)] = []
  }

  /// The longest that a write takes.
  static let patience = ChangeLimits().longest
  /// At the end, so long for the journal to take the last lines.
  static let logPatience = Span.seconds(10)
  /// A change is not judged by figures that are older; how old they may be when it begins is `OrderTerm`'s.
  static let freshness = Span.seconds(10)

  private let writer: TargetWriter
  private let log: @Sendable (TargetOrder, TargetOutcome) -> Bool
  private let wake: @Sendable () -> Void
  private let clock: HostClock
  private let worker: any Worker
  private let logger: any Worker
  private let state = Mutex(State())

  /// - Parameter loop: woken when an outcome is ready.
  init(
    writer: TargetWriter, log: @escaping @Sendable (TargetOrder, TargetOutcome) -> Bool,
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
        state.unloggedSince = state.unloggedSince ?? clock.steady()
      }
      logger.submit { [self] in
        let isTaken = log(order, outcome)
        state.withLock { state in
          state.isLogLost = !isTaken
          state.unlogged -= 1
          if state.unlogged == 0 { state.unloggedSince = nil }
        }
        wake()
      }
      wake()
    }
  }

  /// Nothing is being written, and every outcome was taken.
  var isIdle: Bool { state.withLock { $0.underWay == 0 && $0.ended.isEmpty } }
  /// The journal has taken what came of each.
  var isLogged: Bool { state.withLock { $0.unlogged == 0 } }

  /// Why the last changes may not be in the system's log; nil while it needs no longer than it may.
  func logProblem(at now: SteadyTime) -> String? {
    state.withLock { state in
      if state.isLogLost {
        return "there is no system log (/dev/log), so the last change is not in it"
      }
      guard let since = state.unloggedSince, now - since >= Self.logPatience else { return nil }
      return "the system's log does not respond; the last change may not be in it"
    }
  }

  /// What has ended since this was last asked.
  func take() -> [(order: TargetOrder, outcome: TargetOutcome)] {
    state.withLock { state in
      defer { state.ended = [] }
      return state.ended
    }
  }
}
