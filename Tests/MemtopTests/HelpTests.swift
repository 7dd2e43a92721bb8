import Foundation
import Testing

@testable import memtop

@Suite("help, and what operators type", .timeLimit(.minutes(30)))
struct HelpTests {
  @Test("every option of every command has its line in help")
  func lines() throws {
    let commands = try ParserHelp.commands()
    #expect(commands.count == 13)
    for command in commands {
      let words = command.commandName == "memtop" ? [] : [command.commandName]
      let help = try Program.start(words + ["--help"]).output
      for option in command.options {
        #expect(option.shouldDisplay && option.abstract?.isEmpty == false, "\(option)")
        let name = try #require(option.names?.last?.name)
        #expect(help.contains("--\(name)"), "\(command.commandName) --\(name)")
      }
    }
  }

  /// The options in the manual's synopsis, by command.
  private static func synopsis() throws -> [String: Set<String>] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("man/memtop.8")
    let page = try String(contentsOf: file, encoding: .utf8)
    let lines = try #require(
      page.split(separator: ".Sh SYNOPSIS").last?.split(separator: ".Sh ").first)
    var (command, found): (String, [String: Set<String>]) = ("", [:])
    for line in lines.split(separator: "\n") {
      if line == ".Nm" { command = "memtop" }
      if line == "where" { break }
      if line.hasPrefix(".Cm ") { command = String(line.dropFirst(4)) }
      if let match = line.firstMatch(of: /Fl -?([a-z-]+)/) {
        found[command, default: []].insert(String(match.1))
      }
      if line.contains("Ar hosts") {
        found[command, default: []].formUnion(["host", "hosts", "ssh"])
      }
      if line.contains("Ar simulation") {
        found[command, default: []].formUnion(["demo", "scenario", "seed"])
      }
    }
    return found
  }

  @Test("the manual's synopsis and help have the same options")
  func manual() throws {
    let synopsis = try Self.synopsis()
    for command in try ParserHelp.commands() {
      let name = command.commandName
      var documented = synopsis[name] ?? []
      for option in command.options {
        let names = Set((option.names ?? []).map(\.name))
        #expect(!documented.isDisjoint(with: names), "\(name): \(names) is not in memtop(8)")
        documented.subtract(names)
      }
      #expect(
        documented.subtracting(ParserHelp.common).isEmpty, "\(name): \(documented) not in help")
    }
  }

  @Test("help begins with how the command is called, and says what it does next")
  func usage() throws {
    for command in [
      "", "set", "free", "record", "replay", "dump", "report", "policy", "regulate",
      "export", "check", "serve", "simulate",
    ] {
      let run = try Program.start(command.isEmpty ? ["--help"] : [command, "--help"])
      #expect(run.status == 0)
      #expect(run.output.hasPrefix("USAGE: memtop"), "\(command)")
      let blocks = run.output.split(separator: "\n\n")
      #expect(blocks[1].hasSuffix(".") && !blocks[1].contains(":\n"), "\(blocks[1])")
      #expect(!run.output.contains("OVERVIEW"))
    }
    let memtop = try Program.run("--help").output
    for part in ["OPTIONS:", "SUBCOMMANDS:", "FIELDS\n", "  nodes ", "SCENARIOS"] {
      #expect(memtop.contains(part), "\(part)")
    }
  }

  @Test("the version, however it is asked for", arguments: ["-V", "-v", "version", "--version"])
  func version(word: String) throws {
    let run = try Program.run(word)
    #expect(run.status == 0 && run.output == "0.1\n" && run.errors.isEmpty)
  }

  @Test(
    "short options can be written together",
    arguments: [
      ["-bn1"], ["-bn", "1"], ["-bd0.2n1"], ["-n1", "-b"], ["-bn1", "-d.5"],
    ])
  func together(words: [String]) throws {
    let run = try Program.start(words + ["--demo", "--format", "csv", "--fields", "name"])
    guard words != ["-bd0.2n1"] else {
      #expect(run.status == 64)
      return
    }
    #expect(run.status == 0, "\(run)")
    #expect(run.output.hasPrefix("time_ms,name\n"))
    #expect(run.output.split(separator: "\n").count == 19)
  }

  @Test("words are taken apart as they are meant")
  func words() {
    let cases: [([String], [String])] = [
      (["-bn1"], ["-b", "-n1"]), (["-nb"], ["-nb"]), (["-bx"], ["-bx"]), (["--bn1"], ["--bn1"]),
      (["set", "a", "1G", "--wait"], ["set", "a", "1G", "--wait=60"]),
      (["set", "a", "1G", "--wait", "30"], ["set", "a", "1G", "--wait=30"]),
      (["set", "--wait", "30", "a", "1G"], ["set", "--wait=30", "a", "1G"]),
      (["set", "--wait", "5", "1G"], ["set", "--wait=60", "5", "1G"]),
      (
        ["set", "--demo", "--seed", "3", "--wait", "5", "1G"],
        ["set", "--demo", "--seed", "3", "--wait=60", "5", "1G"]
      ),
      (
        ["set", "--wait", "5", "1G", "--uuid", "x"], ["set", "--wait=60", "5", "1G", "--uuid", "x"]
      ),
      (["set", "a", "1G", "--wait", "1m"], ["set", "a", "1G", "--wait=1m"]),
      (["set", "a", "--wait", "30", "-1G"], ["set", "a", "--wait=30", "\u{2212}1G"]),
      (["dump", "f", "-oout"], ["dump", "f", "-o", "out"]), (["-o", "x"], ["-o", "x"]),
      (["--", "-bn1"], ["--", "-bn1"]),
    ]
    for (typed, meant) in cases { #expect(TypedWords.understood(typed) == meant, "\(typed)") }
  }

  @Test(
    "a word that is no command is named, with the one that was probably meant",
    arguments: [
      (["recrod", "x"], "unknown command \"recrod\"; did you mean record?"),
      (["--demo", "recrod", "x"], "unknown command \"recrod\"; did you mean record?"),
      (["sim"], "unknown command \"sim\"; did you mean simulate?"),
      (["foo"], "unknown command \"foo\"; known commands: set, free, record"),
      (["help", "foo"], "unknown command \"foo\"; known commands: set"),
      (["help", "check", "extra"], "memtop: help takes one command: memtop help check"),
      (["help", "reply"], "unknown command \"reply\"; did you mean replay?"),
      (["\u{1B}]0;x\u{7}"], "unknown command \"\\x1b]0;x\\x07\""),
    ])
  func unknown(words: [String], said: String) throws {
    let run = try Program.start(words)
    #expect(run.status == 64 && run.output.isEmpty)
    #expect(run.errors.contains(said), "\(run.errors)")
  }

  @Test(
    "what is wrong with an option is told with the usage of the command that was typed",
    arguments: [
      ["dump", "x", "--format", "xml"], ["record", "x", "-d", "0"], ["regulate", "-d", "x"],
      ["export", "--policy"], ["simulate", "--hours", "x"], ["replay", "x", "--sort", "foo"],
      ["check", "--foo"],
    ])
  func usage(words: [String]) throws {
    let run = try Program.start(words)
    if words[0] == "check" { return #expect(run.status == 3 && run.errors.isEmpty, "\(run)") }
    #expect(run.status == 64 && run.output.isEmpty)
    #expect(run.errors.hasPrefix("memtop: "))
    #expect(run.errors.contains("\nUsage: memtop \(words[0]) "), "\(run.errors)")
    #expect(run.errors.hasSuffix("\n  See 'memtop \(words[0]) --help' for more information.\n"))
    #expect(!run.errors.contains("(with -b)"), "\(run.errors)")
  }

  @Test("a field that there is none of is named, and the fields are listed")
  func sort() throws {
    for words in [["-b", "--sort", "foo"], ["--sort=-foo"], ["replay", "x", "--sort", "foo"]] {
      let run = try Program.start(words)
      #expect(run.status == 64)
      #expect(
        run.errors.contains("unknown field \"foo\"; known fields: id, name, state"), "\(run)")
    }
  }

  @Test("dom0 is what everybody calls it", arguments: ["dom0", "Domain-0", "0"])
  func dom0(name: String) throws {
    let run = try Program.run("set", "--demo", name, "3G", "--dry-run", "--force")
    #expect(run.status == 0, "\(run)")
    #expect(run.output == "Domain-0: 4.00G -> 3.00G would be set (dry run)\n", "\(run)")
    let host = try RecordedHost(seconds: 1..<5)
    let dump = try Program.run(
      "dump", host.path, "--domain", name, "--format", "csv", "--fields", "name")
    #expect(dump.output.split(separator: "\n").dropFirst().allSatisfy { $0.hasSuffix(",Domain-0") })
    #expect(dump.status == 0, "\(dump)")
  }
}
