import ArgumentParser
import Glibc
import MemtopCore
import MemtopUI

/// One run of the program: the command that was typed, and how it ends.
enum Invocation {
  static func run(_ typed: [String]) -> Never {
    // memtop's own options would be asked first, and have some of the same names.
    if typed.first == SimulateCommand.configuration.commandName {
      end(perform(SimulateCommand.self, TypedWords.understood(Array(typed.dropFirst()))))
    }
    let words = TypedWords.understood(typed)
    if TypedCommand(words).isCheck { end(CheckCommand.perform(words)) }
    end(perform(MemtopCommand.self, words))
  }

  private static func perform<Root: ParsableCommand>(_ root: Root.Type, _ words: [String])
    -> Int32
  {
    do {
      if root == MemtopCommand.self { try TypedCommand(words).requireSense() }
      var command = try root.parseAsRoot(words)
      try command.run()
      return EXIT_SUCCESS
    } catch {
      return told(error, by: root, words)
    }
  }

  /// Writes what was asked for by an option such as --help, or what was wrong.
  private static func told<Root: ParsableCommand>(
    _ error: any Error, by root: Root.Type, _ words: [String]
  ) -> Int32 {
    let said = InvalidValue.retold(OptionalValues.asTyped(root.fullMessage(for: error)))
    let text = ofMemtop(ofSubcommand(said, words))
    let status = root.exitCode(for: error).rawValue
    if text.isEmpty { return status }
    if status == EXIT_SUCCESS {
      Output.standard.write(line: CompletionScript.mended(PrintedHelp.usageFirst(text)))
    } else {
      // A word with a newline in it must not look like a line of memtop's own.
      let isPlain = !words.contains { $0.utf8.contains(UInt8(ascii: "\n")) }
      writeError((isPlain ? text : SafeText.message(text)) + "\n")
    }
    return status
  }

  /// An error of the parser's begins as all others do.
  private static func ofMemtop(_ text: String) -> String {
    let parser = "Error: "
    return text.hasPrefix(parser) ? ownMark + text.dropFirst(parser.count) : text
  }

  /// The parser takes memtop's own options before it looks at the subcommand that was typed, and shows
  /// memtop's usage where one of them is wrong: here the usage is the subcommand's.
  private static func ofSubcommand(_ text: String, _ words: [String]) -> String {
    // It is parsed by itself, and named by itself.
    let ofSimulate = "See 'simulate --help' for more information."
    if text.hasSuffix(ofSimulate) {
      return text.dropLast(ofSimulate.count) + "See 'memtop simulate --help' for more information."
    }
    guard text.hasSuffix("See 'memtop --help' for more information."),
      let meant = TypedCommand(words).subcommand,
      let name = meant.configuration.commandName
    else { return text }
    // Its help, too, is that of memtop's option of the same name.
    let error = text.split(separator: "\n").prefix {
      !$0.hasPrefix("Help:") && !$0.hasPrefix("Usage:")
    }
    let usage = MemtopCommand.usageString(for: meant)
      .split(separator: "\n").joined(separator: "\n       ")
    return error.joined(separator: "\n") + "\nUsage: \(usage)"
      + "\n  See 'memtop \(name) --help' for more information."
  }

  /// A command has not done its work where what it said was not written.
  private static func end(_ status: Int32) -> Never {
    exit(status == EXIT_SUCCESS && Output.standard.hasFailed ? EXIT_FAILURE : status)
  }
}

/// Why a command ends without having done its work: one line, and the exit status.
struct Failure: Error {
  var line: String
  var status: Status

  /// Exit statuses, as memtop(8) lists them.
  enum Status: Int32 {
    case failed = 1
    case refused = 2
    case notFollowed = 3
    case usage = 64
    /// A file is not what it should be.
    case badData = 65
    case noHost = 69
    /// Somebody else records into the file, or regulates the host.
    case taken = 73
    case noPermission = 77
  }
}
