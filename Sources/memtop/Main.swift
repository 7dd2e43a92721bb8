import Glibc
import MemtopXen

@main
enum Main {
  static func main() {
    // A file that may not grow further is an error that can be told, and no end without a word.
    signal(SIGXFSZ, SIG_IGN)
    let arguments = CommandLine.arguments
    // memtop's own short-lived child; no option of an operator's has a say in it.
    if arguments.count > 1, arguments[1] == XenTargetWriter.subcommand {
      exit(TargetChild.run(arguments: Array(arguments.dropFirst(2))))
    }
    if arguments.count == 1 { MemtopCommand.runPlain() }
    // memtop's own options would be asked first, and have some of the same names.
    if arguments[1] == SimulateCommand.configuration.commandName {
      SimulateCommand.main(Array(arguments.dropFirst(2)))
      exit(EXIT_SUCCESS)
    }
    MemtopCommand.main(OptionalValues.spelledOut(Array(arguments.dropFirst())))
  }
}

/// What operators may write that the argument parser would not take: `--wait` without a value, and
/// sizes that begin with a minus.
enum OptionalValues {
  static let standardWait = 60
  private static let minus: Character = "\u{2212}"

  static func spelledOut(_ arguments: [String]) -> [String] {
    arguments.map { word in
      if word == "--wait" { return "--wait=\(standardWait)" }
      guard word.first == "-", word.dropFirst().first?.isWholeNumber == true else { return word }
      return String(minus) + word.dropFirst()
    }
  }

  /// The size as it was typed.
  static func plainSize(_ word: String) -> String {
    word.first == minus ? "-" + word.dropFirst() : word
  }
}
