/// The dialect of Qubes' meminfo-writer: one integer in `memory/meminfo`, the KiB that programs
/// use *including* used swap, and the used swap alone in `memory/swapinfo`.
///
/// Old writers stored lines of /proc/meminfo there; see `ProcMeminfo`.
enum QubesReport {
  /// Whether `memory/meminfo` holds this dialect rather than /proc/meminfo's text.
  static func isOne(_ meminfo: [UInt8]) -> Bool {
    let bytes = ReportText.trimmed(meminfo[...])
    return !bytes.isEmpty && !bytes.contains(UInt8(ascii: ":"))
  }

  static func parse(_ meminfo: [UInt8], swapinfo: [UInt8]?) throws(UnreadableReport) -> GuestReport
  {
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
