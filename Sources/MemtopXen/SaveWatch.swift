import Glibc
import MemtopCore

/// Finds the domains that are being saved or sent to another host, by dom0's processes.
///
/// Only /proc/PID/comm is read of all of them: to read a command line, the kernel takes a lock of the
/// process's memory, which a hanging process may hold. Unchecked: used by one thread at a time.
public final class SaveWatch: @unchecked Sendable {
  /// A screen may tell of it so late.
  private static let interval = Span.seconds(5)
  /// One look is enough for all domains of a batch.
  private static let moment = Span(milliseconds: 100)

  private let root: String
  private var found: Set<UInt16> = []
  private var lookedAt: SteadyTime?
  /// Processes that were something else at two looks: at the first one, it may have been about to
  /// become the helper.
  private var others: Set<pid_t> = []
  private var newcomers: Set<pid_t> = []

  /// `root` stands before /proc (for tests).
  public init(root: String = "") { self.root = root }

  /// By the last look, or by a new one that reads only what is new, where that is long ago.
  public func domids(at now: SteadyTime) -> Set<UInt16> {
    if isOlder(than: Self.interval, now) { look(now, skipping: others) }
    return found
  }

  /// By a whole look.
  public func domidsNow(at now: SteadyTime = HostClock.system.steady()) -> Set<UInt16> {
    if isOlder(than: Self.moment, now) { look(now, skipping: []) }
    return found
  }

  private func isOlder(than span: Span, _ now: SteadyTime) -> Bool {
    lookedAt.map { now - $0 >= span } ?? true
  }

  private func look(_ now: SteadyTime, skipping skipped: Set<pid_t>) {
    lookedAt = now
    found = []
    var (others, newcomers): (Set<pid_t>, Set<pid_t>) = ([], [])
    for process in Self.processes(root + "/proc") {
      if skipped.contains(process) {
        others.insert(process)
      } else if isHelper(process) {
        if let domid = domid(savedBy: process) { found.insert(domid) }
      } else if self.newcomers.contains(process) {
        others.insert(process)
      } else {
        newcomers.insert(process)
      }
    }
    (self.others, self.newcomers) = (others, newcomers)
  }

  private func isHelper(_ process: pid_t) -> Bool {
    (try? SystemFile.text("\(root)/proc/\(process)/comm")) == SaveHelper.command
  }

  private func domid(savedBy process: pid_t) -> UInt16? {
    let words = try? SystemFile("\(root)/proc/\(process)/cmdline").read(limit: 4096)
    return words.flatMap { SaveHelper.domid(savedBy: $0) }
  }

  private static func processes(_ path: String) -> [pid_t] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var processes: [pid_t] = []
    while let entry = readdir(directory) {
      let process = withUnsafeBytes(of: &entry.pointee.d_name) {
        atoi($0.assumingMemoryBound(to: CChar.self).baseAddress!)
      }
      if process > 0 { processes.append(process) }
    }
    return processes
  }
}
