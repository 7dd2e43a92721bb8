import MemtopCore
import Synchronization

/// Writes targets one after another on a thread of its own: a write waits for the writer process,
/// and the screen goes on meanwhile.
///
/// One thread for as long as this process lives, because the writer process ends with it.
final class TargetWorker: Sendable {
  private enum Job {
    case prepare
    case write(TargetOrder)
  }

  private struct State {
    var jobs: [Job] = []
    var hasThread = false
    var isPrepared = false
    var underWay = 0
    var ended: [(TargetOrder, TargetOutcome)] = []
  }

  /// The longest that a write takes.
  static let patience = Span.minutes(1)

  private let writer: TargetWriter
  private let wake: @Sendable () -> Void
  private let bell = Doorbell()
  private let state = Mutex(State())

  /// - Parameter wake: called on another thread when an outcome is ready.
  init(writer: TargetWriter, wake: @escaping @Sendable () -> Void) {
    self.writer = writer
    self.wake = wake
  }

  /// A change is likely to come: what it needs is made ready.
  func prepare() {
    let isNew = state.withLock { state in
      defer { state.isPrepared = true }
      return !state.isPrepared
    }
    if isNew { add(.prepare) }
  }

  func write(_ order: TargetOrder) {
    state.withLock { $0.underWay += 1 }
    add(.write(order))
  }

  private func add(_ job: Job) {
    let isFirst = state.withLock { state in
      state.jobs.append(job)
      defer { state.hasThread = true }
      return !state.hasThread
    }
    if isFirst { Thread.start { [self] in run() } } else { bell.ring() }
  }

  private func run() {
    while true {
      while let job = state.withLock({ $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }) {
        perform(job)
      }
      _ = bell.wait(atMost: -1)
    }
  }

  private func perform(_ job: Job) {
    switch job {
    case .prepare: writer.prepare()
    case .write(let order):
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
