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
    #expect(csv.output.hasPrefix("time_ms,domid,uuid,name,event,lasted_ms,text\n"))
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
