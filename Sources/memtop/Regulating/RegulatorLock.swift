import Glibc
import MemtopSystem

/// One regulator a host: a lock that the kernel lets go of when its process ends, however it ends.
final class RegulatorLock {
  static let fileName = "regulate.lock"
  private let descriptor: Int32

  /// - Throws: `Failure` with who holds it.
  init(in directory: RuntimeDirectory = .standard) throws(Failure) {
    do throws(RuntimeDirectory.Problem) {
      descriptor = try directory.openLock(Self.fileName)
    } catch {
      throw Failure(line: error.description, status: .failed)
    }
    var wish = flock(writingAt: nil)
    guard fcntl(descriptor, F_SETLK, &wish) != 0 else { return }
    let error = Errno.last
    guard error.code == EACCES || error.code == EAGAIN else {
      throw Failure(
        line: "cannot lock \(directory.path)/\(Self.fileName): \(error)", status: .failed)
    }
    throw Failure(
      line: "another memtop regulate runs on this host\(Self.holder(descriptor))", status: .taken)
  }

  deinit { close(descriptor) }

  private static func holder(_ descriptor: Int32) -> String {
    var wish = flock(writingAt: nil)
    guard fcntl(descriptor, F_GETLK, &wish) == 0, wish.l_type != Int16(F_UNLCK) else { return "" }
    return " (pid \(wish.l_pid))"
  }
}
