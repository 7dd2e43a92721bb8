import Foundation
import Testing

@Suite("memtop -b, on the simulated host", .timeLimit(.minutes(30))) struct BatchTests {
  @Test("--filter shows what / shows on the screen, in any order and form")
  func filter() throws {
    func names(_ words: String...) throws -> [String] {
      let run = try Program.start(
        ["-b", "-n", "1", "--demo", "--format", "csv", "--fields", "name"] + words)
      return run.output.split(separator: "\n").dropFirst().map {
        String($0.split(separator: ",").last!)
      }
    }
    let all = try names()
    let web = try names("--filter", "web !web1", "--sort", "name")
    #expect(web == all.filter { $0.contains("web") && $0 != "web1" }.sorted() && !web.isEmpty)
    #expect(try names("--filter", "!web").sorted() == all.filter { !$0.contains("web") }.sorted())
    #expect(try names("--filter", "web1|name=files").sorted() == ["files", "web1"])
    // Advice is computed for a filter by it, too.
    let moved = try names("--filter", "advice>0")
    #expect(!moved.isEmpty && moved.count < all.count)
    let wrong = try Program.start(["-b", "--filter", "busy>", "--demo"])
    #expect(wrong.status == 64 && wrong.errors.contains("busy> needs a value after it"))
    #expect(try Program.start(["record", "x", "--filter", "web"]).status == 64)
  }

  @Test("a JSON object a line, whose host parts sum to its total and whose amounts are numbers")
  func json() throws {
    let run = try Program.run("-b", "--demo", "-n", "2", "-d", "0.2", "--format", "json")
    #expect(run.status == 0)
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 2)
    for line in lines {
      let sample = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let parts = ["dom0", "guests", "dying", "xen", "free"]
      #expect(sample["overhead"] is NSNull)
      let sum = parts.reduce(0) { $0 + (sample[$1] as? Int ?? -1) }
      #expect(sum == sample["total"] as? Int)
      let domains = try #require(sample["domains"] as? [[String: Any]])
      #expect(domains.count == 18)
      #expect(domains[0]["name"] as? String == "Domain-0")
      #expect(domains[1]["target"] as? Int == 2 << 30)
      let silent = try #require(domains.first { $0["name"] as? String == "legacy" })
      #expect(silent["avail"] is NSNull)
    }
  }

  @Test("fields are named by their headings, too, and spaces may follow the commas")
  func headings() throws {
    let run = try Program.run(
      "-b", "--demo", "-n", "1", "--format", "csv", "--fields", "name, IN/s ,busy", "--sort=-IN/S")
    #expect(run.status == 0 && run.output.hasPrefix("time_ms,name,swapin,busy\n"), "\(run)")
    #expect(run.output.contains(",db2,"))
  }

  @Test("csv has a heading once, the fields that were asked for, and bare numbers")
  func csv() throws {
    let run = try Program.run(
      "-b", "--demo", "--scenario", "small", "-n", "2", "-d", "0.2", "--format", "csv", "--fields",
      "name,alloc", "--sort=-alloc")
    let lines = run.output.split(separator: "\n").map(String.init)
    #expect(lines[0] == "time_ms,name,alloc")
    #expect(lines.count == 1 + 2 * 4)
    #expect(lines[1].hasSuffix(",router,536870912"))
  }

  @Test("every field can be printed and sorted by")
  func fields() throws {
    let header = try Program.run("-b", "--demo", "-n", "1", "--format", "csv").output
      .split(separator: "\n")[0]
    for field in header.split(separator: ",").dropFirst() {
      let run = try Program.run(
        "-b", "--demo", "--scenario", "small", "-n", "1", "--format", "csv", "--fields",
        String(field), "--sort", String(field))
      #expect(run.status == 0)
      #expect(run.output.hasPrefix("time_ms,\(field)\n"))
    }
  }

  @Test("it ends quietly when the reader closes the pipe")
  func pipe() throws {
    let said = try Program.shell(
      #""$0" -b --demo --scenario small -d 0.2 2>&1 | head -n 1; echo ${PIPESTATUS[0]}"#
    ).output
    #expect(said.contains(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  edge4  total 8.00G/))
    #expect(said.hasSuffix("\n0\n"))
  }
}
