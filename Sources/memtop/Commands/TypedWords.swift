import ArgumentParser
import MemtopCore
import MemtopSystem

/// What operators type that the argument parser would not take.
enum TypedWords {
  static func understood(_ words: [String]) -> [String] {
    var words = words
    if words.first == "version" { words[0] = "--version" }
    let end = words.firstIndex(of: "--") ?? words.endIndex
    let plain = words[..<end].flatMap(ShortOptions.apart)
    return OptionalValues.spelledOut(plain) + words[end...]
  }
}

/// Options of one letter: `-bn1` is `-b -n1`, and `-oFILE` is `-o FILE`.
enum ShortOptions {
  private static let flags: Set<Character> = ["b", "h"]
  private static let withNumber: Set<Character> = ["n", "d"]
  private static let withText: Set<Character> = ["o"]
  private static let version: Set<Character> = ["V", "v"]

  static func apart(_ word: String) -> [String] {
    guard word.count > 1, word.first == "-", word.dropFirst().first != "-" else { return [word] }
    var parts: [String] = []
    var rest = word.dropFirst()
    while let letter = rest.first {
      if withNumber.contains(letter) { return parts + ["-" + rest] }
      // The parser would look for options in a file's name.
      if withText.contains(letter), rest.count > 1 {
        return parts + ["-\(letter)", String(rest.dropFirst())]
      }
      guard let part = spelled(letter) else { return [word] }
      parts.append(part)
      rest = rest.dropFirst()
    }
    return parts
  }

  private static func spelled(_ letter: Character) -> String? {
    if version.contains(letter) { return "--version" }
    return flags.contains(letter) || withText.contains(letter) ? "-\(letter)" : nil
  }
}

/// `--wait` without a value or with one after a space, and sizes that begin with a minus.
enum OptionalValues {
  static let standardWait = 60
  private static let minus: Character = "\u{2212}"
  private static let wait = "--wait"

  /// What the parser says of such words, with the minus that was typed.
  static func asTyped(_ text: String) -> String { String(text.map { $0 == minus ? "-" : $0 }) }

  static func spelledOut(_ words: [String]) -> [String] {
    waitSpelledOut(words).map { word in
      guard word.first == "-", word.dropFirst().first?.isWholeNumber == true else { return word }
      return String(minus) + word.dropFirst()
    }
  }

  private static func waitSpelledOut(_ words: [String]) -> [String] {
    guard let place = words.firstIndex(of: wait) else { return words }
    var words = words
    if place + 1 < words.count, isSpan(words[place + 1], in: words) {
      words[place] = "\(wait)=\(words.remove(at: place + 1))"
    } else {
      words[place] = "\(wait)=\(standardWait)"
    }
    return words
  }

  /// Whether a number after `--wait` is its value, right or wrong: it is not where it must be the domain, as
  /// in `memtop set --wait 5 1G`.
  private static func isSpan(_ word: String, in words: [String]) -> Bool {
    guard word.first?.isWholeNumber == true, let set = words.firstIndex(of: "set") else {
      return false
    }
    let valued: Set<String> = [
      "--scenario", "--seed", "--uuid", "--from", "--from-range", "--within", "--accept",
    ]
    var (plain, isValue) = (0, false)
    for word in words[(set + 1)...] {
      if !isValue, !word.hasPrefix("-") || word.dropFirst().first?.isWholeNumber == true {
        plain += 1
      }
      isValue = valued.contains(word)
    }
    return plain > 2
  }

  /// The word as it was typed.
  static func withMinus(_ word: String) -> String {
    word.first == minus ? "-" + word.dropFirst() : word
  }
}

/// A word where a command is expected that is none of memtop's.
enum UnknownCommand {
  private static let help = "help"

  private static var known: [String] {
    MemtopCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
      + [help, "version"]
  }

  /// What is wrong with the word in the place of a command, or with those after `help`.
  static func error(in typed: TypedCommand, _ words: [String]) -> ValidationError? {
    guard !typed.isUncertain else { return nil }
    guard words.first == help else { return typed.word.flatMap(error) }
    let asked = words.dropFirst().filter { !$0.hasPrefix("-") }
    if let wrong = asked.first.flatMap(error) { return wrong }
    guard asked.count > 1 else { return nil }
    return ValidationError("help takes one command: memtop help \(asked[0])")
  }

  /// nil where it is a command.
  private static func error(_ word: String) -> ValidationError? {
    if known.contains(word) { return nil }
    let shown = SafeText.escaped(Array(word.utf8), limit: 60)
    let hint =
      Suggestion.nearest(to: word, in: known).map { "did you mean \($0)?" }
      ?? "known commands: \(known.joined(separator: ", "))"
    return ValidationError("unknown command \"\(shown)\"; \(hint)")
  }
}

/// The word of a list that was probably meant.
enum Suggestion {
  /// - Returns: nil if no word is similar, or if several are equally similar.
  static func nearest(to typed: String, in known: [String]) -> String? {
    let begun = known.filter { typed.count > 1 && $0.hasPrefix(typed) }
    if begun.count == 1 { return begun[0] }
    let near = known.map { (word: $0, distance: distance(typed, $0)) }
      .filter { $0.distance <= max(1, $0.word.count / 3) }
    let least = near.map(\.distance).min()
    let nearest = near.filter { $0.distance == least }
    return nearest.count == 1 ? nearest[0].word : nil
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
