import Testing

@testable import MemtopCore

@Suite struct Dom0ReportTests {
  private static let meminfo = Array(
    "MemTotal: 4000000 kB\nMemFree: 100000 kB\nMemAvailable: 2000000 kB\nCached: 1500000 kB\n".utf8)

  @Test("dom0's own figures come from its /proc, pressure and swapping included")
  func whole() throws {
    let report = try #require(
      GuestReport(
        meminfo: Self.meminfo, vmstat: Array("pswpin 256\npswpout 512\n".utf8),
        pressure: Array(
          """
          some avg10=1.53 avg60=0.87 avg300=0.20 total=58761
          full avg10=0.90 avg60=0.41 avg300=0.10 total=21111

          """.utf8)))
    #expect(report.dialect == .proc)
    #expect(report.available == .kib(2_000_000))
    #expect(report.swapIn == .mib(1) && report.swapOut == .mib(2))
    #expect(report.psiSome == 153 && report.psiFull == 90)
    #expect(report.swapUsed == nil)
  }

  @Test("a kernel without PSI or vmstat tells the rest")
  func parts() throws {
    let report = try #require(GuestReport(meminfo: Self.meminfo, vmstat: nil, pressure: nil))
    #expect(report.psiSome == nil && report.swapIn == nil)
    #expect(GuestReport(meminfo: [], vmstat: nil, pressure: nil) == nil)
  }

  @Test(
    "a share of time that is none is not reported",
    arguments: [
      "some avg10=", "some avg10=1", "some avg10=1.5", "some avg10=1.555", "some avg10=-1.00",
      "some avg10=100.01", "some avg10=1,50", "some avg60=1.00", "some", "",
      "some avg10=99999999999999999999.00",
    ])
  func broken(text: String) throws {
    let report = try #require(
      GuestReport(meminfo: Self.meminfo, vmstat: nil, pressure: Array(text.utf8)))
    #expect(report.psiSome == nil)
  }

  @Test("all of the time is a hundred percent")
  func full() throws {
    let text = Array("some avg10=100.00 avg60=1.00\nfull avg10=0.00".utf8)
    let report = try #require(GuestReport(meminfo: Self.meminfo, vmstat: nil, pressure: text))
    #expect(report.psiSome == 10_000 && report.psiFull == 0)
  }
}
