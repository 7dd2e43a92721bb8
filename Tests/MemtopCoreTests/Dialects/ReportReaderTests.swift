import Testing

@testable import MemtopCore

@Suite(.timeLimit(.minutes(30))) struct ReportReaderTests {
  private static let line = "v1 available=1000"
  private static let meminfo = "MemTotal: 9 kB\nMemFree: 5 kB\nActive: 1 kB\n"

  private func dialects(_ entries: [StoreKey: String]) -> [ReportDialect] {
    guard case .read(let reports) = ReportReader.readAll(ReportSamples.keys(entries)) else {
      return []
    }
    return reports.map(\.dialect)
  }

  @Test("a guest without an agent says nothing")
  func none() {
    #expect(ReportReader.readAll(StoreKeys()) == .none)
    #expect(
      ReportReader.readAll(ReportSamples.keys([.osName: "Debian", .vmstat: "pswpin 1"])) == .none)
  }

  @Test("all dialects that a guest speaks are read, the richest first")
  func richest() {
    #expect(
      dialects([.xapiFree: "5", .meminfo: Self.meminfo, .memtopReport: Self.line])
        == [.memtop, .xenballoond, .xapi])
    #expect(dialects([.xapiFree: "5", .meminfo: "77"]) == [.qubes, .xapi])
    #expect(dialects([.meminfo: "MemTotal: 9 kB\nMemFree: 5 kB\n"]) == [.qubes])
  }

  @Test("one that cannot be read gives way to one that can")
  func givesWay() {
    #expect(dialects([.memtopReport: "v9", .xapiFree: "5"]) == [.xapi])
    #expect(dialects([.memtopReport: Self.line, .xapiFree: "x"]) == [.memtop])
  }

  @Test("where none can be read, the richest one's problem is told")
  func problem() {
    let keys = ReportSamples.keys([.memtopReport: "v9", .xapiFree: "x"])
    guard case .unreadable(let why) = ReportReader.readAll(keys) else {
      Issue.record("it was read")
      return
    }
    #expect(why == "data/memtop has an unknown version: \"v9\"")
  }
}
