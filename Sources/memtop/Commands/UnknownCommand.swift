import ArgumentParser
import MemtopCore

/// A word where a command is expected that is none of memtop's.
enum UnknownCommand {
  private static let help = "help"

  private static var known: [String] {
    MemtopCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
      + [help, "version"]
  }

  /// What is wrong with the first word, or with the one after `help`; nil where it is a command or
  /// an option.
  static func error(in words: [String]) -> ValidationError? {
    let asked = words.first == help ? words.dropFirst() : words[...]
    guard let word = asked.first, !word.hasPrefix("-"), !known.contains(word) else { return nil }
    return error(word)
  }

  /// The same of a word behind options, where the parser found no use for it.
  static func error(in words: [String], behind message: String) -> ValidationError? {
    guard message.contains("nexpected argument"), !words.contains(where: known.contains) else {
      return nil
    }
    return words.first { !$0.hasPrefix("-") && message.contains("'\($0)'") }.map(error)
  }

  private static func error(_ word: String) -> ValidationError {
    let shown = SafeText.escaped(Array(word.utf8), limit: 60)
    let hint =
      Suggestion.nearest(to: word, in: known).map { "did you mean \($0)?" }
      ?? "known commands: \(known.joined(separator: ", "))"
    return ValidationError("unknown command \"\(shown)\"; \(hint)")
  }
}

/// The word of a list that was probably meant.
enum Suggestion {
  static func nearest(to typed: String, in known: [String]) -> String? {
    let begun = known.filter { typed.count > 1 && $0.hasPrefix(typed) }
    if begun.count == 1 { return begun[0] }
    return known.map { (word: $0, distance: distance(typed, $0)) }
      .filter { $0.distance <= max(1, $0.word.count / 3) }
      .min { $0.distance < $1.distance }?.word
  }

  /// How many letters must be added, taken away or replaced (Levenshtein).
  static func distance(_ from: String, _ to: String) -> Int {
    // What is much longer than any command is none of them.
    let (from, to) = (Array(from.prefix(40)), Array(to))
    var row = Array(0...to.count)
    for (line, letter) in from.enumerated() {
      var corner = row[0]
      row[0] = line + 1
      for place in to.indices {
        let best = min(row[place], row[place + 1]) + 1
        let here = min(best, corner + (letter == to[place] ? 0 : 1))
        corner = row[place + 1]
        row[place + 1] = here
      }
    }
    return row[to.count]
  }
}
