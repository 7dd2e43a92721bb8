import Testing

@testable import memtop

@Suite("a value that cannot be taken is told with what can be", .timeLimit(.minutes(30)))
struct TypedValueTests {
  private static let complete: [String: [String]] = [
    "memtop": ["-b", "--demo"], "set": ["web1", "1G", "--demo"], "free": ["1G", "--demo"],
    "record": ["/nowhere/x", "--demo"], "replay": ["/nowhere/x"], "dump": ["/nowhere/x"],
    "report": ["/nowhere/x"], "serve": ["--stdio", "--demo"], "export": ["--demo"],
    "policy": ["--demo"], "regulate": ["--demo"], "check": ["--demo"], "simulate": [],
  ]
  /// Of these nothing is wrong before they are used: files, programs, hosts, and names of any kind.
  private static let free: Set<String> = [
    "file", "dir", "user@host", "program", "text", "domain", "file|keys",
  ]

  @Test("every option of every command that takes no free text, in the same form")
  func all() throws {
    var count = 0
    for command in try ParserHelp.commands() {
      let name = command.commandName
      for option in command.options where option.takesValue {
        let typed = "5q?"
        guard let kind = option.valueName, !Self.free.contains(kind), kind != "expression" else {
          continue
        }
        let isMemtops = name == "memtop"
        // -b does not have those of a recording.
        let isOfScreen = isMemtops && ["keep", "max-size", "sync"].contains(option.long)
        let context = isOfScreen ? [] : Self.complete[name] ?? []
        let words = (isMemtops ? [] : [name]) + context + ["--\(option.long)", typed]
        let run = try Program.start(words)
        let start = name == "check" ? "MEMTOP UNKNOWN: " : "memtop: "
        let line = try #require((run.output + run.errors).split(separator: "\n").first, "\(words)")
        #expect(run.status == (name == "check" ? 3 : 64), "\(words): \(run)")
        #expect(line.hasPrefix(start + "--\(option.long)"), "\(words): \(line)")
        // Beyond the option and the word.
        #expect(line.count > start.count + option.long.count + typed.count + 20, "\(line)")
        #expect(!line.contains("invalid"), "\(line)")
        count += 1
      }
    }
    #expect(count > 50, "\(count)")
  }

  @Test(
    "what was typed and what can be given",
    arguments: [
      ("dump x --format xml", "--format xml: must be table, csv, json, openmetrics or memtop"),
      ("policy --demo --format json", "--format json: must be table or csv"),
      ("report x --format openmetrics", "--format openmetrics: must be table, csv or json"),
      ("-b --demo --format memtop", "--format memtop: must be table, csv or json"),
      ("simulate --format json", "--format json: must be table or csv"),
      ("record x --sync 5s", "--sync 5s: must be a number of seconds from 0 to 3600"),
      ("record x --sync 99999999", "--sync 99999999: must be a number of seconds from 0 to 3600"),
      (
        "record x --keep 1s",
        "--keep 1s: must be a minute or longer, such as 90s, 5m, 36h, 7d or 4w"
      ),
      ("record x --max-size 1K", "--max-size 1K: must be at least 2M"),
      (
        "export --textfile x --interval 0",
        "--interval 0: must be a number of seconds from 1 to 3600"
      ),
      (
        "dump x --every -1d",
        "--every -1d: must be a millisecond or longer, such as 90s, 5m, 36h, 7d or 4w"
      ),
      ("-b --seed -3 --demo", "--seed -3: must be a whole number from 0 on"),
    ])
  func messages(words: String, said: String) throws {
    let run = try Program.start(words.split(separator: " ").map(String.init))
    #expect(run.status == 64 && run.output.isEmpty, "\(run)")
    #expect(run.errors.hasPrefix("memtop: \(said)\n"), "\(run.errors)")
  }

