import Foundation

/// What the argument parser says of a command and its options, as `--experimental-dump-help` has it.
struct ParserHelp: Decodable {
  struct Argument: Decodable {
    struct Name: Decodable { var name: String }
    var kind: String
    var abstract: String?
    var valueName: String?
    var names: [Name]?
    var shouldDisplay: Bool
    var isNamed: Bool { kind != "positional" }
    var takesValue: Bool { kind == "option" }
    /// "delay" of -d and --delay.
    var long: String { names?.last { $0.name.count > 1 }?.name ?? "" }
  }
  var commandName: String
  var arguments: [Argument]?
  var subcommands: [ParserHelp]?

  /// Those that every command has.
  static let common: Set<String> = ["help", "version"]

  /// Without those.
  var options: [Argument] {
    (arguments ?? []).filter { $0.isNamed && !Self.common.contains($0.long) }
  }

  private struct Dump: Decodable { var command: ParserHelp }

  /// memtop, simulate, and the other subcommands.
  static func commands() throws -> [ParserHelp] {
    let dumps = try [["--experimental-dump-help"], ["simulate", "--experimental-dump-help"]].map {
      try JSONDecoder().decode(Dump.self, from: Data(Program.start($0).output.utf8)).command
    }
    let others = (dumps[0].subcommands ?? []).filter {
      $0.commandName != "simulate" && $0.commandName != "help"
    }
    return dumps + others
  }
}
