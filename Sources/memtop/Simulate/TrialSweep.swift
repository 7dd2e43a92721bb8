import MemtopCore
import MemtopSystem
import MemtopSimulation
import Synchronization

/// The trials of one load: every seed under every rule, on two threads.
final class TrialSweep: Sendable {
  private struct Progress {
    var next = 0
    /// By seed, then by rule.
    var done: [[TrialAccount]?]
    var workers = 0
  }

  private let source: TrialSource
  private let request: TrialRequest
  private let progress: Mutex<Progress>
  private let bell = Doorbell()

  private init(_ source: TrialSource, _ request: TrialRequest) {
    self.source = source
    self.request = request
    progress = Mutex(Progress(done: Array(repeating: nil, count: request.seeds)))
  }

  /// What each seed came to, under each rule: the same whatever the threads do.
  static func run(_ source: TrialSource, _ request: TrialRequest) -> [[TrialAccount]] {
    let sweep = TrialSweep(source, request)
    let workers = min(2, request.seeds)
    sweep.progress.withLock { $0.workers = workers }
    for _ in 1..<workers { Thread.start { sweep.work() } }
    sweep.work()
    while sweep.progress.withLock({ $0.workers }) > 0 { _ = sweep.bell.wait(atMost: 1000) }
    return sweep.progress.withLock { $0.done.compactMap { $0 } }
  }

  private func work() {
    while let seed = take() {
      let trial = Trial(
        guests: source.guests(request.hours, UInt64(seed + 1)), hours: request.hours,
        interval: request.interval, host: source.host, reportsEarly: request.reportsEarly)
      let accounts = request.rules.map { trial.run($0) }
      progress.withLock { $0.done[seed] = accounts }
    }
    progress.withLock { $0.workers -= 1 }
    bell.ring()
  }

  private func take() -> Int? {
    progress.withLock { progress in
      guard progress.next < request.seeds else { return nil }
      defer { progress.next += 1 }
      return progress.next
    }
  }
}
