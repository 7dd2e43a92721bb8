import Glibc

/// Sees to it that one memtop at a time records into a file.
///
/// flock(2), which goes with the process, on a descriptor of its own: SQLite's own locks (fcntl) would
/// be lost when that descriptor is closed, so it must outlive the database connection.
final class WriterLock {
  private let descriptor: Int32

  /// Creates the file where there is none; nil is held by another.
  ///
  /// - Parameter isNew: the file must not be there yet.
  init?(_ path: String, isNew: Bool) throws(RecordingError) {
    let descriptor = try RecordingPlace.open(path, isNew: isNew)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let error = errno
      close(descriptor)
      if error == EWOULDBLOCK { return nil }
      throw RecordingError(.system, "cannot lock \(path): \(errorText(error))")
    }
    self.descriptor = descriptor
  }

  deinit {
    // A child that is being started may have the descriptor, too, until its program is loaded.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  /// Whether the file that is locked is still the one of this name.
  func isFile(_ path: String) -> Bool {
    var (locked, named) = (stat(), stat())
    return fstat(descriptor, &locked) == 0 && lstat(path, &named) == 0
      && locked.st_dev == named.st_dev && locked.st_ino == named.st_ino
  }
}

func errorText(_ code: Int32) -> String { String(cString: strerror(code)) }
