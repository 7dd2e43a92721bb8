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

  /// Whether a number after `--wait` is its value: it is not where it must be the domain, as in
  /// `memtop set --wait 5 1G`.
  private static func isSpan(_ word: String, in words: [String]) -> Bool {
    guard word.allSatisfy(\.isWholeNumber), let set = words.firstIndex(of: "set") else {
      return false
    }
    let valued: Set<String> = ["--scenario", "--seed"]
    var (plain, isValue) = (0, false)
    for word in words[(set + 1)...] {
      if !isValue, !word.hasPrefix("-") || word.dropFirst().first?.isWholeNumber == true {
        plain += 1
      }
      isValue = valued.contains(word)
    }
    return plain > 2
  }

  /// The size as it was typed.
  static func plainSize(_ word: String) -> String {
    word.first == minus ? "-" + word.dropFirst() : word
  }
}
