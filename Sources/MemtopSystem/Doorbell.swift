import CLinux
import Glibc
import MemtopCore

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
