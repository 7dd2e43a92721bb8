/// xenballoond's dialect: the whole text of /proc/meminfo in `memory/meminfo`, and /proc/vmstat's in
/// `memory/vmstat`. A few of meminfo's lines and no others are an old Qubes writer's.
enum XenballoondReport {
  static func parse(_ meminfo: [UInt8], vmstat: [UInt8]?) throws(UnreadableReport) -> GuestReport {
    var report = GuestReport(dialect: .xenballoond)
    try ProcMeminfo.parse(meminfo, into: &report)
    if let vmstat { ProcMeminfo.parseVmstat(vmstat, into: &report) }
    return report
  }
}
