import Foundation
import MemtopCore
import Testing

@testable import TestSupport
@testable import memtop

/// A directory that goes with the test.
final class TextfileDirectory {
  let path = NSTemporaryDirectory() + "memtop-textfile-\(UUID().uuidString)"
  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  var file: String { path + "/memtop.prom" }
  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }
  var text: String { (try? String(contentsOfFile: file, encoding: .utf8)) ?? "" }
}

@Suite("memtop export --textfile", .timeLimit(.minutes(30)))
struct TextfileExportTests {
  private let directory: TextfileDirectory
  init() throws { directory = try TextfileDirectory() }

  @Test(
    "one sample: a file that all may read whatever the umask, without times, and nothing beside it")
  func once() throws {
    let run = try Program.shell(
      #"umask 077; "$0" export --demo --textfile "$1" && stat -c %a "$1/memtop.prom""#,
      [directory.path])
    #expect(run.status == 0 && run.output == "644\n" && run.errors.isEmpty, "\(run)")
    #expect(directory.names == ["memtop.prom"])
    let lines = directory.text.split(separator: "\n")
    #expect(lines.count > 500)
    for line in lines where !line.hasPrefix("#") {
      #expect(line.wholeMatch(of: /[a-z0-9_]+(\{.*\})? [0-9.]+/) != nil, "\(line)")
    }
    #expect(lines.contains { $0.hasPrefix("memtop_domain_pressure{") && $0.hasSuffix("1") })
    // The next run would begin at zero.
    #expect(!directory.text.contains("cpu_seconds"))
  }

  @Test("promtool has nothing against it")
  func lint() throws {
    let run = try Program.shell(
      """
      command -v promtool >/dev/null || { echo 'skipped: no promtool'; exit; }
      "$0" export --demo --textfile "$1" && promtool check metrics <"$1/memtop.prom" 2>&1
      """, [directory.path])
    if run.output.hasPrefix("skipped: ") { return print(run.output) }
    #expect(run.status == 0 && run.output.isEmpty, "\(run)")
  }

  @Test("a link in the directory is replaced, and what it names stays as it is")
  func link() throws {
    let run = try Program.shell(
      """
      echo precious >"$1/other"; ln -s other "$1/memtop.prom"
      "$0" export --demo --textfile "$1"; cat "$1/other"; test -L "$1/memtop.prom" || echo replaced
      """, [directory.path])
    #expect(run.output == "precious\nreplaced\n", "\(run)")
  }

