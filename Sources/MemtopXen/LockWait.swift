import Glibc
import MemtopCore
import MemtopSystem

/// Whether a process waits for a lock on a file, as the kernel tells in /proc/locks.
///
/// libxl cannot be asked whether it waits for a domain's lock, on which it calls flock(2) without a
/// limit (libxl_internal.c, libxl__lock_file). But the kernel lists every lock, and below it, marked
/// by "->", who waits for it (fs/locks.c, lock_get_status).
struct LockWait: Hashable, Sendable {
  /// Who holds it: "process 812 (xl)".
  let holder: String

  /// nil where it waits for none, or where that cannot be known.
  init?(of process: pid_t) {
    guard let table = try? SystemFile("/proc/locks").read(limit: 1 << 20),
      let pid = Self.holder(ofLockAwaitedBy: process, in: String(decoding: table, as: UTF8.self))
    else { return nil }
    self.init(pid: pid, name: try? SystemFile.text("/proc/\(pid)/comm"))
  }

  init(pid: pid_t, name: String?) {
    holder = "process \(pid)" + (name.map { " (\(SafeText.escaped(Array($0.utf8))))" } ?? "")
  }

  /// "1: FLOCK ADVISORY WRITE 812 …" and, waiting for it, "1: -> FLOCK ADVISORY WRITE 907 …".
  static func holder(ofLockAwaitedBy process: pid_t, in table: String) -> pid_t? {
    var holder: pid_t?
    for line in table.split(separator: "\n") {
      let words = line.split(separator: " ").dropFirst()
      let isWaiting = words.first == "->"
      let fields = Array(isWaiting ? words.dropFirst() : words)
      guard fields.count > 3, fields[0] == "FLOCK", let pid = pid_t(fields[3]) else { continue }
      if !isWaiting { holder = pid } else if pid == process { return holder }
    }
    return nil
  }
}
