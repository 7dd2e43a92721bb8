import Glibc

/// A directory for files of running processes, which a restart of the host empties.
///
/// Only root may write in it or open its files: another user who can open a lock file can also hold
/// the lock, and memtop would have to wait for them.
package struct RuntimeDirectory: Sendable {
  package static let standard = RuntimeDirectory("/run/memtop")
  package let path: String

  package init(_ path: String) { self.path = path }

  /// What is wrong with the directory or with a file in it, and what to do about it.
  package struct Problem: Error, CustomStringConvertible {
    package let description: String

    fileprivate init(_ description: String) { self.description = description }

    fileprivate init(_ what: String, _ error: Errno) { description = "\(what): \(error)" }
  }

  /// Makes the directory if it is missing. Throws if other users can write to it.
  package func prepare() throws(Problem) {
    if mkdir(path, 0o700) != 0, case let error = Errno.last, error.code != EEXIST {
      throw Problem("cannot create \(path)", error)
    }
    var status = stat()
    guard lstat(path, &status) == 0 else { throw Problem("cannot examine \(path)", .last) }
    let isOthers = status.st_uid != geteuid() || status.st_mode & 0o022 != 0
    guard status.st_mode & S_IFMT == S_IFDIR, !isOthers else {
      throw Problem(
        "\(path) is not a directory that only its owner, root, can write to; remove it")
    }
  }

  /// Opens a file for locks and makes it where it is missing. The caller closes it.
  ///
  /// - Throws: where the directory or the file is not its owner's alone.
  package func openLock(_ name: String) throws(Problem) -> Int32 {
    try prepare()
    let file = "\(path)/\(name)"
    let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else { throw Problem("cannot open \(file)", .last) }
    // An earlier file that others could open may be held by them already.
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_uid == geteuid(), status.st_mode & 0o077 == 0
    else {
      close(descriptor)
      throw Problem("\(file) is not a file that only its owner, root, can open; remove it")
    }
    return descriptor
  }
}

extension flock {
  /// A lock for writing on one byte of a file, or on the whole file.
  package init(writingAt byte: UInt16?) {
    self.init()
    l_type = Int16(F_WRLCK)
    l_whence = Int16(SEEK_SET)
    l_start = off_t(byte ?? 0)
    // Zero is up to the end, wherever that will be.
    l_len = byte == nil ? 0 : 1
  }
}
