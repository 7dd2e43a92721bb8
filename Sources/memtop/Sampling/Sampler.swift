import CLinux
import Glibc
import MemtopCore
import MemtopXen
import Synchronization

/// Reads a host on a thread of its own, because a call into Xen may block for ever.
///
/// The owner asks for samples and takes what is ready; it is never made to wait. While a call
/// blocks, `waiting` tells for how long.
final class Sampler: Sendable {
  /// What one request came to.
  enum Sample: Sendable {
    case snapshot(Snapshot)
    case problem(SourceError)
  }

  private enum Request {
    case sample
    case perform(@Sendable (HostSource) -> Void)
    case expect(TargetOrder, ChangeAuthor)
    case end
  }

  private struct State {
    var requests: [Request] = []
    var ready: [Sample] = []
    var busySince: SteadyTime?
  }

  private let state = Mutex(State())
  private let doorbell: Int32
  private let wake: @Sendable () -> Void

  /// - Parameters:
  ///   - source: used by the sampler's thread alone from now on.
  ///   - wake: called on the sampler's thread when a sample is ready.
  init(source: HostSource, wake: @escaping @Sendable () -> Void) {
    doorbell = eventfd(0, Int32(EFD_CLOEXEC))
    self.wake = wake
    let worker = Worker(source: source)
    Thread.start { [self] in run(worker) }
  }

  /// Asks for a sample, unless one is already being waited for.
  func request() {
    let isIdle = state.withLock { state in
      guard state.busySince == nil, state.requests.isEmpty else { return false }
      state.requests.append(.sample)
      return true
    }
    if isIdle { ring() }
  }

  /// Runs `body` on the sampler's thread, after whatever it is doing.
  func perform(_ body: @escaping @Sendable (HostSource) -> Void) {
    state.withLock { $0.requests.append(.perform(body)) }
    ring()
  }

  /// A target is about to be set by memtop: its arrival in xenstore is to be told as ours.
  func expect(_ order: TargetOrder, by author: ChangeAuthor) {
    state.withLock { $0.requests.append(.expect(order, author)) }
    ring()
  }

  /// What has been sampled since this was last asked.
  func take() -> [Sample] {
    state.withLock { state in
      defer { state.ready = [] }
      return state.ready
    }
  }

  /// For how long the present call into the host has not come back.
  func waiting(at now: SteadyTime) -> Span {
    state.withLock { $0.busySince.map { now - $0 } ?? .zero }
  }

  func end() {
    state.withLock { $0.requests.append(.end) }
    ring()
  }

  private func ring() { eventfd_write(doorbell, 1) }

  /// Unchecked: made here, and from then on the sampler's thread's alone.
  private final class Worker: @unchecked Sendable {
    let source: HostSource
    let observer = Observer()
    init(source: HostSource) { self.source = source }
  }

  private func run(_ worker: Worker) {
    while true {
      var rings: eventfd_t = 0
      eventfd_read(doorbell, &rings)
      while let request = next() {
        switch request {
        case .end: return
        case .sample: sample(worker)
        case .perform(let body): body(worker.source)
        case .expect(let order, let author): worker.observer.expect(order, by: author)
        }
        state.withLock { $0.busySince = nil }
      }
    }
  }

  private func next() -> Request? {
    state.withLock { state in
      guard !state.requests.isEmpty else { return nil }
      state.busySince = HostClock.system.steady()
      return state.requests.removeFirst()
    }
  }

  private func sample(_ worker: Worker) {
    let sample: Sample
    do {
      sample = .snapshot(worker.observer.observe(try worker.source.read()))
    } catch {
      sample = .problem(error)
    }
    state.withLock { $0.ready.append(sample) }
    wake()
  }
}
