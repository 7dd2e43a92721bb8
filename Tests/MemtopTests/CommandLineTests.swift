import Testing

@testable import memtop

@Suite("which command was typed, and which options it heeds", .timeLimit(.minutes(30)))
struct CommandLineTests {
  private static let declared = Result { try ParserHelp.commands() }

  @Test("the table of memtop's own options is that of the parser")
  func table() throws {
    let declared = try Self.declared.get()[0].options
    #expect(Set(RootOption.allCases.map(\.rawValue)) == Set(declared.map(\.long)))
    for argument in declared {
      let option = try #require(RootOption(rawValue: argument.long))
      #expect(option.takesValue == argument.takesValue, "\(option)")
      for name in argument.names ?? [] {
        let dashes = name.name.count == 1 ? "-" : "--"
        #expect(RootOption(word: dashes + name.name) == option)
      }
    }
  }

  @Test("a value before the command is not the command, whatever it is")
  func values() throws {
    for option in RootOption.allCases {
      for command in ["check", "dump"] {
        let values = option.takesValue ? ["set"] : []
        let typed = TypedCommand(["--\(option.rawValue)"] + values + [command, "x"])
        #expect(typed.word == command && typed.options == [option])
        let joined = TypedCommand(["--\(option.rawValue)=set", command, "x"])
        #expect(joined.word == command)
      }
      guard option.takesValue else { continue }
      #expect(TypedCommand(["--\(option.rawValue)", "check", "--bogus"]).word == nil, "\(option)")
    }
    #expect(TypedCommand(["-d", "5", "check"]).word == "check")
    #expect(TypedCommand(["-d5", "check"]).word == "check")
    #expect(TypedCommand(["-n", "1", "-b", "check"]).word == "check")
    #expect(TypedCommand(["dump", "--", "-b"]).options.isEmpty)
  }

  @Test(
    "wrong usage of check is unknown with its line and 3, and what is not check is 64",
    arguments: [
      (["--demo", "--seed", "3", "check", "--free", "x"], 3),
      (["--demo", "--scenario", "small", "check", "--bogus"], 3),
      (["-d", "5", "check"], 3), (["--filter", "x", "check"], 3), (["--seed", "check"], 64),
      (["--record", "check", "--bogus"], 64),
      (["-b", "--demo", "--filter", "check", "--bogus"], 64),
    ])
  func check(words: [String], status: Int) throws {
    let run = try Program.start(words)
    #expect(Int(run.status) == status, "\(run)")
    if status == 3 {
      #expect(run.output.hasPrefix("MEMTOP UNKNOWN: ") && run.errors.isEmpty, "\(run)")
    } else {
      #expect(run.output.isEmpty && run.errors.hasPrefix("memtop: "), "\(run)")
    }
  }

  @Test("the usage is that of the command, also behind an option with a value")
  func usage() throws {
    let run = try Program.run("--demo", "--scenario", "small", "dump")
    #expect(run.status == 64 && run.errors.contains("\nUsage: memtop dump "), "\(run)")
    let simulate = try Program.run("--scenario", "small", "simulate", "--hours", "1")
    #expect(simulate.status == 64)
    #expect(simulate.errors.contains("must follow the word simulate"), "\(simulate)")
  }

  private static let complete: [String: [String]] = [
    "set": ["web1", "1G"], "free": ["1G"], "record": ["x"], "replay": ["x"], "dump": ["x"],
    "report": ["x"], "serve": ["--stdio"],
  ]

  @Test("each of memtop's own options is one of the subcommand, or refused by it")
  func refused() throws {
    let declared = try Self.declared.get().dropFirst(2)
    #expect(declared.count == 11)
    for subcommand in declared {
      let (command, own) = (subcommand.commandName, Set(subcommand.options.map(\.long)))
      for option in RootOption.allCases where !own.contains(option.rawValue) {
        let words = [command] + (Self.complete[command] ?? []) + ["--\(option.rawValue)"]
        let run = try Program.start(words + (option.takesValue ? ["1"] : []))
        let said = "\(option.shown) cannot be used with \(command)"
        #expect((command == "check" ? run.output : run.errors).contains(said), "\(words): \(run)")
        #expect(run.status == (command == "check" ? 3 : 64), "\(words)")
      }
      let heeded = Set(RootOption.allCases.map(\.rawValue)).intersection(own)
      for name in heeded {
        let option = try #require(RootOption(rawValue: name))
        #expect(throws: Never.self) {
          try TypedCommand([command, "--\(option.rawValue)"]).requireSense()
        }
      }
    }
  }

  @Test(
    "the option that was typed is named, and no other",
    arguments: [
      ("set web1 3G --demo --host foo", "--host cannot be used with set"),
      ("set web1 3G --host foo", "--host cannot be used with set"),
      ("dump a --ssh /bin/true", "--ssh cannot be used with dump"),
      ("dump a --seed 3", "--seed cannot be used with dump"),
      ("replay a --demo", "--demo cannot be used with replay"),
      ("-b --ascii", "--ascii cannot be used with -b"),
      ("-b --keep 7d", "--keep cannot be used with -b"),
      ("-b --sync 5", "--sync cannot be used with -b"),
      ("-b --hosts x", "--hosts cannot be used with -b"),
      ("-b --record x", "cannot be used with -b; to record without a screen: memtop record FILE"),
      ("--fields id", "--fields needs -b"), ("-n 3", "-n needs -b"),
      ("--host a --demo", "--demo cannot be used with --host"),
      ("--hosts a --demo", "--demo cannot be used with --hosts"),
    ])
  func named(words: String, said: String) throws {
    let run = try Program.start(words.split(separator: " ").map(String.init))
    #expect(run.status == 64)
    #expect(run.errors.split(separator: "\n").first?.hasPrefix("memtop: ") == true)
    #expect(run.errors.split(separator: "\n").first?.hasSuffix(said) == true, "\(run)")
  }
}
