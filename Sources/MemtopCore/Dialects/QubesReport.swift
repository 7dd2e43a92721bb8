/// The dialect of Qubes' meminfo-writer: one integer in `memory/meminfo`, the KiB that programs
/// use *including* used swap, and the used swap alone in `memory/swapinfo`.
///
/// Old writers stored six lines of /proc/meminfo there (qubes-linux-utils, meminfo-writer.c), and
/// wrote only on change, as the new ones do.
enum QubesReport {
  /// Whether `memory/meminfo` holds this dialect rather than /proc/meminfo's whole text.
  static func isOne(_ meminfo: [UInt8]) -> Bool {
    !meminfo.contains(UInt8(ascii: ":")) || isOld(meminfo)
  }

  /// Whether it holds an old writer's lines and no others.
  private static func isOld(_ meminfo: [UInt8]) -> Bool {
    var lines = Lines(meminfo.prefix(ProcMeminfo.longest))
    while let line = lines.next() {
      let name = line.prefix { $0 != UInt8(ascii: ":") }
      guard line.isEmpty || oldNames.contains(where: { $0.elementsEqual(name) }) else {
        return false
      }
    }
    return meminfo.contains(UInt8(ascii: ":"))
  }

  private static let oldNames: [[UInt8]] = [
    "MemTotal", "MemFree", "Buffers", "Cached", "SwapTotal", "SwapFree",
  ].map { Array($0.utf8) }

  static func parse(_ meminfo: [UInt8], swapinfo: [UInt8]?) throws(UnreadableReport) -> GuestReport
  {
    if isOld(meminfo) {
      var report = GuestReport(dialect: .qubes)
      try ProcMeminfo.parse(meminfo, into: &report)
      return report
    }
    let used = try ReportText.kib(meminfo, of: "memory/meminfo")
    var report = GuestReport(dialect: .qubes)
    guard let swapinfo else {
      // How much of it is swap is not known: all of it counts as memory, the careful reading.
      report.used = used
      return report
    }
    let swap = try ReportText.kib(swapinfo, of: "memory/swapinfo")
    guard swap <= used else {
      throw UnreadableReport("memory/swapinfo is more than memory/meminfo, which includes it")
    }
    report.swapUsed = swap
    report.used = used - swap
    return report
  }
}
