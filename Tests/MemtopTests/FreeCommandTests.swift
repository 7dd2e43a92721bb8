import Foundation
import Testing

@Suite("memtop free, on the simulated host", .timeLimit(.minutes(30))) struct FreeCommandTests {
  @Test("the plan is carried out, and the host has what was wanted")
  func free() throws {
    let run = try Program.run("free", "--demo", "--scenario", "squeeze", "6G", "--yes")
    #expect(run.status == 0)
    #expect(run.output.contains("shop1: 8.00G -> "))
    let last = try #require(run.output.split(separator: "\n").last)
    #expect(last.hasPrefix("free (not promised) now: 6."))
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
    #expect(run.errors.contains("nothing was changed: at most 13.1G of the 30.0G can be made free"))
  }

  @Test("what a new domain needs is named in parts, and freed")
  func planned() throws {
    let list = try Program.run(
      "free", "--demo", "--scenario", "calm", "--for", "memory=512M,maxmem=32G,vcpus=2")
    #expect(list.status == 0)
    #expect(list.output.hasPrefix("xl create needs 644M: 512M memory, 130M page tables, "))
    #expect(list.output.contains(", requested: 644M\n644M is free already"))
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("new\(getpid()).cfg")
    try "memory = 512\nmaxmem = 32768\nvcpus = 2\ntype = \"pvh\"\n".write(
      to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    #expect(
      try Program.run("free", "--demo", "--scenario", "calm", "--for", file.path).output
        == list.output)
  }

  @Test("what cannot be judged of a new domain changes nothing")
  func unjudged() throws {
    let both = try Program.run("free", "--demo", "4G", "--for", "memory=4G")
    #expect(both.status == 64 && both.errors.contains("either a size"))
    let key = try Program.run("free", "--demo", "--for", "mem=4G")
    #expect(key.status == 64 && key.errors.contains("known keys: memory, maxmem"))
    #expect(!key.errors.contains("vnuma"))
    let empty = try Program.run("free", "--demo", "--for", "memory=")
    #expect(empty.status == 64 && empty.errors.contains("memory has no value; write memory=VALUE"))
    let nothing = try Program.run("free", "--demo", "--for", "")
    #expect(
      nothing.status == 64 && nothing.errors.contains("give the name of a file"), "\(nothing)")
    let file = try Program.run("free", "--demo", "--for", "/nonexistent.cfg")
    #expect(file.status == 65 && file.errors.contains("/nonexistent.cfg: cannot be read"))
  }

  @Test("what is free already needs no plan")
  func enough() throws {
    let run = try Program.run("free", "--demo", "--scenario", "calm", "1G")
    #expect(run.status == 0)
    #expect(
      run.output == "free (not promised): 13.7G, requested: 1.00G\n"
        + "1.00G is free already; there is nothing to do\n")
  }
}
