import CLinux
import Glibc
import MemtopCore
import Synchronization

/// The event loop of a real thread, in poll(2).
package final class PollLoop: EventLoop {
  package let clock: HostClock
  private let bell = Doorbell()
  private let signals: Signals?

  /// - Parameter signals: nil where another loop has them.
  package init(signals: Signals? = nil, clock: HostClock = .system) {
    self.signals = signals
    self.clock = clock
  }

  /// What ends a wait, for a loop around this one that waits for more.
  package var descriptors: [Int32] { [signals?.descriptor, bell.descriptor].compactMap { $0 } }

  package var wake: @Sendable () -> Void {
    let bell = bell
    return { bell.ring() }
  }

  package func wait(until time: SteadyTime, for others: [Watched]) -> Arrivals {
    let own = [Watched(signals?.descriptor ?? -1, POLLIN), Watched(bell.descriptor, POLLIN)]
    var descriptors = (own + others).map {
      pollfd(fd: $0.descriptor, events: $0.events, revents: 0)
    }
    let left = max(0, (time - now).milliseconds)
    let ready = poll(&descriptors, nfds_t(descriptors.count), Int32(clamping: left))
    let found = descriptors.map { ready > 0 ? $0.revents : 0 }
    if found[1] != 0 { bell.silence() }
    return Arrivals(
      isSignalled: found[0] != 0, isWoken: found[1] != 0, others: Array(found[2...]))
  }

  package func nextSignal() -> Int32? { signals?.next() }

  package func stop(_ whom: Signals.Stopped, by number: Int32) -> Bool {
    Signals.stop(whom, by: number)
  }

  package func worker(isPatient: Bool) -> any Worker { ThreadWorker(isPatient: isPatient) }
}

/// A thread for as long as this process lives, from its first job on.
private final class ThreadWorker: Worker {
  private struct State {
    var jobs: [@Sendable () -> Void] = []
    var hasThread = false
  }

  private let state = Mutex(State())
  private let bell = Doorbell()
  private let isPatient: Bool

  init(isPatient: Bool) { self.isPatient = isPatient }

  func submit(_ job: @escaping @Sendable () -> Void) {
    let isFirst = state.withLock { state in
      state.jobs.append(job)
      defer { state.hasThread = true }
      return !state.hasThread
    }
    if isFirst { Thread.start { [self] in run() } } else { bell.ring() }
  }

  private func run() {
    if isPatient { mt_set_sched_batch() }
    while true {
      while let job = state.withLock({ $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }) { job() }
      _ = bell.wait(atMost: -1)
    }
  }
}

/// Wakes a thread that polls, from any other.
package final class Doorbell: Sendable {
  package let descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))

  package func ring() { eventfd_write(descriptor, 1) }

  package func silence() {
    var rings: eventfd_t = 0
    eventfd_read(descriptor, &rings)
  }

  /// Waits for a ring; false where none came in time.
  package func wait(atMost milliseconds: Int64) -> Bool {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, Int32(clamping: milliseconds)) > 0 else { return false }
    silence()
    return true
  }

  package init() {}

  deinit { close(descriptor) }
}

/// Does nothing for `span`.
package func rest(_ span: Span) { poll(nil, 0, Int32(clamping: max(0, span.milliseconds))) }
