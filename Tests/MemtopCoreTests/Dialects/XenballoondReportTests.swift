import Testing

@testable import MemtopCore

@Suite(.timeLimit(.minutes(30))) struct XenballoondReportTests {
  /// The head of a Debian 12 guest's.
  private static let meminfo = """
    MemTotal:         142208 kB
    MemFree:           20012 kB
    MemAvailable:      81244 kB
    Buffers:            4100 kB
    Cached:            62400 kB
    SwapCached:           12 kB
    Active:            30000 kB
    SwapTotal:        524284 kB
    SwapFree:         500000 kB
    HugePages_Total:       0
    DirectMap4k:      196608 kB
    """

  private func read(
    _ meminfo: String, vmstat: String? = nil
  ) -> Result<GuestReport, UnreadableReport> {
    var entries: [StoreKey: [UInt8]] = [.meminfo: Array(meminfo.utf8)]
    entries[.vmstat] = vmstat.map { Array($0.utf8) }
    return ReportSamples.read(entries)
  }

  @Test("the kernel's own text is read, with or without a newline at its end")
  func whole() throws {
    let vmstat = "nr_free_pages 5003\npswpin 1024\npswpout 2048\npgfault 99\n"
    let report = try read(Self.meminfo, vmstat: vmstat).get()
    #expect(report.dialect == .xenballoond)
    #expect(report.total == .kib(142_208))
    #expect(report.free == .kib(20_012))
    #expect(report.available == .kib(81_244))
    #expect(report.cache == .kib(62_400))
    #expect(report.swapTotal == .kib(524_284))
    #expect(report.swapUsed == .kib(24_284))
    #expect(report.swapIn == .mib(4))
    #expect(report.swapOut == .mib(8))
    #expect(try read(Self.meminfo + "\n", vmstat: vmstat).get() == report)
  }

  @Test("a kernel that tells neither what is available nor what is shared has no cache to count")
  func oldKernel() throws {
    let text = Self.meminfo.split(separator: "\n").filter { !$0.hasPrefix("MemAvail") }
    let report = try read(text.joined(separator: "\n")).get()
    let reserve: Int64 = 142_208 / 32
    #expect(report.available == .kib(20_012 - reserve + 2_050))
    #expect(report.cache == nil)
  }

  @Test(
    "without vmstat, or with a broken one, swapping is not reported",
    arguments: [
      nil, "", "pswpin\npswpout", "pswpin -5", "pswpin 12345678901234567890", "xpswpin 5",
      "pswpin 5x", "pswpinx 5", "\u{0}\u{1B}[2J", "pswpin 999999999999999999",
    ])
  func noVmstat(vmstat: String?) throws {
    let report = try read(Self.meminfo, vmstat: vmstat).get()
    #expect(report.swapIn == nil && report.swapOut == nil)
    #expect(report.available == .kib(81_244))
  }

  @Test("more free swap than there is tells nothing about swap")
  func swap() throws {
    let text = Self.meminfo.replacing("500000 kB", with: "600000 kB")
    #expect(try read(text).get().swapUsed == nil)
  }

  @Test(
    "a text that lacks what is needed, or repeats or bends it, is unreadable",
    arguments: [
      "Active: 5 kB\n", "MemTotal: 5 kB\nActive: 5 kB", "MemFree: 5 kB\nActive: 5 kB",
      meminfo + "\nMemTotal: 5 kB", meminfo + "\nMemFree: 20012 kB", "x" + meminfo,
      meminfo.replacing("MemFree:           20012", with: "MemFree:           -20012"),
      meminfo.replacing("20012 kB", with: "20012 MB"), meminfo.replacing("20012 kB", with: "kB"),
      meminfo.replacing("20012", with: "12345678901234567890"),
      meminfo.replacing("20012", with: "20\u{0}12"),
      meminfo.replacing("20012", with: "\u{1B}[2J"),
      meminfo + "\n" + String(repeating: "Filler: 1 kB\n", count: 2000),
      "MemTotal:\u{A0}5 kB\nActive: 5 kB", ":", "::::\n:", "MemTotal", "\u{1B}[2J:", "a: b",
    ])
  func hostile(text: String) {
    guard case .failure(let why) = read(text) else {
      Issue.record("it was read")
      return
    }
    #expect(ReportSamples.isSafe(why.description), "\(why)")
  }
}
