/// Words of ours as words of mdoc(7), which gives meanings of its own to some of them.
enum Mdoc {
  /// Text that stands on a line of its own.
  static func text(_ text: String) -> String {
    // Each sentence begins a line.
    let safe = escaped(text).replacing(". ", with: ".\n")
    return safe.hasPrefix(".") || safe.hasPrefix("'") ? "\\&" + safe : safe
  }

  /// One argument of a macro: punctuation would be taken for the sentence's.
  static func argument(_ word: String) -> String {
    let safe = escaped(word)
    return word.count == 1 && !word.first!.isLetter && !word.first!.isNumber ? "\\&" + safe : safe
  }

  /// mandoc_char(7): these would come out as typographic signs.
  private static func escaped(_ text: String) -> String {
    text.map { character in
      switch character {
      case "\\": "\\e"
      case "-": "\\-"
      case "^": "\\(ha"
      case "~": "\\(ti"
      case "`": "\\(ga"
      case "'": "\\(aq"
      default: String(character)
      }
    }.joined()
  }
}