  @Test("a directory that is not there is said in one line")
  func missing() throws {
    let run = try Program.run("export", "--demo", "--textfile", directory.path + "/nowhere")
    #expect(run.status == 1)
    #expect(
      run.errors
        == "memtop: cannot open \(directory.path)/nowhere: No such file or directory\n")
    let usage = try Program.run("export", "--demo", "--interval", "5")
    #expect(usage.status == 64 && usage.errors.contains("--interval needs --textfile"))
  }

  @Test("with an interval it is written again and again, and removed by TERM")
  func interval() throws {
    let run = try Program.shell(
      """
      "$0" export --demo --textfile "$1" --interval 1 & pid=$!
      await test -s "$1/memtop.prom"
      first=$(stat -c %i "$1/memtop.prom")
      is_another() { now=$(stat -c %i "$1" 2>/dev/null) && [ "$now" != "$first" ]; }
      await is_another "$1/memtop.prom"
      grep -c cpu_seconds_total.*export "$1/memtop.prom"
      kill $pid; wait $pid; echo "$?"; ls -A "$1"
      """, [directory.path])
    #expect(run.output == "1\n0\n", "\(run)")
  }

  @Test("while the disk is full the old file stays, and it is written again once there is room")
  func full() throws {
    let run = try Program.shell(
      """
      mkdir "$1/made"
      "$0" export --demo --textfile "$1/made" --interval 1 2>"$1/log" & pid=$!
      await test -s "$1/made/memtop.prom"
      prlimit --pid $pid --fsize=4096:
      await grep -qs 'cannot write' "$1/log"
      first=$(stat -c %i "$1/made/memtop.prom")
      sleep 2.5
      [ "$(stat -c %i "$1/made/memtop.prom")" = "$first" ] && ls -A "$1/made"
      prlimit --pid $pid --fsize=unlimited:
      await grep -q 'written again' "$1/log"
      kill $pid; wait $pid; echo "$?"; cat "$1/log"; ls -A "$1/made"
      """, [directory.path])
    #expect(
      run.output == """
        memtop.prom
        0
        memtop: cannot write memtop.prom in \(directory.path)/made: File too large; memtop tries again at each interval
        memtop: memtop.prom is written again

        """, "\(run)")
  }

  @Test("a disk that is full at the start is waited for; what no waiting mends ends it")
  func fullAtStart() throws {
    let run = try Program.shell(
      """
      prlimit --fsize=4096: "$0" export --demo --textfile "$1" --interval 1 2>"$1/log" & pid=$!
      await grep -qs 'cannot write' "$1/log"
      prlimit --pid $pid --fsize=unlimited:
      await test -s "$1/memtop.prom"
      kill $pid; wait $pid; echo "$?"
      mkdir "$1/memtop.prom"
      timeout 60 "$0" export --demo --textfile "$1" --interval 1; echo "$?"
      """, [directory.path])
    #expect(run.output == "0\n1\n", "\(run)")
    #expect(
      run.errors == "memtop: cannot write memtop.prom in \(directory.path): Is a directory\n")
  }

  @Test("a directory that is made anew gets the file again")
  func anew() throws {
    let run = try Program.shell(
      """
      mkdir "$1/made"
      "$0" export --demo --textfile "$1/made" --interval 1 2>/dev/null & pid=$!
      await test -s "$1/made/memtop.prom"
      mv "$1/made" "$1/old"; mkdir "$1/made"
      await test -s "$1/made/memtop.prom"
      kill $pid; wait $pid; echo "$?"; ls -A "$1/made"
      """, [directory.path])
    #expect(run.output == "0\n", "\(run)")
  }

  @Test("what another program has put in its place is not removed")
  func another() throws {
    let run = try Program.shell(
      """
      "$0" export --demo --textfile "$1" --interval 3600 & pid=$!
      await test -s "$1/memtop.prom"
      echo another >"$1/other" && mv "$1/other" "$1/memtop.prom"
      kill $pid; wait $pid; echo "$?"; cat "$1/memtop.prom"
      """, [directory.path])
    #expect(run.output == "0\nanother\n", "\(run)")
  }

  private func scrape(_ collector: Collector, _ loop: EmbeddedLoop) -> MetricsPage {
    collector.begin()
    while true {
      if let page = collector.turn() { return page }
      loop.wait(until: collector.due)
    }
  }

  /// The seconds that it says its reading took.
  private func duration(_ page: MetricsPage) -> Substring? {
    String(decoding: page.text(.plain), as: UTF8.self)
      .firstMatch(of: /\nmemtop_collection_duration_seconds (\S+)\n/)?.1
  }

  @Test("a scrape gets no figures that an earlier one waited for in vain")
  func late() throws {
    let loop = EmbeddedLoop()
    let host = TroubledHost(loop)
    let collector = Collector(host.connection, loop, policies: .standard)
    func next() -> MetricsPage { scrape(collector, loop) }
    #expect(next().snapshot != nil)
    host.readingLags = .seconds(100)
    #expect(next().snapshot == nil)
    host.readingLags = .seconds(1)
    loop.wait(until: loop.now + .seconds(87))
    let begun = loop.now
    let page = next()
    #expect(try #require(page.snapshot).steady >= begun)
  }

  @Test("a host that hangs is down until it answers again, and is not asked meanwhile")
  func hangs() throws {
    let loop = EmbeddedLoop()
    let host = TroubledHost(loop)
    let collector = Collector(host.connection, loop, policies: .standard)
    func next() -> String {
      String(decoding: scrape(collector, loop).text(.plain), as: UTF8.self)
    }
    #expect(next().contains("\nmemtop_up 1\n"))
    host.readingTakes = .seconds(60)
    let begun = loop.time
    #expect(next().contains("\nmemtop_up 0\n"))
    #expect(loop.time - begun == Collector.patience)
    host.readingTakes = .zero
    #expect(next().contains("\nmemtop_up 0\n"))
    loop.wait(until: begun + .seconds(61))
    #expect(next().contains("\nmemtop_up 1\n"))
    #expect(host.readings.count <= 4)
    host.failure = SourceError("no more")
    #expect(next().contains("\nmemtop_up 0\n"))
  }

  @Test(
    "a wall clock that steps an hour either way does not change how long a reading took or is waited for",
    arguments: [3_600, -3_600])
  func steps(seconds: Int64) {
    let loop = EmbeddedLoop()
    let host = TroubledHost(loop)
    let collector = Collector(host.connection, loop, policies: .standard)
    host.readingTakes = .seconds(3)
    loop.after(.seconds(1)) { loop.wall = loop.wall + .seconds(seconds) }
    let page = scrape(collector, loop)
    #expect(page.snapshot != nil && duration(page) == "3.000")
    host.readingTakes = .seconds(60)
    let begun = loop.time
    loop.after(.seconds(5)) { loop.wall = loop.wall + .seconds(-seconds) }
    #expect(scrape(collector, loop).snapshot == nil)
    #expect(loop.time - begun == Collector.patience)
  }

  @Test(
    "how long a single sample took is told by the loop's clock")
  func took() throws {
    let loop = EmbeddedLoop()
    let host = TroubledHost(loop)
    host.readingTakes = .seconds(3)
    let page = try TextfileExport.page(of: host.connection, loop, .standard)
    #expect(duration(page) == "3.000")
  }

  @Test("whoever asks while a reading is under way gets that one")
  func shared() {
    let loop = EmbeddedLoop()
    let host = TroubledHost(loop)
    let collector = Collector(host.connection, loop, policies: .standard)
    host.readingTakes = .seconds(2)
    for _ in 0..<5 { collector.begin() }
    loop.after(.seconds(1)) { collector.begin() }
    var pages = 0
    while loop.time < SteadyTime(milliseconds: 1_010_000) {
      if collector.turn() != nil { pages += 1 }
      loop.wait(until: min(collector.due, loop.time + .seconds(1)))
    }
    #expect(pages == 1 && host.readings.count == 1)
  }

  @Test("a process's figures are read whatever its name is")
  func processes() throws {
    let numbers = (4...52).map(String.init).joined(separator: " ")
    let stat = try #require(ProcessStat("7 (a) R (b) S \(numbers)"))
    #expect(stat.name == "a) R (b")
    // Fields 14, 15 and 24 of proc(5).
    #expect(stat.cpu == Span(milliseconds: 29 * 1000 / Int64(sysconf(Int32(_SC_CLK_TCK)))))
    #expect(stat.resident == Bytes(24) * Int64(sysconf(Int32(_SC_PAGESIZE))))
    #expect(ProcessStat("7 (a) S 1 2") == nil && ProcessStat(")(") == nil && ProcessStat("") == nil)
    let own = OwnFigures.processes(regulator: 1, isOnce: false)
    // The process with number 1 is no memtop.
    #expect(own.count == 1)
  }
}

