import Testing

@Suite("memtop free, on the simulated host") struct FreeCommandTests {
  @Test("the plan is carried out, and the host has what was wanted")
  func free() throws {
    let run = try Program.run("free", "--demo", "--scenario", "squeeze", "6G", "--yes")
    #expect(run.status == 0)
    #expect(run.output.contains("shop1: 8.00G -> "))
    let last = try #require(run.output.split(separator: "\n").last)
    #expect(last.hasPrefix("free and not promised now: 6."))
  }

  @Test("without agreement the plan is shown and nothing is done")
  func consent() throws {
    let run = try Program.run("free", "--demo", "--scenario", "squeeze", "6G")
    #expect(run.status == 2)
    #expect(run.output.contains("gives"))
    #expect(run.errors.hasSuffix("nothing was changed: re-run with --yes to accept\n"))
  }

  @Test("what cannot be found is not half done")
  func tooMuch() throws {
    let run = try Program.run("free", "--demo", "--scenario", "squeeze", "30G", "--yes")
    #expect(run.status == 2)
    #expect(run.errors.contains("cannot be found"))
  }

  @Test("what is free already needs no plan")
  func enough() throws {
    let run = try Program.run("free", "--demo", "--scenario", "calm", "1G")
    #expect(run.status == 0)
    #expect(
      run.output == "free and not promised: 13.7G, requested: 1.00G\n"
        + "1.00G is free already; there is nothing to do\n")
  }
}
