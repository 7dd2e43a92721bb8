import Testing

@testable import MemtopCore

@Suite(.timeLimit(.minutes(30))) struct XAPIReportTests {
  private func read(free: String?, total: String?) -> Result<GuestReport, UnreadableReport> {
    var entries: [StoreKey: [UInt8]] = [.xapiUpdated: Array("1".utf8)]
    entries[.xapiFree] = free.map { Array($0.utf8) }
    entries[.xapiTotal] = total.map { Array($0.utf8) }
    return ReportSamples.read(entries)
  }

  @Test("what the agent calls free is what programs can take; swap and cache it does not tell")
  func plain() throws {
    let report = try read(free: "1532604", total: "2035104").get()
    #expect(report.dialect == .xapi)
    #expect(report.available == .kib(1_532_604))
    #expect(report.total == .kib(2_035_104))
    #expect(report.free == nil && report.cache == nil)
    #expect(report.swapUsed == nil && report.swapIn == nil && report.psiSome == nil)
  }

  @Test("a total is not needed, a figure of free memory is; a change marker alone is no report")
  func parts() throws {
    #expect(try read(free: "100\n", total: nil).get().total == nil)
    #expect(throws: UnreadableReport("nothing")) { try read(free: nil, total: "200").get() }
    #expect(throws: UnreadableReport("nothing")) { try read(free: nil, total: nil).get() }
  }

  @Test("no number that is not one passes", arguments: ReportSamples.notNumbers)
  func hostile(bytes: [UInt8]) {
    for key in [StoreKey.xapiFree, .xapiTotal] {
      var entries: [StoreKey: [UInt8]] = [
        .xapiFree: Array("1".utf8), .xapiTotal: Array("2".utf8),
      ]
      entries[key] = bytes
      guard case .failure(let why) = ReportSamples.read(entries) else {
        Issue.record("\(key) took it")
        continue
      }
      #expect(ReportSamples.isSafe(why.description), "\(why)")
    }
  }
}
