import Foundation
import Testing

@Suite("memtop dump", .timeLimit(.minutes(30))) struct DumpTests {
  @Test("csv has what -b prints of each sample, and nothing where nobody was looking")
  func csv() throws {
    let host = try RecordedHost(seconds: 1..<60, 600..<620)
    let run = try Program.run("dump", host.path, "--format", "csv", "--fields", "name,alloc,age")
    #expect(run.status == 0)
    let lines = run.output.split(separator: "\n").map(String.init)
    #expect(lines[0] == "time_ms,name,alloc,age")
    #expect(lines.count == 1 + (59 + 20) * 4)
    #expect(lines[1].hasPrefix("1790000001000,Domain-0,1073741824,"))
    let times = Set(lines.dropFirst().map { $0.prefix(13) })
    #expect(times.count == 79)
  }

  @Test("--filter leaves out domains, in each sample anew")
  func filter() throws {
    let host = try RecordedHost(seconds: 1..<60)
    let words = ["dump", host.path, "--format", "csv", "--fields", "name,alloc,busy"]
    let all = try Program.start(words).output.split(separator: "\n")
    let most = all.dropFirst().compactMap {
      Int64($0.split(separator: ",", omittingEmptySubsequences: false).last!)
    }.max()!
    let limit = most / 1024 * 3 / 4
    let some = try Program.start(words + ["--filter", "busy>\(limit)K"]).output.split(
      separator: "\n")
    let expected = all.filter { line in
      let busy = Int64(line.split(separator: ",", omittingEmptySubsequences: false).last!)
      return line == all[0] || busy.map { $0 > limit * 1024 } ?? false
    }
    #expect(some == expected && some.count > 1 && some.count < all.count)
    for words in [["--events"], ["--format", "openmetrics"], ["--format", "memtop", "-o", "/x"]] {
      let run = try Program.start(["dump", host.path, "--filter", "web"] + words)
      #expect(run.status == 64, "\(run)")
    }
    let unknown = try Program.run("dump", host.path, "--filter", "advice>0")
    #expect(unknown.errors.hasPrefix("memtop: --filter: advice is not recorded"), "\(unknown)")
  }

  @Test(
    "what can be read of a damaged recording is printed, with status 65",
    arguments: ["dump", "report"])
  func damaged(command: String) throws {
    let host = try RecordedHost(seconds: 1..<2000)
    let whole = try Program.run(command, host.path, "--format", "csv")
    #expect(whole.status == 0 && whole.errors == "", "\(whole.errors)")
    let run = try Program.shell(
      #"truncate -s -8192 "$1"; "$0" "$2" "$1" --format csv"#,
      [host.path, command])
    #expect(run.status == 65)
    #expect(run.errors.hasPrefix("memtop: \(host.path) is damaged: "), "\(run.errors)")
    #expect(run.output.split(separator: "\n").count > 1)
  }

  @Test("json, table and csv tell the same", arguments: ["10s", "1m"])
  func formats(step: String) throws {
    let host = try RecordedHost(seconds: 1..<125)
    let json = try Program.run("dump", host.path, "--format", "json", "--every", step)
    let csv = try Program.run(
      "dump", host.path, "--format", "csv", "--every", step, "--fields", "name,busy")
    let table = try Program.run("dump", host.path, "--every", step)
    var rows = ["time_ms,name,busy"]
    for line in json.output.split(separator: "\n") {
      let sample = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let time = try #require(sample["time_ms"] as? Int)
      for domain in try #require(sample["domains"] as? [[String: Any]]) {
        let busy = (domain["busy"] as? Int).map(String.init) ?? ""
        rows.append("\(time),\(domain["name"] as! String),\(busy)")
      }
    }
    #expect(rows == csv.output.split(separator: "\n").map(String.init))
    #expect(rows.count > 4)
    let headings = table.output.split(separator: "\n").filter { $0.contains("  edge4  total") }
    #expect(headings.count == (rows.count - 1) / 4)
    #expect(headings.allSatisfy { $0.contains(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  edge4/) })
    #expect(Set(headings.map { $0.prefix(19) }).count == headings.count)
  }

  @Test("a stretch by times: before the end, after the beginning, or as csv has them")
  func stretch() throws {
    let host = try RecordedHost(seconds: 1..<301)
    func seconds(_ arguments: String...) throws -> [Int] {
      let run = try Program.start(
        ["dump", host.path, "--format", "csv", "--fields", "id", "--domain", "0"] + arguments)
      #expect(run.errors == "")
      return run.output.split(separator: "\n").dropFirst()
        .map { Int($0.split(separator: ",")[0])! / 1000 - 1_790_000_000 }
    }
    #expect(try seconds("--begin", "-10s") == Array(290...300))
    #expect(try seconds("--end", "+10s") == Array(1...11))
    #expect(
      try seconds("--begin", "1790000100000", "--end", "1790000110000") == Array(100...110))
    #expect(
      try seconds("--begin=2026-09-21T14:15:00Z", "--end", "2026-09-21T14:15:09Z")
        == Array(100...109))
  }

  @Test("what cannot be is told in one line, with the status for it")
  func refusals() throws {
    let host = try RecordedHost(seconds: 1..<10)
    let cases: [(arguments: [String], status: Int32, words: String)] = [
      ([host.path, "--begin", "noon"], 64, "--begin noon: not a time"),
      ([host.path, "--domain", "nobody"], 1, "no domain \"nobody\""),
      ([host.path + "x"], 1, "cannot open"),
      (["/etc/passwd"], 65, "is not a memtop recording"),
      ([host.path, "--format", "memtop"], 64, "needs -o"),
      ([host.path, "--fields", "nonsense"], 64, "unknown field"),
      ([host.path, "--every", "0s"], 64, "--every"),
      ([host.path, "-o", host.path], 1, "already exists"),
      ([host.path, "--format", "memtop", "-o", host.path], 1, "already exists"),
    ]
    for (arguments, status, words) in cases {
      let run = try Program.start(["dump"] + arguments)
      #expect(run.status == status, "\(arguments): \(run.errors)")
      #expect(run.errors.contains(words), "\(arguments): \(run.errors)")
      #expect(run.output == "")
    }
  }

  @Test("a stretch without samples has the heading of csv and nothing else")
  func emptyStretch() throws {
    let host = try RecordedHost(seconds: 1..<60, 600..<620)
    let run = try Program.run(
      "dump", host.path, "--format", "csv", "--fields", "name", "--begin", "1790000100000", "--end",
      "1790000200000")
    #expect(run.status == 0)
    #expect(run.output == "time_ms,name\n")
    #expect(run.errors == "")
  }

  @Test("that nothing was recorded at the times that are wanted is said beside the empty output")
  func outsideStretch() throws {
    let host = try RecordedHost(seconds: 1..<60)
    let late = try Program.run(
      "dump", host.path, "--format", "csv", "--fields", "name", "--begin", "4000000000000")
    #expect(late.status == 0)
    #expect(late.output == "time_ms,name\n")
    #expect(late.errors.contains(/^memtop: no samples from .* on; the last is of .*\n$/))
    let early = try Program.run("report", host.path, "--end", "1000000000000")
    #expect(early.errors.contains(/memtop: no samples up to .*; the first is of .*\n/))
  }

  @Test("an end before the beginning is wrong usage")
  func turnedStretch() throws {
    let host = try RecordedHost(seconds: 1..<60)
    let run = try Program.run("dump", host.path, "--begin", "-10s", "--end", "-20s")
    #expect(run.status == 64)
    #expect(run.output == "")
    #expect(run.errors.contains(/^memtop: --end .* is before --begin .*\n$/), "\(run.errors)")
  }

  @Test("a recording copied while it is written, without its -wal, is named for what it lacks")
  func copiedAlone() throws {
    let host = try RecordedHost(seconds: 1..<2)
    let live = host.file("live.memtop")
    let copy = host.file("copy.memtop")
    let run = try Program.shell(
      """
      timeout 300 "$0" record --demo -d 0.2 "$1" & pid=$!
      await recorded "$1"
      cp "$1" "$2"
      kill $pid; wait $pid
      exec "$0" dump "$2"
      """, [live, copy])
    #expect(run.status == 65)
    #expect(
      run.errors
        == "memtop: \(copy) holds no samples: it was copied while memtop recorded, and the samples "
        + "are in \(copy)-wal, which must be copied with it (memtop-recording(5) says how)\n")
  }

  @Test("it ends quietly when the reader closes the pipe", arguments: ["csv", "openmetrics"])
  func pipe(format: String) throws {
    let host = try RecordedHost(seconds: 1..<1500)
    let said = try Program.shell(
      #""$0" dump "$1" --format "$2" 2>&1 | head -n 1 >/dev/null; echo ${PIPESTATUS[0]}"#,
      [host.path, format]
    ).output
    #expect(said == "0\n")
  }

  @Test("a disk that is full is told of")
  func full() throws {
    let host = try RecordedHost(seconds: 1..<10)
    let run = try Program.shell(
      #""$0" dump "$1" --format csv >/dev/full; echo $?"#, [host.path])
    #expect(run.output == "1\n")
    #expect(run.errors.contains("cannot write to standard output: No space left"))
  }

  @Test("ten times the recording takes no more memory")
  func memory() throws {
    func peak(_ host: RecordedHost, _ format: String) throws -> Int {
      let script = """
        import resource, subprocess, sys
        with open("/dev/null", "w") as nothing:
            subprocess.run(sys.argv[1:], stdout=nothing, check=True)
        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
        """
      var arguments = [host.path, "--format", format]
      if format == "memtop" { arguments += ["-o", host.file("copy.memtop")] }
      let run = try Program.shell(
        #"script=$1; shift; python3 -c "$script" "$0" dump "$@""#, [script] + arguments)
      return try #require(Int(run.output.split(separator: "\n").last ?? ""), "\(run.errors)")
    }
    let (short, long) = (try RecordedHost(seconds: 1..<400), try RecordedHost(seconds: 1..<4000))
    for format in ["csv", "json", "memtop"] {
      let (little, much) = (try peak(short, format), try peak(long, format))
      // In KiB; what the allocator makes of it varies.
      #expect(much < little + 1536, "\(format): \(little) and \(much) KiB")
    }
  }

  @Test(
    "redacted, no format tells a name, an address or a uuid",
    arguments: [
      "table", "csv", "json", "openmetrics",
    ])
  func redacted(format: String) throws {
    let host = try RecordedHost(seconds: 1..<30)
    let plain = try Program.run("dump", host.path, "--format", format)
    let redacted = try Program.run("dump", host.path, "--format", format, "--redact")
    #expect(plain.output.contains("router"))
    #expect(redacted.status == 0)
    #expect(redacted.output.contains("domain-1"))
    for word in ["router", "edge4"] { #expect(!redacted.output.contains(word), "\(word)") }
    let lengths = [plain, redacted].map { $0.output.split(separator: "\n").count }
    #expect(lengths[0] == lengths[1])
  }

  @Test("every domain has its host's name, in csv, json and filters, recorded and live")
  func hosts() throws {
    let host = try RecordedHost("small", seconds: 1..<5)
    let csv = try Program.run("dump", host.path, "--format", "csv", "--fields", "name,host")
    let rows = csv.output.split(separator: "\n").dropFirst()
    #expect(!rows.isEmpty && rows.allSatisfy { $0.hasSuffix(",edge4") }, "\(csv)")
    let json = try Program.run("dump", host.path, "--format", "json", "--fields", "name,host")
    #expect(json.output.contains(#"{"name":"Domain-0","host":"edge4"}"#), "\(json)")
    let live = try Program.run(
      "-b", "-n", "1", "--demo", "--format", "csv", "--fields", "host", "--filter", "host:xen1")
    #expect(live.output.split(separator: "\n").count == 19, "\(live)")
    let others = try Program.run(
      "dump", host.path, "--format", "csv", "--fields", "name", "--filter", "host=xen2")
    #expect(others.output.split(separator: "\n").count == 1, "\(others)")
    #expect(try !Program.run("dump", host.path).output.contains("HOST"))
  }

  @Test("the host has as many domains as ever where one alone is printed")
  func count() throws {
    let host = try RecordedHost("small", seconds: 1..<3)
    let all = try Program.run("dump", host.path, "--format", "json", "--fields", "name")
    let one = try Program.run(
      "dump", host.path, "--format", "json", "--fields", "name", "--domain", "dom0")
    #expect(all.output.contains(#""domain_count":4,"#), "\(all)")
    #expect(one.output.contains(#""domain_count":4,"#), "\(one)")
  }
}
