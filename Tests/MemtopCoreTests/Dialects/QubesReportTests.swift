import Testing

@testable import MemtopCore

@Suite(.timeLimit(.minutes(30))) struct QubesReportTests {
  private func read(_ meminfo: String, swap: String? = nil) -> Result<GuestReport, UnreadableReport>
  {
    var entries: [StoreKey: [UInt8]] = [.meminfo: Array(meminfo.utf8)]
    entries[.swapinfo] = swap.map { Array($0.utf8) }
    return ReportSamples.read(entries)
  }

  @Test("its figure includes used swap: what is busy in memory does not")
  func swap() throws {
    let report = try read("812344", swap: "12344").get()
    #expect(report.dialect == .qubes)
    #expect(report.used == .kib(800_000))
    #expect(report.swapUsed == .kib(12_344))
    #expect(report.available == nil && report.total == nil)
    #expect(try read("812344\n", swap: "0\n").get().used == .kib(812_344))
  }

  @Test("without a figure of its swap all of it counts as memory, and swap is not reported")
  func noSwap() throws {
    let report = try read("812344").get()
    #expect(report.used == .kib(812_344))
    #expect(report.swapUsed == nil)
  }

  @Test("an old writer's lines of /proc/meminfo are read, and are Qubes' all the same")
  func old() throws {
    let report = try read(
      """
      MemTotal: 392172 kB
      MemFree: 101024 kB
      Buffers: 9004 kB
      Cached: 120516 kB
      SwapTotal: 1048572 kB
      SwapFree: 1040000 kB

      """
    ).get()
    #expect(report.dialect == .qubes)
    #expect(report.total == .kib(392_172))
    // How much of Cached is shared memory it does not say.
    let reserve: Int64 = 392_172 / 32
    #expect(report.available == .kib(101_024 - reserve + 4_502))
    #expect(report.swapUsed == .kib(8_572))
  }

  @Test(
    "an empty node, which dom0 may have made for it, says nothing", arguments: ["", "\n", "  "])
  func empty(text: String) {
    #expect(throws: UnreadableReport("nothing")) { try read(text).get() }
  }

  @Test("more swap than the figure that includes it is unreadable")
  func impossible() {
    #expect(throws: UnreadableReport.self) { try read("100", swap: "101").get() }
  }

  @Test("no number that is not one passes", arguments: ReportSamples.notNumbers)
  func hostile(bytes: [UInt8]) {
    for key in [StoreKey.meminfo, .swapinfo] {
      var entries: [StoreKey: [UInt8]] = [.meminfo: Array("9".utf8), .swapinfo: Array("1".utf8)]
      entries[key] = bytes
      guard case .failure(let why) = ReportSamples.read(entries) else {
        Issue.record("\(key) took it")
        continue
      }
      #expect(ReportSamples.isSafe(why.description), "\(why)")
    }
  }
}
