import CEvent
import MemtopCore
import MemtopSystem

/// The event loop of a thread that serves HTTP: it waits in libevent, which does that service meanwhile.
package final class HTTPLoop: EventLoop {
  let loop: ce_loop
  /// Has the signals and the bell; asked, never waited for.
  private let inner: PollLoop
  private let events: [ce_event]
  private let timer: ce_event

  /// nil where the machine has no descriptors left.
  ///
  /// - Parameter signals: those that its owner ends by.
  package init?(signals: Signals? = nil) {
    inner = PollLoop(signals: signals)
    guard let loop = ce_loop_new(), let timer = ce_timer(loop) else { return nil }
    (self.loop, self.timer) = (loop, timer)
    // Whatever makes one of them ready ends the wait; the loop's owner looks what it was.
    events = inner.descriptors.compactMap { ce_watch(loop, $0) }
    guard events.count == inner.descriptors.count else { return nil }
  }

  deinit {
    for event in events + [timer] { ce_event_free(event) }
    ce_loop_free(loop)
  }

  package var clock: HostClock { inner.clock }
  package var wake: @Sendable () -> Void { inner.wake }

  /// - Parameter others: told as they are when the wait ends; none of them ends it.
  package func wait(until time: SteadyTime, for others: [Watched]) -> Arrivals {
    let left = max(0, (time - now).milliseconds)
    ce_wait(loop, timer, left < Self.longest ? Int(left) : -1)
    return inner.wait(until: now, for: others)
  }

  /// Beyond this a wait ends by what comes only: a day.
  private static let longest: Int64 = 86_400_000

  package func nextSignal() -> Int32? { inner.nextSignal() }

  package func stop(_ whom: Signals.Stopped, by number: Int32) -> Bool {
    inner.stop(whom, by: number)
  }

  package func worker(isPatient: Bool) -> any Worker { inner.worker(isPatient: isPatient) }
}
