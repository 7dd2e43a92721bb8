import Glibc

/// One regulator a host: a lock that the kernel lets go of when its process ends, however it ends.
final class RegulatorLock {
  static let standardPath = "/run/memtop-regulate.lock"
  private let descriptor: Int32

  /// - Throws: `Failure` with who holds it.
  init(_ path: String = standardPath) throws(Failure) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else {
      throw Failure(
        line: "cannot open \(path): \(String(cString: strerror(errno)))", status: .failed)
    }
    self.descriptor = descriptor
    var wish = flock()
    wish.l_type = Int16(F_WRLCK)
    wish.l_whence = Int16(SEEK_SET)
    guard fcntl(descriptor, F_SETLK, &wish) != 0 else { return }
    let error = errno
    guard error == EACCES || error == EAGAIN else {
      throw Failure(
        line: "cannot lock \(path): \(String(cString: strerror(error)))", status: .failed)
    }
    throw Failure(
      line: "another memtop regulate runs on this host\(Self.holder(descriptor))", status: .taken)
  }

  deinit { close(descriptor) }

  private static func holder(_ descriptor: Int32) -> String {
    var wish = flock()
    wish.l_type = Int16(F_WRLCK)
    wish.l_whence = Int16(SEEK_SET)
    guard fcntl(descriptor, F_GETLK, &wish) == 0, wish.l_type != Int16(F_UNLCK) else { return "" }
    return ", as process \(wish.l_pid)"
  }
}
