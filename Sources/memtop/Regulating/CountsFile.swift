import Glibc
import MemtopCore
import MemtopSystem

/// What the regulator has counted, in a file beside its lock, for `memtop export`.
///
/// The directory is root's own (`RegulatorLock`). A file that cannot be written costs metrics only, so
/// nothing is said of it.
struct CountsFile {
  static let name = "regulate.counts"
  private let path: String

  init(in directory: String = RegulatorLock.standardDirectory) {
    path = "\(directory)/\(Self.name)"
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
