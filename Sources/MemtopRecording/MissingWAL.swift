import Glibc

/// Whether a recording lacks its WAL: its last samples are in there until memtop ends it, and a copy of
/// the file alone, made meanwhile, has none of them.
enum MissingWAL {
  /// Says so of a file whose header names a WAL, beside which none has anything in it, and that nobody
  /// is recording into. Asked before SQLite opens the file: closing a descriptor of it later would drop
  /// SQLite's locks.
  static func isMissing(_ path: String) -> Bool {
    var wal = stat()
    guard stat(path + "-wal", &wal) != 0 || wal.st_size == 0 else { return false }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var versions = [UInt8](repeating: 0, count: 2)
    // sqlite.org/fileformat2.html, "File format version numbers".
    guard pread(descriptor, &versions, 2, 18) == 2, versions == [2, 2] else { return false }
    return flock(descriptor, LOCK_SH | LOCK_NB) == 0
  }
}

extension RecordingFile {
  /// Why there is less in it than was recorded, in one line; nil where nothing says so.
  public var shortfall: String? {
    guard lacksWAL else { return nil }
    let wal = "\(path)-wal"
    guard range == nil else {
      return "\(path) was not closed and \(wal) is not beside it: if it was copied while memtop "
        + "recorded, its newest samples are missing"
    }
    return "\(path) holds no samples: it was copied while memtop recorded, and the samples are in "
      + "\(wal), which must be copied with it (memtop-recording(5) says how)"
  }

  /// Throws where there is no sample that could be shown.
  public func requireSamples() throws(RecordingError) {
    guard range == nil else { return }
    throw RecordingError(.foreign, shortfall ?? "\(path) holds no samples yet")
  }
}
