import CLinux
import Glibc

/// What stands where a recording is, or is to be: only a regular file will do. Opening anything else
/// could wait for ever, or lead to a file that somebody else has chosen.
enum RecordingPlace {
  /// What SQLite keeps beside a database while it is written.
  private static let companions = ["-wal", "-shm", "-journal"]

  /// Opens the file to be written, or creates it for its owner alone.
  ///
  /// - Parameter isNew: it must not be there yet.
  static func open(_ path: String, isNew: Bool) throws(RecordingError) -> Int32 {
    let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
    try requireLocal(path)
    for end in companions { try requireOwnCompanion(path + end) }
    // Twice: another memtop may create it in between.
    for _ in 0..<2 {
      if !isNew {
        let descriptor = Glibc.open(path, flags)
        if descriptor >= 0 { return try own(descriptor, path) }
        guard errno == ENOENT else { throw refusal(path, errno) }
      }
      // Whose it is then is not asked: a file system of another machine may name somebody else.
      let descriptor = Glibc.open(path, flags | O_CREAT | O_EXCL, 0o600)
      if descriptor >= 0 { return descriptor }
      guard !isNew, errno == EEXIST else { throw refusal(path, errno) }
    }
    throw refusal(path, EEXIST)
  }

  /// Takes away what was written of a recording that cannot be used.
  static func remove(_ path: String) {
    for end in [""] + companions { unlink(path + end) }
  }

  /// SQLite's WAL needs memory that all who have the file open share, and locks as a local disk has them
  /// (sqlite.org/wal.html, sqlite.org/faq.html#q5).
  private static func requireLocal(_ path: String) throws(RecordingError) {
    let end = path.lastIndex(of: "/")
    let directory = end.map { path[...$0] } ?? "."
    guard let kind = networkKind(mt_file_system(String(directory))) else { return }
    throw RecordingError(
      .system,
      "cannot record into \(path): it is on a network file system (\(kind)); choose a local disk")
  }

  /// Names file systems of other machines by statfs(2)'s numbers (linux/magic.h); nil for all others.
  static func networkKind(_ type: UInt32) -> String? {
    switch type {
    case 0x6969: "NFS"
    case 0xFF53_4D42, 0xFE53_4D42, 0x517B: "SMB"
    case 0x00C3_6400: "Ceph"
    case 0x5346_414F, 0x6B41_4653: "AFS"
    default: nil
    }
  }

  private static func refusal(_ path: String, _ error: Int32) -> RecordingError {
    if let kind = kind(path, follows: false), error != EEXIST {
      return RecordingError(.system, "cannot record into \(path): it is \(kind)")
    }
    return error == EEXIST
      ? RecordingError(.exists, "\(path) already exists; choose another name")
      : RecordingError(.system, "cannot record into \(path): \(errorText(error))")
  }

  /// Closes what is not a regular file of this user's.
  private static func own(_ descriptor: Int32, _ path: String) throws(RecordingError) -> Int32 {
    do throws(RecordingError) {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { throw refusal(path, errno) }
      try requireOwn(status, path)
      return descriptor
    } catch {
      close(descriptor)
      throw error
    }
  }

  private static func requireOwn(_ status: stat, _ path: String) throws(RecordingError) {
    if let kind = kind(status) {
      throw RecordingError(.system, "cannot record into \(path): it is \(kind)")
    }
    guard status.st_uid == geteuid() else {
      throw RecordingError(
        .system,
        "cannot record into \(path): it belongs to another user (uid \(status.st_uid)),"
          + " who could change it; choose another file")
    }
  }

  private static func requireOwnCompanion(_ path: String) throws(RecordingError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    try requireOwn(status, path)
  }

  /// For reading, where whose file it is does not matter, and a link is followed.
  ///
  /// It is not opened for that: closing it again would take away the locks that SQLite holds on it for
  /// this process.
  static func requireReadable(_ path: String) throws(RecordingError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw RecordingError(.system, "cannot open \(path): \(errorText(errno))")
    }
    for end in [""] + companions {
      guard let kind = kind(path + end, follows: true) else { continue }
      throw RecordingError(.foreign, "\(path + end) is \(kind), not a memtop recording")
    }
    guard access(path, R_OK) == 0 else {
      throw RecordingError(.system, "cannot read \(path): \(errorText(errno))")
    }
  }

  private static func kind(_ path: String, follows: Bool) -> String? {
    var status = stat()
    guard (follows ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
    return kind(status)
  }

  /// "a FIFO"; nil is a regular file.
  private static func kind(_ status: stat) -> String? {
    switch status.st_mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: "a directory"
    case S_IFLNK: "a symbolic link; name the file itself"
    case S_IFIFO: "a FIFO"
    case S_IFSOCK: "a socket"
    default: "a device"
    }
  }
}
