import Testing

@Suite(.timeLimit(.minutes(30))) struct ReplayCommandTests {
  @Test("a file that is not there is named, in one line")
  func missing() throws {
    let run = try Program.run("replay", "/nowhere/monday.memtop")
    #expect(run.status == 1)
    #expect(run.errors.hasPrefix("memtop: cannot open /nowhere/monday.memtop: "))
    #expect(run.errors.split(separator: "\n").count == 1)
  }

  @Test(
    "a time or a speed that makes no sense is wrong usage, and told",
    arguments: [
      (["--at", "noon"], "--at noon: not a time"),
      (["--at=-5 m"], "--at -5 m: not a time"),
      (["--at", "2026-02-30 03:10"], "there is no day 2026-02-30"),
      (["--speed", "3"], "--speed 3: must be 1, 2, 5, 10, 30, 60, 200 or 600"),
    ])
  func usage(options: [String], complaint: String) throws {
    let run = try Program.start(["replay", "a.memtop"] + options)
    #expect(run.status == 64)
    #expect(run.errors.contains(complaint), "\(run.errors)")
  }

  @Test("so long before the end is said with a minus, as at the prompt")
  func minus() throws {
    for words in [["--at", "-5m"], ["--at=-5m"], ["--at", "+1h", "--ascii", "--sort=-busy"]] {
      let run = try Program.start(["replay", "/nowhere/a.memtop"] + words)
      #expect(run.status == 1, "\(run.errors)")
    }
  }

  @Test("an option that means nothing in a recording is refused", arguments: ["--read-only", "-b"])
  func foreign(option: String) throws {
    let run = try Program.run(option, "replay", "a.memtop")
    #expect(run.status == 64)
    #expect(run.errors.contains("cannot be used with replay"))
  }
}
