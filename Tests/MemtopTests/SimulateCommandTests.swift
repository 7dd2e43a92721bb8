import Foundation
import Testing

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
    for name in ["report_interval_s", "swap_in_gb", "held_gib_h", "cache_hit_percent"] {
      #expect(rows[0].contains { $0 == name })
    }
    #expect(rows[1].prefix(3) == ["quiet", "regulator", "1"])
    #expect(rows[2].prefix(3) == ["quiet", "squeezed", "1"])
    #expect(rows[12].prefix(3) == ["office", "squeezed", "3"])
    #expect(Set(rows.dropFirst().map { $0.joined() }).count == 12)
    #expect(try Program.start(arguments).output == run.output)
  }

  @Test(
    "what it cannot take is told in one line, with status 64",
    arguments: [
      ("--load busy", "--load: unknown name \"busy\"; known names: quiet,"),
      ("--rules fixed,", "--rules: unknown name \"\"; known names: fixed,"),
      ("--guests 0", "--guests 0: must be from 1 to 1000"),
      ("--hours 241", "--hours 241: must be from 1 to 240"),
      ("--seeds 0", "--seeds 0: must be from 1 to 10000"),
      ("--interval 3601", "--interval 3601: must be from 1 to 3600"),
      ("--scenario x --load quiet", "--load and --guests cannot be used with --scenario"),
    ])
  func wrong(words: String, told: String) throws {
    let run = try Program.start(["simulate"] + words.split(separator: " ").map(String.init))
    #expect(run.status == 64)
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("memtop: " + told), "\(run.errors)")
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

  @Test(
    "what is wrong with a scenario is told by file and line, with status 65",
    arguments: [
      ("[guest a]\nmemory = 1G\nload = steady 1G\n", ":3: load = steady 1G: expected steady SIZE"),
      ("[guest a]\nmemory = lots\nload = steady 1M 1M\n", ":2: memory = lots: expected a size"),
      ("[guest a]\nload = steady 1M 1M\n", ":1: [guest a] needs memory = SIZE"),
      ("[guest a]\nmemory = 1G\n", ":1: [guest a] needs load = "),
      (
        "[guest a]\nmemory = 1G\nload = steady 1M 1M\nswop = 1G\n",
        ":4: unknown key \"swop\"; known keys: "
      ),
      ("[domain a]\n", ":1: unknown section [domain a]; known sections: [host] and [guest NAME]"),
      ("[host]\ntotal = 4G\n", ":1: [host] leaves no memory for guests"),
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
        ":3: load = burst 1M 2M 5m 3h: expected"
      ),
      ("[guest a]\nmemory = 1G\ncount = 0\nload = steady 1M 1M\n", ":3: count = 0: expected"),
    ])
  func broken(text: String, told: String) throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("memtop-\(UUID().uuidString).scenario")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(text.utf8).write(to: file)
    let run = try Program.run("simulate", "--scenario", file.path, "--hours", "1")
    #expect(run.status == 65)
    #expect(run.errors.hasPrefix("memtop: " + file.path + told), "\(run.errors)")
    #expect(run.errors.split(separator: "\n").count == 1)
  }
}
