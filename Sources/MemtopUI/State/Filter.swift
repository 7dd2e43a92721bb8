import MemtopCore

/// Which domains are shown: words that a row must hold, and comparisons of fields.
///
/// `web` finds it in a name, or as a domid, an address or a uuid's beginning; `tight` or `stale`, words
/// of CONDITION, HEALTH, PRESSURE and STATE, mean that; `os:debian` looks into one field; `busy>2G`,
/// `swapin > 0`, `health=stale`, `alloc>50%` (of MAX), `avail<10%` (of ALLOC) compare one. `!` before a part
/// means that it must not hold. All parts must hold, or all of another alternative, behind a `|`.
package struct Filter: Sendable {
  indirect enum Part: Sendable {
    case not(Part)
    case word(String)
    case status(String)
    case contains(Field, String)
    case isText(Field, String, wanted: Bool)
    case compare(Field, Comparison, Operand)

    func asks(_ id: FieldID) -> Bool {
      switch self {
      case .not(let part): part.asks(id)
      case .word, .status: false
      case .contains(let field, _), .isText(let field, _, _), .compare(let field, _, _):
        field.id == id
      }
    }
  }

  enum Comparison: String, CaseIterable, Sendable {
    case atLeast = ">="
    case atMost = "<="
    case not = "!="
    case above = ">"
    case below = "<"
    case equal = "="
  }

  enum Operand: Sendable {
    /// In the field's unit.
    case number(Int64)
    /// Of the domain's static-max, in hundredths of a percent.
    case share(Int64)
  }

  /// What is wrong with a filter, naming the word.
  package struct Problem: Error, Hashable, Sendable {
    package let text: String
  }

  package let text: String
  /// All parts of one of these must hold; none where everything is shown.
  private let alternatives: [[Part]]

  /// No filter: everything is shown.
  package static let none = Filter(text: "", alternatives: [])

  package var isEmpty: Bool { alternatives.isEmpty }

  /// Whether it looks into this field. AGE changes by time alone; ADVICE must be computed first.
  package func asks(_ id: FieldID) -> Bool {
    alternatives.joined().contains { $0.asks(id) }
  }

  private init(text: String, alternatives: [[Part]]) {
    (self.text, self.alternatives) = (text, alternatives)
  }

  /// The filter that somebody typed.
  ///
  /// - Throws: `Problem` with the word that means nothing, and what could stand there.
  package init(_ text: String) throws(Problem) {
    self.init(text: text, alternatives: try FilterParser.alternatives(of: text))
  }

  /// Whether a domain of `host` is shown.
  package func shows(_ sample: DomainSample, of host: String = "") -> Bool {
    isEmpty || alternatives.contains { $0.allSatisfy { Self.holds($0, sample, host) } }
  }

  /// Whether it asks for a host, and this is one that it asks for.
  func names(host: String) -> Bool {
    alternatives.contains { parts in
      let parts = parts.filter { $0.asks(.host) }
      return !parts.isEmpty && parts.allSatisfy { Self.holds($0, host: host.lowercased()) }
    }
  }

  private static func holds(_ part: Part, host: String) -> Bool {
    switch part {
    case .not(let part): !holds(part, host: host)
    case .contains(_, let text): host.contains(text)
    case .isText(_, let text, let wanted): (StatusWord.plain(host) == text) == wanted
    case .word, .status, .compare: false
    }
  }

  private static func holds(_ part: Part, _ sample: DomainSample, _ host: String) -> Bool {
    switch part {
    case .not(let part): !holds(part, sample, host)
    case .word(let word): row(sample, holds: word)
    case .status(let word): StatusWord.applies(word, to: sample)
    case .contains(let field, let text):
      field.value(sample, of: host).short.lowercased().contains(text)
    case .isText(let field, let text, let wanted): (plain(field, sample, host) == text) == wanted
    case .compare(let field, let comparison, let operand):
      compares(field, comparison, operand, sample)
    }
  }

  /// A field's text as it can be typed: in one word, without the mark of an uncertain condition.
  private static func plain(_ field: Field, _ sample: DomainSample, _ host: String) -> String {
    if field.id == .condition { return Condition(sample).word.text }
    return StatusWord.plain(field.value(sample, of: host).short.lowercased())
  }

  private static func compares(
    _ field: Field, _ comparison: Comparison, _ operand: Operand, _ sample: DomainSample
  ) -> Bool {
    guard case .number(let value) = SortKey(field.value(sample)) else { return false }
    switch operand {
    case .number(let number): return comparison.holds(value, number)
    case .share(let hundredths):
      guard let most = whole(of: field, sample), most > .zero else { return false }
      let share = Double(value) / Double(most.count) * 10_000
      return comparison.holds(share, Double(hundredths))
    }
  }

  /// What a percentage is a part of: for alloc, target and max the domain's maximum, else what it holds.
  private static func whole(of field: Field, _ sample: DomainSample) -> Bytes? {
    switch field.id {
    case .alloc, .target, .max: sample.staticMax
    default: sample.allocation
    }
  }

  private static func row(_ sample: DomainSample, holds word: String) -> Bool {
    if sample.name.lowercased().contains(word) || word == String(sample.id.domid) { return true }
    if FilterParser.isAddress(word) {
      return [sample.facts.ipv4, sample.facts.ipv6].contains {
        $0?.lowercased().contains(word) ?? false
      }
    }
    return word.utf8.count >= 8 && sample.id.uuid.description.hasPrefix(word)
  }
}

extension Filter.Comparison {
  func holds<Value: Comparable>(_ value: Value, _ operand: Value) -> Bool {
    switch self {
    case .atLeast: value >= operand
    case .atMost: value <= operand
    case .not: value != operand
    case .above: value > operand
    case .below: value < operand
    case .equal: value == operand
    }
  }
}

/// The words of CONDITION, HEALTH, PRESSURE and STATE, as a filter takes them.
enum StatusWord {
  private static let words: [FieldID: [String]] = [
    .condition: Condition.Word.allCases.map(\.text), .pressure: Pressure.allCases.map(\.word),
    .state: DomainState.allCases.map(\.rawValue),
    .health: ["fresh", "unknown-age", "stale", "silent", "implausible", "unreadable"],
  ]

  private static let all = Set(words.values.joined())

  static func isOne(_ word: String) -> Bool { all.contains(word) }

  /// Whether `field` can have this word; true of fields without a vocabulary.
  static func isPossible(_ word: String, of field: FieldID) -> Bool {
    words[field]?.contains(word) ?? true
  }

  /// All that `field` can have, from good to bad; empty of fields without a vocabulary.
  static func values(of field: FieldID) -> [String] { words[field] ?? [] }

  /// "unknown-age": words are separated by spaces.
  static func plain(_ text: String) -> String {
    String(text.map { $0 == " " ? "-" : $0 })
  }

  /// Whether any of the four fields has it. `ok` is the overall status: a guest whose pressure is ok may
  /// be stuck.
  static func applies(_ word: String, to sample: DomainSample) -> Bool {
    Condition(sample).word.text == word || plain(sample.health.word) == word
      || sample.state.rawValue == word
      || sample.pressure.map { $0 > .ok && $0.word == word } ?? false
  }
}