@Suite("memtop check", .timeLimit(.minutes(30)))
struct CheckCommandTests {
  @Test(
    "the status is the plugin's, and there is one line",
    arguments: [
      (["--scenario", "calm"], 0, "MEMTOP OK: 8 guests, 8 reporting, none under pressure; "),
      (["--unusable", "off", "--pressure", "thrashing"], 1, "MEMTOP WARNING: db2 thrashing | "),
      ([], 2, "MEMTOP CRITICAL: db2 thrashing; warning: wiki stale, tenant9 implausible | "),
      (["--free", "50%,20%", "--pressure", "off"], 2, "MEMTOP CRITICAL: "),
      (
        ["--silent", "1", "--pressure", "off", "--unusable", "off"], 1,
        "MEMTOP WARNING: legacy silent | "
      ),
      (["--free", "much"], 3, "MEMTOP UNKNOWN: "), (["--nonsense"], 3, "MEMTOP UNKNOWN: "),
      (["--pressure", "ok"], 3, "MEMTOP UNKNOWN: "), (["--unusable", "0"], 3, "MEMTOP UNKNOWN: "),
      (
        ["--free", "5"], 3,
        "MEMTOP UNKNOWN: --free 5: 5 has no unit; give an amount such as 2G, a share"
      ),
      (["--free", "5.75%,2.5%"], 2, "MEMTOP CRITICAL: db2 thrashing; warning: 3.43G free"),
      (
        ["--free", "2.5%,5.25%"], 3, "MEMTOP UNKNOWN: --free 2.5%,5.25%: the warning level is worse"
      ),
      (
        ["--free", "2.5555%"], 3, "MEMTOP UNKNOWN: --free 2.5555%: give an amount such as 2G"
      ),
      (["--free", "100.01%"], 3, "MEMTOP UNKNOWN: --free 100.01%: give"),
      (["--free", "2%,6%"], 3, "MEMTOP UNKNOWN: --free 2%,6%: the warning level is worse"),
      (["--pressure", "short,tight"], 3, "MEMTOP UNKNOWN: --pressure short,tight: the warning"),
      (["--unusable", "3,1"], 3, "MEMTOP UNKNOWN: --unusable 3,1: the warning level is worse"),
      (["-b"], 3, "MEMTOP UNKNOWN: -b cannot be used with check"),
    ] as [([String], Int32, String)])
  func statuses(arguments: [String], status: Int32, beginning: String) throws {
    let run = try Program.start(["check", "--demo"] + arguments)
    #expect(run.status == status, "\(run)")
    #expect(run.output.hasPrefix(beginning), "\(run)")
    #expect(run.output.count { $0 == "\n" } == 1 && run.output.hasSuffix("\n"))
    #expect(run.errors.isEmpty)
    if status < 3 { #expect(run.output.contains(" | 'free'=")) }
  }

  @Test("where Xen cannot be read, the status is unknown, in one line")
  func unknown() throws {
    guard !FileManager.default.fileExists(atPath: "/proc/xen/capabilities") else { return }
    let run = try Program.run("check")
    #expect(run.status == 3 && run.errors.isEmpty)
    #expect(run.output.hasPrefix("MEMTOP UNKNOWN: ") && run.output.count { $0 == "\n" } == 1)
  }
}
