import Testing

@Suite("memtop dump --events", .timeLimit(.minutes(30))) struct EventDumpTests {
  @Test("what happened is written a line an event, and can be found by its word")
  func lines() throws {
    let host = try RecordedHost(seconds: 1..<61)
    let table = try Program.run("dump", host.path, "--events")
    #expect(table.status == 0)
    let csv = try Program.run("dump", host.path, "--events", "--format", "csv")
    let json = try Program.run("dump", host.path, "--events", "--format", "json")
    let count = table.output.split(separator: "\n").count
    #expect(csv.output.split(separator: "\n").count == count + 1)
    #expect(json.output.split(separator: "\n").count == count)
    #expect(csv.output.hasPrefix("time_ms,domid,uuid,name,event,lasted_ms,text,host\n"))
    #expect(csv.output.split(separator: "\n").dropFirst().allSatisfy { $0.hasSuffix(",") })
  }

  @Test("of several hosts each event, and each domain of the report, has its host beside its name")
  func severalHosts() throws {
    let host = try RecordedHost(several: ["xen1", "xen2"], seconds: 1..<91)
    let csv = try Program.run("dump", host.path, "--events", "--format", "csv")
    let rows = csv.output.split(separator: "\n").dropFirst()
    #expect(!rows.isEmpty && rows.count { $0.hasSuffix(",xen1") } == rows.count / 2)
    #expect(rows.count { $0.hasSuffix(",xen2") } == rows.count / 2)
    #expect(!csv.output.contains(" on xen"))
    let json = try Program.run("dump", host.path, "--events", "--format", "json")
    #expect(json.output.contains(#","host":"xen2"}"#))
    let table = try Program.run("dump", host.path, "--events")
    #expect(table.output.contains("web3 on xen2  "))

    let bill = try Program.run("report", host.path, "--format", "csv")
    let lines = bill.output.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let place = try #require(lines.first?.firstIndex(of: "host"))
    #expect(Set(lines.dropFirst().map { $0[place] }) == ["xen1", "xen2"], "\(bill.output)")
    #expect(!bill.output.contains(" on xen"))
    let words = try Program.run("report", host.path, "--format", "json").output
    #expect(words.contains(#","host":"xen1"}"#) && words.contains(#","host":"xen2"}"#))
    #expect(try Program.run("report", host.path).output.contains("db2 on xen2"))
  }

  @Test(
    "what goes with samples only is refused",
    arguments: [
      ["--fields", "name"], ["--every", "10s"], ["--format", "openmetrics"],
    ])
  func refused(arguments: [String]) throws {
    let host = try RecordedHost(seconds: 1..<61)
    let run = try Program.start(["dump", host.path, "--events"] + arguments)
    #expect(run.status == 64)
  }
}
