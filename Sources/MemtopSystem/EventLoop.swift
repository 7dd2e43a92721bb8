import MemtopCore

/// The turns of one thread: it waits for a time, for signals, for descriptors, and for what other
/// threads bring, and does everything else between two waits.
///
/// `PollLoop` is the real one. The tests have one whose time they move.
package protocol EventLoop: AnyObject {
  var clock: HostClock { get }
  /// Ends a wait; from any thread.
  var wake: @Sendable () -> Void { get }

  /// Waits until `time`, or until something comes; what was waited for is told.
  ///
  /// - Parameter others: descriptors of the caller's own; those below zero are not looked at.
  func wait(until time: SteadyTime, for others: [Watched]) -> Arrivals
  /// The next signal that came; nil where none waits.
  func nextSignal() -> Int32?
  /// Stops this process, or its job, until it is continued.
  /// - Returns: false where it did not stop.
  func stop(_ whom: Signals.Stopped, by number: Int32) -> Bool
  /// Something that does work which may block, one job after another, beside this thread.
  ///
  /// - Parameter isPatient: it gives way to whoever else wants the processor.
  func worker(isPatient: Bool) -> any Worker
}

/// Does jobs one after another, beside the thread of the loop that made it.
package protocol Worker: Sendable {
  func submit(_ job: @escaping @Sendable () -> Void)
}

/// A descriptor that a wait is to end for, and for what (poll(2)).
package struct Watched: Hashable, Sendable {
  package var descriptor: Int32
  package var events: Int16

  package init(_ descriptor: Int32, _ events: Int32) {
    self.descriptor = descriptor
    self.events = Int16(events)
  }
}

/// What a wait ended for; all of it is empty where the time had come.
package struct Arrivals: Hashable, Sendable {
  package var isSignalled = false
  package var isWoken = false
  /// What has come for each of the caller's descriptors, in their order (poll(2)).
  package var others: [Int16] = []

  package init(isSignalled: Bool = false, isWoken: Bool = false, others: [Int16] = []) {
    self.isSignalled = isSignalled
    self.isWoken = isWoken
    self.others = others
  }
}

extension EventLoop {
  package var now: SteadyTime { clock.steady() }

  @discardableResult
  package func wait(until time: SteadyTime) -> Arrivals { wait(until: time, for: []) }

  /// The first of those that came which is to end the loop; the others are dropped.
  package func nextEnding() -> Int32? {
    while let number = nextSignal() {
      if SignalSet.endsLoop(number) { return number }
    }
    return nil
  }

  /// Drops pending signals, so that they do not end the next wait at once. For a loop that finishes its work
  /// before it ends.
  package func dropSignals() { while nextSignal() != nil {} }

  /// For a loop without a screen: whether a signal ends it. Stopped and continued, it goes on, and holds
  /// nobody up meanwhile.
  package func isToEnd(pause: () -> Void, resume: () -> Void) -> Bool {
    ending(pause: pause, resume: resume) != nil
  }

  /// The same, with the signal.
  package func ending(pause: () -> Void, resume: () -> Void) -> Int32? {
    while let number = nextSignal() {
      if SignalSet.stopping.contains(number) {
        pause()
        _ = stop(.process, by: number)
        resume()
      } else if SignalSet.endsLoop(number) {
        return number
      }
    }
    return nil
  }
}
