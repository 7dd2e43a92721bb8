/// xenballoond's dialect: the whole text of /proc/meminfo in `memory/meminfo`, and /proc/vmstat's in
/// `memory/vmstat`. If `memory/meminfo` has only the six lines of an old Qubes
/// writer, `ReportReader` calls `QubesReport` instead.
enum XenballoondReport {
  static func parse(_ meminfo: [UInt8], vmstat: [UInt8]?) throws(UnreadableReport) -> GuestReport {
    var report = GuestReport(dialect: .xenballoond)
    try ProcMeminfo.parse(meminfo, into: &report)
    if let vmstat { ProcMeminfo.parseVmstat(vmstat, into: &report) }
    return report
  }
}
