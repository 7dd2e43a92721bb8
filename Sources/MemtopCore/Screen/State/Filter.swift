/// Which domains are shown: words that a row must hold, and comparisons of fields.
///
/// `web` finds it in name, condition, system and address, or as a domid or a uuid's beginning; `busy>2G`, `swapin>0`,
/// `health=stale`, `alloc<=512M` compare a field. All parts, separated by spaces, must hold.
public struct Filter: Sendable {
  enum Part: Sendable {
    case word(String)
    case compare(Field, Comparison, Int64)
    case isText(Field, String, wanted: Bool)
  }
  enum Comparison: String, CaseIterable, Sendable {
    case atLeast = ">="
    case atMost = "<="
    case not = "!="
    case above = ">"
    case below = "<"
    case equal = "="
  }

  public let text: String
  let parts: [Part]

  /// No filter: everything is shown.
  public static let none = Filter("")!

  public var isEmpty: Bool { parts.isEmpty }

  /// nil where a comparison makes no sense: an unknown field or a wrong number.
  public init?(_ text: String) {
    self.text = text
    var parts: [Part] = []
    for piece in text.split(separator: " ") {
      guard let part = Self.part(piece) else { return nil }
      parts.append(part)
    }
    self.parts = parts
  }

  private static func part(_ piece: Substring) -> Part? {
    guard let mark = piece.firstIndex(where: { "<>=!".contains($0) }), mark > piece.startIndex
    else { return .word(piece.lowercased()) }
    let tail = piece[mark...]
    guard let comparison = Comparison.allCases.first(where: { tail.hasPrefix($0.rawValue) }),
      let field = Field.named(piece[..<mark])
    else { return nil }
    let operand = tail.dropFirst(comparison.rawValue.count).lowercased()
    guard field.unit.isNumeric else { return textual(field, comparison, operand) }
    return number(operand, field.unit).map { .compare(field, comparison, $0) }
  }

  private static func textual(_ field: Field, _ comparison: Comparison, _ operand: String) -> Part?
  {
    switch comparison {
    case .equal: .isText(field, operand, wanted: true)
    case .not: .isText(field, operand, wanted: false)
    case .atLeast, .atMost, .above, .below: nil
    }
  }

  private static func number(_ text: String, _ unit: FieldUnit) -> Int64? {
    var digits = text[...]
    var shift: Int64 = 0
    if unit == .bytes || unit == .rate, let last = digits.last,
      let power = ["k": 10, "m": 20, "g": 30, "t": 40][last]
    {
      digits = digits.dropLast()
      shift = Int64(power)
    }
    guard let number = Int64(digits), number >= 0 else { return nil }
    let scale: Int64 = unit == .percent ? 100 : 1 << shift
    let (product, overflow) = number.multipliedReportingOverflow(by: scale)
    return overflow ? nil : product
  }

  /// Whether a domain is shown.
  public func shows(_ sample: DomainSample) -> Bool {
    for part in parts where !Self.holds(part, sample) { return false }
    return true
  }

  private static func holds(_ part: Part, _ sample: DomainSample) -> Bool {
    switch part {
    case .word(let word): Self.row(sample, holds: word)
    case .isText(let field, let text, let wanted):
      (field.value(sample).short.lowercased() == text) == wanted
    case .compare(let field, let comparison, let operand):
      if case .number(let value) = SortKey(field.value(sample)) {
        comparison.holds(value, operand)
      } else {
        false
      }
    }
  }

  private static func row(_ sample: DomainSample, holds word: String) -> Bool {
    if sample.name.lowercased().contains(word) || Condition(sample).text.contains(word)
      || word == String(sample.id.domid)
    {
      return true
    }
    let facts = sample.facts
    if [facts.osName, facts.ipv4, facts.ipv6].contains(where: {
      $0?.lowercased().contains(word) ?? false
    }) {
      return true
    }
    return word.utf8.count >= 8 && sample.id.uuid.description.hasPrefix(word)
  }
}

extension Filter.Comparison {
  func holds(_ value: Int64, _ operand: Int64) -> Bool {
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