  @Test(
    "in the plugin's line, too",
    arguments: [
      ("--report-wait=-1", "--report-wait -1: must be a number of seconds from 0 to 3600"),
      (
        "--free 10",
        "--free 10: 10 has no unit; give an amount such as 2G, a share such as 5% or 2.5%, or off"
      ),
      ("--crashed x", "--crashed x: give a whole number, 1 or more, or off"),
    ])
  func plugin(words: String, said: String) throws {
    let run = try Program.start(["check", "--demo"] + words.split(separator: " ").map(String.init))
    #expect(run.status == 3 && run.errors.isEmpty)
    #expect(run.output.hasPrefix("MEMTOP UNKNOWN: \(said)"), "\(run.output)")
  }

  @Test(
    "no file is made or read that is called -",
    arguments: [
      "record - --demo", "--record - --demo", "dump -", "report -", "replay -", "--hosts -",
      "policy --policy - --demo", "free --for - --demo", "simulate --scenario -",
      "export --textfile - --demo", "-b --policy - --demo",
    ])
  func standardStreams(words: String) throws {
    let run = try Program.start(words.split(separator: " ").map(String.init))
    #expect(run.status == 64 && run.output.isEmpty, "\(run)")
    #expect(run.errors.contains(" -: standard input and output cannot be used here"), "\(run)")
    #expect(run.errors.contains("./-"))
  }

  @Test("dump -o - writes text to standard output, and no recording")
  func standardOutput() throws {
    let host = try RecordedHost("small", seconds: 1..<5)
    let run = try Program.run("dump", host.path, "-o", "-", "--format", "csv")
    #expect(run.status == 0 && run.output.hasPrefix("time_ms,"), "\(run)")
    #expect(try run.output == Program.run("dump", host.path, "--format", "csv").output)
    let binary = try Program.run("dump", host.path, "-o", "-", "--format", "memtop")
    #expect(binary.status == 64 && binary.errors.contains("needs -o and a file"), "\(binary)")
  }

  @Test("a list has commas, and may have spaces around what it lists")
  func list() {
    #expect(TypedValue.list(" a b , c,, ") == ["a b", "c", "", ""])
  }

  @Test("completion offers each command the formats that it prints")
  func completion() throws {
    let script = try Program.run("--generate-completion-script", "bash").output
    let policy = try #require(script.ranges(of: "_memtop_policy()").first)
    let end = try #require(script[policy.upperBound...].firstRange(of: "\n}"))
    let body = script[policy.upperBound..<end.lowerBound]
    #expect(body.contains("csv") && !body.contains("json"), "\(body)")
  }

  @Test("a time that is none is refused before the file is opened, with the forms")
  func times() throws {
    for words in [["dump", "--begin"], ["report", "--end"], ["replay", "--at"]] {
      let run = try Program.start([words[0], "/nowhere/x", words[1], "garbage"])
      #expect(run.status == 64, "\(run)")
      #expect(run.errors.hasPrefix("memtop: \(words[1]) garbage: not a time; write it as 14:02,"))
      for form in ["yesterday 14:02", "2026-11-20T03:10:00Z", "-7d", "\nUsage: memtop \(words[0])"]
      {
        #expect(run.errors.contains(form), "\(form): \(run.errors)")
      }
    }
  }

  @Test("days and weeks are times everywhere")
  func days() throws {
    let host = try RecordedHost("small", seconds: 1..<5)
    for words in [
      ["report", host.path, "--begin", "-7d"], ["dump", host.path, "--every", "1d"],
      ["dump", host.path, "--end", "+1w"], ["dump", host.path, "--filter", "age<1w"],
    ] {
      let run = try Program.start(words)
      #expect(run.status == 0 && !run.output.isEmpty, "\(words): \(run)")
    }
  }

  @Test("a value that looks like the parser's own message is told as it was typed")
  func quoted() {
    let message = "The value ''  is invalid for '' is invalid for '--sync <seconds>': no"
    #expect(InvalidValue(parser: message[...])?.description == "--sync '  is invalid for ': no")
    #expect(
      InvalidValue.retold("Error: Missing expected argument") == "Error: Missing expected argument")
  }
}
