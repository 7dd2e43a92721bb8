import CLinux
import Glibc

/// A thread that empties a queue whenever a descriptor says that something is in it.
///
/// Without it a guest that floods its watches would fill dom0's memory between two samples.
final class DrainThread: Sendable {
  private let thread: pthread_t
  private let stopEvent: Int32

  /// `drain` returns how much it took out of the queue, or nil when the queue is gone for good.
  init?(descriptor: Int32, drain: @escaping @Sendable () -> Int?) {
    stopEvent = eventfd(0, Int32(EFD_CLOEXEC))
    guard stopEvent >= 0 else { return nil }
    let work = Work(descriptor: descriptor, stopEvent: stopEvent, drain: drain)
    guard let thread = Self.start(work) else {
      close(stopEvent)
      return nil
    }
    self.thread = thread
  }

  /// Ends the thread; afterwards the descriptor is not touched any more.
  func stop() {
    eventfd_write(stopEvent, 1)
    pthread_join(thread, nil)
    close(stopEvent)
  }

  private final class Work: Sendable {
    let descriptor: Int32
    let stopEvent: Int32
    let drain: @Sendable () -> Int?

    init(descriptor: Int32, stopEvent: Int32, drain: @escaping @Sendable () -> Int?) {
      self.descriptor = descriptor
      self.stopEvent = stopEvent
      self.drain = drain
    }

    func run() {
      var coalescing = EventCoalescing()
      while coalescing.isOver ? wait() : pause(coalescing.milliseconds), let count = drain() {
        coalescing.note(count)
      }
    }

    /// Waits for events; false when the thread is to end.
    private func wait() -> Bool {
      var watched = [
        pollfd(fd: stopEvent, events: Int16(POLLIN), revents: 0),
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      ]
      while poll(&watched, 2, -1) < 0 {}
      return watched[0].revents == 0
    }

    /// Lets events gather; false when the thread is to end.
    private func pause(_ milliseconds: Int32) -> Bool {
      var stop = pollfd(fd: stopEvent, events: Int16(POLLIN), revents: 0)
      return poll(&stop, 1, milliseconds) <= 0
    }
  }

  private static func start(_ work: Work) -> pthread_t? {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, 256 << 10)
    // Signals are for the thread that has the terminal.
    let before = mt_block_signals()
    defer { mt_restore_signals(before) }
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(work)
    let failed = pthread_create(
      &thread, &attributes,
      { argument in
        // glibc lets one of its own through to every new thread, which would end the process.
        _ = mt_block_signals()
        Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().run()
        return nil
      }, argument.toOpaque())
    guard failed == 0 else {
      argument.release()
      return nil
    }
    return thread
  }
}

/// How long events are left to gather: many are then taken at the cost of one wake-up.
///
/// A socket that nobody reads takes 35 events of xenstored's, which goes by the quarter of the
/// socket's buffer that poll(2) wants free of what is sent; the rest waits in xenstored, and with it
/// the guests that caused more than a few. So the more come, the shorter the pause.
struct EventCoalescing {
  private static let longest = 100
  /// Events that are to be there after a pause.
  private static let aim = 20

  private var pause = longest
  /// Nothing came in the last pause: the next event is to be waited for.
  private(set) var isOver = true

  var milliseconds: Int32 { Int32(pause) }

  /// So many events were there after the pause, or after the wait, which may end at half an event.
  mutating func note(_ count: Int) {
    let fitting = isOver || count == 0 ? Self.longest : pause * Self.aim / count
    pause = min(max(fitting, 1), Self.longest)
    isOver = count == 0 && !isOver
  }
}
