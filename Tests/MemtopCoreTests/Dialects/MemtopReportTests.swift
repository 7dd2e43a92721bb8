import Testing

@testable import MemtopCore

@Suite(.timeLimit(.minutes(30))) struct MemtopReportTests {
  private static let line =
    "v1 total=142208 free=20000 available=81244 cached=60000 swap_total=524284 swap_free=524000"
    + " swap_in=4096 swap_out=8192 psi_some=12 psi_full=3 interval=5 seq=42"

  private func read(_ text: String) -> Result<GuestReport, UnreadableReport> {
    ReportSamples.read([.memtopReport: Array(text.utf8)])
  }

  @Test("the whole line is read as the agent means it")
  func whole() throws {
    var expected = GuestReport(dialect: .memtop)
    expected.total = .kib(142_208)
    expected.free = .kib(20_000)
    expected.available = .kib(81_244)
    expected.cache = .kib(60_000)
    expected.swapTotal = .kib(524_284)
    expected.swapUsed = .kib(284)
    expected.swapIn = .kib(4096)
    expected.swapOut = .kib(8192)
    expected.psiSome = 12
    expected.psiFull = 3
    expected.interval = .seconds(5)
    expected.sequence = 42
    #expect(try read(Self.line).get() == expected)
  }

  @Test(
    "order, unknown names, blanks and a newline at the end do no harm",
    arguments: [
      "v1 seq=42 interval=5 psi_full=3 psi_some=12 swap_out=8192 swap_in=4096 swap_free=524000"
        + " swap_total=524284 cached=60000 available=81244 free=20000 total=142208",
      line + " color=7 future=yes", "v1 color=blue" + line.dropFirst(2), line + "\n",
      line.split(separator: " ").joined(separator: "   "), " " + line + " ",
    ])
  func tolerated(text: String) throws {
    #expect(try read(text).get() == read(Self.line).get())
  }

  @Test("what is left out is not reported, and never zero")
  func missing() throws {
    let report = try read("v1 available=1000").get()
    #expect(report.available == .kib(1000))
    #expect([report.total, report.free, report.cache, report.swapUsed].allSatisfy { $0 == nil })
    #expect([report.swapTotal, report.swapIn, report.swapOut].allSatisfy { $0 == nil })
    #expect(report.psiSome == nil && report.psiFull == nil)
    #expect(report.interval == nil && report.sequence == nil)
  }

  @Test("an agent that moves its guest's balloon says where to")
  func selfTarget() throws {
    #expect(try read(Self.line).get().selfTarget == nil)
    #expect(try read(Self.line + " self_target=150000").get().selfTarget == .kib(150_000))
    #expect(throws: UnreadableReport.self) { try read(Self.line + " self_target=-1").get() }
  }

  @Test("swap that is compressed memory is named")
  func compressed() throws {
    let report = try read(Self.line + " zram=400 zram_in=5 zswap=300 zswap_in=7").get()
    #expect(report.zramUsed == .kib(400) && report.zramIn == .kib(5))
    #expect(report.zswapped == .kib(300) && report.zswapIn == .kib(7))
    let without = try read(Self.line).get()
    #expect(without.zramUsed == nil && without.zramIn == nil)
    #expect(without.zswapped == nil && without.zswapIn == nil)
    #expect(throws: UnreadableReport.self) { try read(Self.line + " zram=x").get() }
  }

  @Test("swap used is known only where both ends of it are")
  func halfSwap() throws {
    #expect(try read("v1 available=1 swap_total=9").get().swapUsed == nil)
    #expect(try read("v1 available=1 swap_free=9").get().swapUsed == nil)
    #expect(try read("v1 available=1 swap_total=0 swap_free=0").get().swapUsed == .zero)
  }

  @Test(
    "a line that is not one is unreadable, with the reason in safe words",
    arguments: [
      "", " ", "v1", "v", "v2 available=1", "v10 available=1", "V1 available=1", "available=1",
      "v1available=1", "v1 total=5", "v1 available=", "v1 available", "v1 =5 available=1",
      "v1 available=-1", "v1 available=+1", "v1 available=1.5", "v1 available=0x10",
      "v1 available=12345678901234567890", "v1 available=4398046511105", "v1 available=1 total=1e3",
      "v1 available=1 available=1", "v1 available=1 available=2", "v1 available=1 seq=1 seq=1",
      "v1 available=1\u{0}", "v1 available=1\n2", "v1 available=1\tfree=2",
      "v1 available=1 free=\u{1B}[2J", "v1 available=1 \u{1B}]0;pwned\u{7}",
      "v1 available=1 psi_some=10001", "v1 available=1 interval=86401",
      "v1 available=1 swap_total=5 swap_free=6", "v1 available=１",
      "v1 total=142208 free=20000 avail",
      "v1 " + String(repeating: "x=1 ", count: 600), String(repeating: "9", count: 2048),
    ])
  func hostile(text: String) {
    guard case .failure(let why) = read(text) else {
      Issue.record("it was read")
      return
    }
    #expect(ReportSamples.isSafe(why.description), "\(why)")
  }

  @Test("no number that is not one passes, under any name", arguments: ReportSamples.notNumbers)
  func numbers(bytes: [UInt8]) {
    // A sequence number may be as great as it likes.
    let isGreat = bytes == Array("4398046511105".utf8)
    for name in MemtopReport.Name.allCases where name != .seq || !isGreat {
      var line = Array("v1 ".utf8)
      if name != .available { line += Array("available=1 ".utf8) }
      line += Array((name.rawValue + "=").utf8) + bytes
      guard case .failure(let why) = ReportSamples.read([.memtopReport: line]) else {
        Issue.record("\(name) took it")
        continue
      }
      #expect(ReportSamples.isSafe(why.description))
    }
  }

  @Test(
    "bytes that are no text are unreadable", arguments: [[0xFF], [0], [0x76, 0x31, 0x20, 0xFF]])
  func noise(bytes: [UInt8]) {
    guard case .failure = ReportSamples.read([.memtopReport: bytes]) else {
      Issue.record("it was read")
      return
    }
  }
}
