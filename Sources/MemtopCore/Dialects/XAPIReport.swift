/// The dialect of XAPI's and XCP-ng's agents: `data/meminfo_total` and `data/meminfo_free`.
///
/// Newer agents write MemAvailable as "free", older ones MemFree; nothing in xenstore tells which.
/// It is taken as available: that makes cache look busy at worst, which is safe for the guard.
enum XAPIReport {
  static func parse(_ keys: StoreKeys) throws(UnreadableReport) -> GuestReport? {
    guard let free = keys[.xapiFree] else { return nil }
    var report = GuestReport(dialect: .xapi)
    report.available = try ReportText.kib(free, of: "data/meminfo_free")
    if let total = keys[.xapiTotal] {
      report.total = try ReportText.kib(total, of: "data/meminfo_total")
    }
    return report
  }
}
