import Glibc
import MemtopCore
import MemtopSystem

/// One memtop at a time changes a domain's target, be it an operator's or the regulator.
///
/// libxl's own lock is taken only around the write. Without this one, two changes could both look at the
/// domain and then both write. It is a byte of a file, at the domid's offset; the kernel releases it
/// when the process ends. Other programs do not take it: what they write is noticed by `KeyWrites`.
///
/// Some hosts have no place for the file. There a change is made without the lock, which is told.
final class ChangeLock {
  static let fileName = "change.lock"
  private let descriptor: Int32

  /// - Throws: why the file cannot be opened.
  init(in directory: RuntimeDirectory) throws(RuntimeDirectory.Problem) {
    descriptor = try directory.openLock(Self.fileName)
  }

  /// Waits without limit; the parent sees in /proc/locks that this waits, and for whom (`LockWait`).
  ///
  /// - Parameter willWait: is called before it waits, and only then.
  /// - Throws: why the kernel gives no lock.
  func take(_ domid: UInt16, willWait: () -> Void) throws(Errno) {
    if try takeAtOnce(domid) { return }
    willWait()
    var wish = flock(writingAt: domid)
    while fcntl(descriptor, F_SETLKW, &wish) != 0 {
      let error = Errno.last
      guard error.code == EINTR else { throw error }
    }
  }

  /// - Returns: false where another memtop has it.
  /// - Throws: why the kernel gives no lock.
  func takeAtOnce(_ domid: UInt16) throws(Errno) -> Bool {
    var wish = flock(writingAt: domid)
    guard fcntl(descriptor, F_SETLK, &wish) != 0 else { return true }
    let error = Errno.last
    guard error.code == EACCES || error.code == EAGAIN else { throw error }
    return false
  }

  deinit { close(descriptor) }
}
