/// What completes memtop's commands in a shell, as the argument parser makes it, with one mend for bash.
///
/// The parser's script offers the values of memtop's own option before it looks for a subcommand, but
/// `memtop dump --format` takes others than `memtop --format`. Here memtop's own are offered only where no
/// subcommand was typed; `positional_number` is -2 behind one.
enum CompletionScript {
  private static let values = "\n    case \"${prev}\" in\n"
  private static let valuesWithoutSubcommand =
    "\n    [[ \"${positional_number}\" -eq -2 ]] || case \"${prev}\" in\n"

  /// - Parameter text: what the parser prints; what is not its script for bash stays as it is.
  static func mended(_ text: String) -> String {
    guard text.hasPrefix("#!/bin/bash\n") else { return text }
    // The first is that of memtop itself.
    return text.replacing(values, with: valuesWithoutSubcommand, maxReplacements: 1)
  }
}
