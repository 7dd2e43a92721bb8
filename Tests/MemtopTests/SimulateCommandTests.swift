import Foundation
import Testing

@testable import memtop

@Suite("memtop simulate", .timeLimit(.minutes(30))) struct SimulateCommandTests {
  /// Beside this file's package.
  private static let example = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../docs/example.scenario").standardized.path

  @Test("the table fits 80 columns, and has a line for each rule")
  func table() throws {
    let run = try Program.run("simulate", "--hours", "1", "--guests", "3", "--seeds", "2")
    #expect(run.status == 0 && run.errors.isEmpty)
    let lines = run.output.split(separator: "\n").map(String.init)
    for line in lines { #expect(line.count <= 80, "\(line)") }
    #expect(
      lines[0] == "mixed: 3 guests, 1 h, 2 seeds, a report every 10 s, 123.0 GiB for guests")
    #expect(lines[2].hasPrefix("RULE "))
    #expect(
      lines.dropFirst(3).map { $0.prefix { $0 != " " } }
        == ["fixed", "fixed-calm", "self", "regulator", "qmemman", "squeezed"])
  }

  @Test("csv names its units, has a row a seed and rule, and is the same each time")
  func csv() throws {
    let arguments = [
      "simulate", "--hours", "1", "--guests", "2", "--seeds", "3", "--format", "csv",
      "--load", "quiet,office", "--rules", "regulator,squeezed",
    ]
    let run = try Program.start(arguments)
    let rows = run.output.split(separator: "\n").map { $0.split(separator: ",") }
    #expect(rows.count == 1 + 2 * 3 * 2)
    for row in rows { #expect(row.count == rows[0].count) }
    for name in [
      "report_interval_s", "for_guests_gib", "swap_in_gb", "held_gib_h", "cache_hit_percent",
    ] {
      #expect(rows[0].contains { $0 == name })
    }
    #expect(rows[1].prefix(3) == ["quiet", "regulator", "1"])
    #expect(rows[2].prefix(3) == ["quiet", "squeezed", "1"])
    #expect(rows[12].prefix(3) == ["office", "squeezed", "3"])
    #expect(Set(rows.dropFirst().map { $0.joined() }).count == 12)
    #expect(try Program.start(arguments).output == run.output)
  }

  @Test("the table and csv say whether agents report early")
  func early() throws {
    func run(_ words: [String]) throws -> [Substring] {
      let plain = ["simulate", "--hours", "1", "--guests", "2", "--rules", "regulator"]
      return try Program.start(plain + words).output.split(separator: "\n")
    }
    let table = try run(["--no-early-reports"])
    #expect(table[0] == "mixed: 2 guests, 1 h, 1 seed, a report every 10 s, never early,")
    #expect(table[1] == "123.0 GiB for guests")
    for (words, value) in [(["--no-early-reports"], "no"), ([], "yes")] {
      let csv = try run(["--format", "csv"] + words).map { $0.split(separator: ",") }
      #expect(csv[0][6] == "early_reports" && csv[1][6] == value)
    }
  }

  @Test(
    "what it cannot take is told in one line, with status 64",
    arguments: [
      ("--load busy", "--load: unknown name \"busy\"; known names: quiet,"),
      ("--rules fixed,", "--rules: unknown name \"\"; known names: fixed,"),
      ("--rules fixed,fixed", "--rules: fixed is given twice"),
      ("--load quiet,office,quiet", "--load: quiet is given twice"),
      ("--load quiet,all", "--load: all cannot be combined with other names"),
      ("--rules all,fixed", "--rules: all cannot be combined with other names"),
      ("--guests 0", "--guests 0: must be a whole number from 1 to 1000"),
      ("--hours 241", "--hours 241: must be a whole number from 1 to 240"),
      ("--seeds 0", "--seeds 0: must be a whole number from 1 to 10000"),
      (
        "--guests 1000 --hours 101",
        "1000 guests for 101 hours are too many: guests times hours can be up to 100000; use --hours"
          + " 100"
      ),
      ("--interval 3601", "--interval 3601: must be a whole number of seconds from 1 to 3600"),
      ("--scenario x --load quiet", "--load and --guests cannot be used with --scenario"),
    ])
  func wrong(words: String, told: String) throws {
    let run = try Program.start(["simulate"] + words.split(separator: " ").map(String.init))
    #expect(run.status == 64)
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("memtop: " + told), "\(run.errors)")
  }

  @Test("one guest is not several")
  func single() throws {
    let run = try Program.run("simulate", "--hours", "1", "--guests", "1", "--rules", "fixed")
    #expect(run.output.hasPrefix("mixed: 1 guest, 1 h, 1 seed,"), "\(run)")
  }

  @Test("long studies of many guests run one seed at a time, for their memory")
  func workers() {
    func workers(_ guests: Int, _ hours: Int, seeds: Int = 5) -> Int {
      StudyRequest(
        sources: [], rules: [], hours: hours, seeds: seeds, interval: 10, reportsEarly: true
      ).workers(StudySource(.quiet, guests: guests))
    }
    #expect(workers(50, 24) == 2)
    #expect(workers(50, 24, seeds: 1) == 1)
    #expect(workers(1000, 50) == 2)
    #expect(workers(1000, 51) == 1)
  }

  @Test("options before the word are refused, not lost")
  func before() throws {
    let run = try Program.run("-d", "2", "simulate", "--hours", "1")
    #expect(run.status == 64)
    #expect(run.errors.contains("must follow the word simulate"))
  }

  @Test("the example of a scenario runs, on its own host")
  func scenario() throws {
    let run = try Program.run(
      "simulate", "--scenario", Self.example, "--hours", "1", "--rules", "regulator")
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      run.output.hasPrefix(
        "scenario: 24 guests, 1 h, 1 seed, a report every 10 s, 61.5 GiB for guests"))
  }

  @Test("a guest may have no swap, no files, no reads and a demand that never moves")
  func nothing() throws {
    let run = try Self.run(
      """
      [host]
      total = 16T
      [guest a]
      memory = 512M
      swap = 0
      files = 0M
      reads = 0
      load = steady 200M 0
      """)
    #expect(run.status == 0, "\(run.errors)")
    let regulator = try #require(run.output.split(separator: "\n").first { $0.hasPrefix("regul") })
    #expect(regulator.split(separator: " ").prefix(4) == ["regulator", "0", "0.0", "0.0"])
  }

  /// What an hour of a scenario says.
  private static func run(_ text: String) throws -> Program {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("memtop-\(UUID().uuidString).scenario")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(text.utf8).write(to: file)
    return try Program.run("simulate", "--scenario", file.path, "--hours", "1")
  }

  @Test(
    "what is wrong with a scenario is told by file and line, with status 65",
    arguments: [
      ("[guest a]\nmemory = 1G\nload = steady 1G\n", ":3: load = steady 1G: expected steady SIZE"),
      ("[guest a]\nmemory = lots\nload = steady 1M 1M\n", ":2: memory = lots: give an amount"),
      ("[guest a]\nmemory = 512\n", ":2: memory = 512: give a unit, such as 512M"),
      ("[guest a]\nmemory = 2T\n", ":2: memory = 2T: must be at most 1.00T"),
      ("[guest a]\nmemory = 0\n", ":2: memory = 0: must be more than 0"),
      ("[guest a]\nload = steady 1M 1M\n", ":1: [guest a] needs memory = SIZE"),
      ("[guest a]\nmemory = 1G\n", ":1: [guest a] needs load = "),
      (
        "[guest a]\nmemory = 1G\nload = steady 1M 1M\nswop = 1G\n",
        ":4: unknown key \"swop\"; known keys: "
      ),
      ("[domain a]\n", ":1: unknown section [domain a]; known sections: [host] and [guest NAME]"),
      ("[host]\ntotal = 17T\n", ":2: total = 17T: must be at most 16.0T"),
      (
        "[host]\ntotal = 4G\n",
        ":1: [host] leaves nothing for guests: total 4.00G - xen 1.00G - dom0 4.00G; at least 256M is"
          + " needed"
      ),
      (
        "[host]\ntotal = 5220M\n",
        ":1: [host] leaves only 100M for guests: total 5.10G - xen 1.00G - dom0 4.00G; at least 256M"
      ),
      ("[host]\ntotal = 64G\n", ": has no [guest NAME]"),
      ("[host]\ntotal = 64G\n[host]\nxen = 2G\n", ":3: begins a second section [host]"),
      (
        "[guest a]\nmemory = 1G\nload = steady 1M 1M\n[guest a]\n",
        ":4: begins a second section [guest a]"
      ),
      ("[guest a]\nmemory = 1G\nmemory = 2G\n", ":3: memory is given twice"),
      (
        "[guest a]\nmemory = 2G\nstatic-max = 1G\nload = steady 1M 1M\n",
        ":1: [guest a] memory must be at least 128M, static-max from memory to 1024G"
      ),
      (
        "[guest a]\nmemory = 1G\nload = burst 1M 2M 5m 3h\n",
        ":3: load = burst 1M 2M 5m 3h: LENGTH, 3h, is longer than PERIOD, 5m"
      ),
      (
        "[guest a]\nmemory = 1G\nload = burst 1M 2M 62s 5s\n",
        ":3: load = burst 1M 2M 62s 5s: PERIOD, 62s: must be a multiple of 5s, because demand"
      ),
      (
        "[guest a]\nmemory = 1G\nload = burst 1M 2M 60s 2s\n",
        ":3: load = burst 1M 2M 60s 2s: LENGTH, 2s: must be a multiple of 5s"
      ),
      (
        "[guest a]\nmemory = 1G\nload = wave 1M 2M 55s\n",
        ":3: load = wave 1M 2M 55s: PERIOD, 55s: must be at least 60s"
      ),
      (
        "[guest a]\nmemory = 1G\nload = wave 2M 1M 1h\n",
        ":3: load = wave 2M 1M 1h: LOW, 2M, is above HIGH, 1M"
      ),
      (
        "[guest a]\nmemory = 1G\nload = burst 2M 1M 1h 1h\n",
        ":3: load = burst 2M 1M 1h 1h: BASE, 2M, is above PEAK, 1M"
      ),
      (
        "[guest a]\nmemory = 1G\nload = leak 1M 1M 90m\n",
        ":3: load = leak 1M 1M 90m: RESTART, 90m, is not in whole hours"
      ),
      (
        "[guest a]\nmemory = 1G\nload = steady 1M 5\n",
        ":3: load = steady 1M 5: JITTER, 5: give a unit: 5G or 5M"
      ),
      ("[guest a]\nmemory = 1G\ncount = 0\nload = steady 1M 1M\n", ":3: count = 0: expected"),
    ])
  func broken(text: String, told: String) throws {
    let run = try Self.run(text)
    #expect(run.status == 65)
    let error = run.errors.drop { $0 != " " }.dropFirst()
    #expect(error.drop { $0 != ":" }.hasPrefix(told), "\(run.errors)")
    #expect(run.errors.split(separator: "\n").count == 1)
  }
}
