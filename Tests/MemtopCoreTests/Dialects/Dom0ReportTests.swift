import Testing

@testable import MemtopCore

@Suite(.timeLimit(.minutes(30))) struct Dom0ReportTests {
  private static let meminfo = Array(
    "MemTotal: 4000000 kB\nMemFree: 100000 kB\nMemAvailable: 2000000 kB\nCached: 1500000 kB\n".utf8)

  @Test("dom0's own figures come from its /proc, pressure and swapping included")
  func whole() throws {
    let report = try #require(
      GuestReport(
        ProcTexts(
          meminfo: Self.meminfo, vmstat: Array("pswpin 256\npswpout 512\n".utf8),
          pressure: Array(
            """
            some avg10=1.53 avg60=0.87 avg300=0.20 total=58761
            full avg10=0.90 avg60=0.41 avg300=0.10 total=21111

            """.utf8))))
    #expect(report.dialect == .proc)
    #expect(report.available == .kib(2_000_000))
    #expect(report.swapIn == .mib(1) && report.swapOut == .mib(2))
    #expect(report.psiSome == 153 && report.psiFull == 90)
    #expect(report.swapUsed == nil)
  }

  @Test("a kernel without PSI or vmstat tells the rest")
  func parts() throws {
    let report = try #require(GuestReport(ProcTexts(meminfo: Self.meminfo)))
    #expect(report.psiSome == nil && report.swapIn == nil)
    #expect(GuestReport(ProcTexts(meminfo: [])) == nil)
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
      GuestReport(ProcTexts(meminfo: Self.meminfo, pressure: Array(text.utf8))))
    #expect(report.psiSome == nil)
  }

  @Test("all of the time is a hundred percent")
  func full() throws {
    let text = Array("some avg10=100.00 avg60=1.00\nfull avg10=0.00".utf8)
    let report = try #require(GuestReport(ProcTexts(meminfo: Self.meminfo, pressure: text)))
    #expect(report.psiSome == 10_000 && report.psiFull == 0)
  }

  @Test(
    "what ZFS would give back of its cache is available, and cache",
    arguments: [
      // Clean data and metadata, of 2,000,000,000 bytes of which 400,000,000 are kept.
      ("500000000", "100000000", 600_000_000), ("1500000000", "500000000", 1_600_000_000),
      ("-1", "100000000", 100_000_000), ("0", "0", 0), ("9999999999999999999", "x", 1_600_000_000),
    ] as [(String, String, Int64)])
  func zfs(data: String, metadata: String, evictable: Int64) throws {
    let text = """
      13 1 0x01 123 33456 4403023210 6812394802394
      name                            type data
      c_min                           4    400000000
      size                            4    2000000000
      mru_evictable_data              4    \(data)
      mru_ghost_evictable_data        4    7000000000
      mfu_evictable_metadata          4    \(metadata)
      """
    let texts = ProcTexts(meminfo: Self.meminfo, arcstats: Array(text.utf8))
    let report = try #require(GuestReport(texts))
    #expect(report.available == .kib(2_000_000) + Bytes(evictable))
    #expect(report.cache == .kib(1_500_000) + Bytes(evictable))
  }

  @Test("with ZFS no more is available than there is, and without its figures nothing changes")
  func zfsBounds() throws {
    func available(_ arcstats: String) throws -> Bytes? {
      try #require(
        GuestReport(ProcTexts(meminfo: Self.meminfo, arcstats: Array(arcstats.utf8)))
      ).available
    }
    #expect(try available("c_min 4 0\nsize 4 4503599627370496\n") == .kib(4_000_000))
    for text in ["", "size 4 9", "c_min 4 9", "c_min 4 9\nsize 4 5", "c_min 4\nsize 9", "size"] {
      #expect(try available(text) == .kib(2_000_000))
    }
  }
}
