import Glibc
import MemtopCore
import MemtopSystem

/// What the regulator has counted, in a file beside its lock, for `memtop export`.
///
/// The directory is root's own (`RuntimeDirectory`). A file that cannot be written costs metrics only, so
/// nothing is said of it.
struct CountsFile {
  static let name = "regulate.counts"
  private let path: String

  init(in directory: RuntimeDirectory = .standard) {
    path = "\(directory.path)/\(Self.name)"
  }

  func write(_ counts: RegulatorCounts) { Self.replace(path, with: counts.bytes(pid: getpid())) }

  /// Whoever reads it meets the former content or the new one, and nothing between.
  static func replace(_ path: String, with bytes: [UInt8]) {
    let temporary = path + ".new"
    unlink(temporary)
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { return }
    let error = bytes.withUnsafeBytes { writeAll($0, to: file) }.error
    guard close(file) == 0, error == 0 else {
      unlink(temporary)
      return
    }
    rename(temporary, path)
  }

  func remove() { unlink(path) }

  /// nil where there are none of this process.
  func read(of pid: Int32) -> RegulatorCounts? {
    guard let bytes = try? SystemFile(path).read() else { return nil }
    return RegulatorCounts(bytes, pid: pid)
  }
}

/// What came of operators' orders, in a file to which each process adds, for `memtop export`.
///
/// It is beside the regulator's lock, in root's own directory. A restart of the host empties that directory,
/// so the counts start at zero. If it cannot be written, only metrics are lost, so no error is shown.
struct OperatorCountsFile {
  static let name = "operator.counts"
  private let directory: RuntimeDirectory
  private var path: String { "\(directory.path)/\(Self.name)" }

  /// How often another process that just adds is waited for, and for how long each time.
  private let tries: Int
  private static let pause: useconds_t = 2000

  init(in directory: RuntimeDirectory = .standard, tries: Int = 50) {
    (self.directory, self.tries) = (directory, tries)
  }

  func add(_ entries: [OperatorCounts.Entry]) {
    guard !entries.isEmpty, let lock = lock() else { return }
    var counts = read() ?? OperatorCounts()
    for entry in entries { counts.count(entry) }
    CountsFile.replace(path, with: counts.bytes)
    close(lock)
  }

  /// nil where it holds something else; none where nobody has written it.
  func read() -> OperatorCounts? {
    guard let bytes = try? SystemFile(path).read() else {
      return access(path, F_OK) == 0 ? nil : OperatorCounts()
    }
    return OperatorCounts(bytes)
  }

  /// One process adds at a time. The kernel lets go of it when the process ends.
  private func lock() -> Int32? {
    guard let file = try? directory.openLock("\(Self.name).lock") else { return nil }
    for _ in 0..<tries {
      if flock(file, LOCK_EX | LOCK_NB) == 0 { return file }
      usleep(Self.pause)
    }
    close(file)
    return nil
  }
}
