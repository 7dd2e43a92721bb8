/// memtop's own options. The parser takes them wherever they stand, also behind a subcommand.
///
/// They are listed a second time because the parser does not tell which options it has; a test
/// compares both.
enum RootOption: String, CaseIterable {
  case demo, scenario, seed
  case host, hosts, ssh
  case readOnly = "read-only"
  case record, ascii
  case batch, samples, fields, format
  case delay, sort, filter
  case keep
  case maxSize = "max-size"
  case sync, policy

  private static let letters: [Character: RootOption] = ["b": .batch, "n": .samples, "d": .delay]
  private static let flags: Set<RootOption> = [.demo, .readOnly, .ascii, .batch]

  /// Which simulated host.
  static let simulation: Set<RootOption> = [.demo, .scenario, .seed]

  /// A word that names one, with or without its value: `--seed`, `--seed=3`, `-d`, `-d5`.
  init?(word: String) {
    if word.hasPrefix("--") {
      self.init(rawValue: String(word.dropFirst(2).prefix { $0 != "=" }))
    } else if word.first == "-", let letter = word.dropFirst().first {
      guard let option = Self.letters[letter] else { return nil }
      self = option
    } else {
      return nil
    }
  }

  /// As it is called in messages.
  var shown: String { Self.letters.first { $0.value == self }.map { "-\($0.key)" } ?? long }

  private var long: String { "--\(rawValue)" }

  var takesValue: Bool { !Self.flags.contains(self) }

  /// Whether the value of the option that `word` names is the next word.
  func isValueNext(to word: String) -> Bool {
    takesValue && (word == long || word == shown)
  }
}
