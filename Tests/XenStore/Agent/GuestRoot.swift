import Foundation
import MemtopCore

/// What memtop-agent reads of a guest, below a folder of the test's own.
final class GuestRoot {
  let folder = Fixture.temporaryDirectory()

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Kernels of guests, by what they have to tell.
  enum Kernel: CaseIterable {
    case full, noPressure, pressureOff, noSwap, noAvailable, bare

    var saysAvailable: Bool { self != .noAvailable && self != .bare }
    var hasSwap: Bool { self != .noSwap && self != .bare }
    var saysPressure: Bool { self == .full || self == .noSwap || self == .noAvailable }

    /// Free memory, files' pages and slab, without the 4,444 (a 32nd of all) that are kept of each.
    private static let estimate: Int64 = 20_000 - 4_444 + 54_000 - 4_444 + 1_500 / 2

    /// What memtop must read of its report.
    func report(every interval: Span, sequence: UInt64 = 1) -> GuestReport {
      var report = GuestReport(dialect: .memtop)
      report.total = .kib(142_208)
      report.free = .kib(20_000)
      report.available = .kib(saysAvailable ? 81_244 : Self.estimate)
      report.cache = .kib(60_000 - 2_800)
      if hasSwap {
        report.swapTotal = .kib(65_532)
        report.swapUsed = .kib(532)
        report.swapIn = .kib(48)
        report.swapOut = .kib(36_008)
      }
      if saysPressure { (report.psiSome, report.psiFull) = (1_208, 9) }
      report.interval = interval
      report.sequence = sequence
      return report
    }
  }

  init(_ kernel: Kernel = .full) throws {
    try write("proc/meminfo", Self.meminfo(kernel, available: 81_244))
    if kernel.hasSwap { try write("proc/vmstat", Self.vmstat) }
    if kernel.saysPressure { try write("proc/pressure/memory", Self.pressure) }
    // What can be opened there, but not read, is a folder.
    if kernel == .pressureOff { try folder("proc/pressure/memory") }
    try write("proc/sys/kernel/osrelease", "6.1.0-56-amd64\n")
    try write("etc/os-release", Self.system)
  }

  func setAvailable(_ kib: Int) throws {
    try write("proc/meminfo", Self.meminfo(.full, available: kib))
  }

  /// As `setAvailable`, for one look, and returns when that has begun.
  ///
  /// By a FIFO that only that look finds: it is out of the way before anything is written to it.
  func handOverAvailable(_ kib: Int) throws {
    let end = try fifo("proc/meminfo").opened()
    defer { close(end) }
    try setAvailable(kib)
    let text = Self.meminfo(.full, available: kib)
    guard Foundation.write(end, text, text.utf8.count) == text.utf8.count else {
      throw CocoaError(.fileWriteUnknown)
    }
  }

  /// Puts a FIFO there.
  func fifo(_ path: String) throws -> Feed {
    let path = folder.appendingPathComponent(path).path
    guard mkfifo(path + ".fifo", 0o600) == 0, rename(path + ".fifo", path) == 0 else {
      throw CocoaError(.fileWriteUnknown)
    }
    return Feed(path: path)
  }

  struct Feed {
    let path: String

    /// The end to write to, once somebody reads.
    func opened() throws -> Int32 {
      var end: Int32 = -1
      try eventually(30) {
        end = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        return end >= 0
      }
      return end
    }
  }

  func folder(_ path: String) throws {
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent(path), withIntermediateDirectories: true)
  }

  /// At once, so that nobody reads half of it.
  func write(_ path: String, _ text: String) throws {
    let file = folder.appendingPathComponent(path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: true, encoding: .utf8)
  }

  func read(_ path: String) -> String? {
    try? String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
  }

  static func meminfo(_ kernel: Kernel, available: Int, committed: Int = 90_000) -> String {
    """
    MemTotal:         142208 kB
    MemFree:           20000 kB
    \(kernel.saysAvailable ? "MemAvailable:     \(available) kB\n" : "")\
    Buffers:            1000 kB
    Cached:            60000 kB
    SwapCached:            0 kB
    Active(file):      30000 kB
    Inactive(file):    24000 kB
    \(kernel == .bare ? "" : "SwapTotal:         \(kernel.hasSwap ? 65_532 : 0) kB\n")\
    \(kernel == .bare ? "" : "SwapFree:          \(kernel.hasSwap ? 65_000 : 0) kB\n")\
    Shmem:              2800 kB
    SReclaimable:       1500 kB
    Committed_AS:      \(committed) kB
    HugePages_Total:       0

    """
  }

  private static let vmstat = "nr_free_pages 5000\npgpgin 7\npswpin 12\npswpout 9002\npgfault 1\n"
  private static let pressure = """
    some avg10=12.08 avg60=0.12 avg300=0.00 total=1234
    full avg10=0.09 avg60=0.00 avg300=0.00 total=123

    """
  private static let system = """
    PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
    NAME="Debian GNU/Linux"
    VERSION_ID="12.4"
    ID=debian

    """
}
