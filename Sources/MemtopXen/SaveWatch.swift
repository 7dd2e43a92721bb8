import CLinux
import Glibc
import MemtopCore
import MemtopSystem

/// Finds the domains that are being saved or sent to another host, by dom0's processes.
///
/// Only /proc/PID/comm is read of all of them: to read a command line, the kernel takes a lock of the
/// process's memory, which a hanging process may hold. Unchecked: used by one thread at a time.
final class SaveWatch: @unchecked Sendable {
  /// A screen may tell of it so late.
  private static let interval = Span.seconds(5)
  /// One look is enough for all domains of a batch, and for the samples that a change waits for: the
  /// process that makes the change looks for itself, last of all.
  private static let moment = Span.seconds(1)
  private static let most = 1024

  private let root: String
  private var found: Set<UInt16> = []
  private var lookedAt: SteadyTime?

  /// `root` stands before /proc (for tests).
  init(root: String = "") { self.root = root }

  /// By the last look, or by a new one where that is some seconds ago.
  func domids(at now: SteadyTime) -> Set<UInt16> { look(now, every: Self.interval) }

  /// By a look of this moment.
  func domidsNow(at now: SteadyTime) -> Set<UInt16> {
    look(now, every: Self.moment)
  }

  private func look(_ now: SteadyTime, every span: Span) -> Set<UInt16> {
    if let lookedAt, now - lookedAt < span { return found }
    lookedAt = now
    found = Set(helpers().compactMap { domid(savedBy: $0) })
    return found
  }

  private func helpers() -> [pid_t] {
    [pid_t](unsafeUninitializedCapacity: Self.most) { buffer, count in
      count = Int(
        mt_processes_named(
          root + "/proc", SaveHelper.command, buffer.baseAddress, Int32(Self.most)))
    }
  }

  private func domid(savedBy process: pid_t) -> UInt16? {
    let words = try? SystemFile("\(root)/proc/\(process)/cmdline").read(limit: 4096)
    return words.flatMap { SaveHelper.domid(savedBy: $0) }
  }
}
