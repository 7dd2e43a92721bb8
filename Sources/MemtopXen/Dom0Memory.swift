import MemtopCore
import MemtopSystem

/// Makes a report of the texts of dom0's own /proc.
package typealias Dom0Parser = @Sendable (ProcTexts) -> GuestReport?

/// Dom0's own memory figures; the files stay open.
final class Dom0Memory {
  private let meminfo: SystemFile?
  private let vmstat: SystemFile?
  /// Absent in kernels without PSI, and unreadable where it is switched off.
  private let pressure: SystemFile?
  /// Only where ZFS is.
  private let arcstats: SystemFile?
  private let parse: Dom0Parser

  init(root: String, parse: @escaping Dom0Parser) {
    meminfo = try? SystemFile(root + "/proc/meminfo")
    vmstat = try? SystemFile(root + "/proc/vmstat")
    pressure = try? SystemFile(root + "/proc/pressure/memory")
    arcstats = try? SystemFile(root + "/proc/spl/kstat/zfs/arcstats")
    self.parse = parse
  }

  func report() -> GuestReport? {
    guard let meminfo = try? meminfo?.read() else { return nil }
    return parse(
      ProcTexts(
        meminfo: meminfo, vmstat: try? vmstat?.read(), pressure: try? pressure?.read(),
        arcstats: try? arcstats?.read()))
  }
}
