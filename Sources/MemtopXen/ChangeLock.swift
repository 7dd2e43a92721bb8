import Glibc
import MemtopSystem

/// One memtop at a time changes a domain's target, be it an operator's or the regulator.
///
/// libxl's own lock is taken only around the write. Without this one, two changes could both look at the
/// domain and then both write. It is a byte of a file, at the domid's offset; the kernel releases it
/// when the process ends. Other programs do not take it: what they write is noticed by `KeyWrites`.
final class ChangeLock {
  static let fileName = "change.lock"
  private let descriptor: Int32

  /// nil if the file cannot be opened; the change is then made without a lock.
  init?(in directory: RuntimeDirectory) {
    guard let descriptor = try? directory.openLock(Self.fileName) else { return nil }
    self.descriptor = descriptor
  }

  /// Waits without limit; the parent sees in /proc/locks that this waits, and for whom (`LockWait`).
  ///
  /// - Parameter willWait: is called before it waits, and only then.
  func take(_ domid: UInt16, willWait: () -> Void) {
    var wish = flock(writingAt: domid)
    guard fcntl(descriptor, F_SETLK, &wish) != 0 else { return }
    guard errno == EACCES || errno == EAGAIN else { return }
    willWait()
    while fcntl(descriptor, F_SETLKW, &wish) != 0, errno == EINTR {}
  }

  /// False where another memtop has it.
  func takeAtOnce(_ domid: UInt16) -> Bool {
    var wish = flock(writingAt: domid)
    return fcntl(descriptor, F_SETLK, &wish) == 0 || errno != EACCES && errno != EAGAIN
  }

  deinit { close(descriptor) }
}
