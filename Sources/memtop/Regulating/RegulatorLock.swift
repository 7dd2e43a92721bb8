import Glibc

/// One regulator a host: a lock that the kernel lets go of when its process ends, however it ends.
///
/// Whoever can open the file can hold a lock on it and keep the regulator from starting. So it is
/// for its owner's eyes only, in a directory where nobody else can put another in its place.
final class RegulatorLock {
  static let standardDirectory = "/run/memtop"
  static let fileName = "regulate.lock"
  private let descriptor: Int32

  /// - Throws: `Failure` with who holds it.
  init(in directory: String = standardDirectory) throws(Failure) {
    let path = "\(directory)/\(Self.fileName)"
    try Self.prepare(directory)
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else { throw Self.failure("cannot open \(path)", errno) }
    self.descriptor = descriptor
    try Self.requireOwn(descriptor, path)
    var wish = Self.wish
    guard fcntl(descriptor, F_SETLK, &wish) != 0 else { return }
    let error = errno
    guard error == EACCES || error == EAGAIN else {
      throw Self.failure("cannot lock \(path)", error)
    }
    throw Failure(
      line: "another memtop regulate runs on this host\(Self.holder(descriptor))", status: .taken)
  }

  deinit { close(descriptor) }

  private static var wish: flock {
    var wish = flock()
    wish.l_type = Int16(F_WRLCK)
    wish.l_whence = Int16(SEEK_SET)
    return wish
  }

  /// Makes the directory where it is missing, and takes only one that nobody else can write to.
  static func prepare(_ directory: String) throws(Failure) {
    guard mkdir(directory, 0o700) == 0 || errno == EEXIST else {
      throw failure("cannot create \(directory)", errno)
    }
    var status = stat()
    guard lstat(directory, &status) == 0 else {
      throw failure("cannot examine \(directory)", errno)
    }
    let isOthers = status.st_uid != geteuid() || status.st_mode & 0o022 != 0
    guard status.st_mode & S_IFMT == S_IFDIR, !isOthers else {
      throw Failure(
        line: "\(directory) is not a directory that only its owner, root, can write to; remove it",
        status: .failed)
    }
  }

  /// An earlier file that others could open may be held by them already.
  private static func requireOwn(_ descriptor: Int32, _ path: String) throws(Failure) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_uid == geteuid(), status.st_mode & 0o077 == 0
    else {
      throw Failure(
        line: "\(path) is not a file that only its owner, root, can open; remove it",
        status: .failed)
    }
  }

  private static func failure(_ what: String, _ error: Int32) -> Failure {
    Failure(line: "\(what): \(String(cString: strerror(error)))", status: .failed)
  }

  private static func holder(_ descriptor: Int32) -> String {
    var wish = wish
    guard fcntl(descriptor, F_GETLK, &wish) == 0, wish.l_type != Int16(F_UNLCK) else { return "" }
    return " (pid \(wish.l_pid))"
  }
}
