import MemtopCore

/// Reads what is typed for a filter.
enum FilterParser {
  private enum Token: Hashable {
    case or
    case not
    case word(String)
    case comparison(Filter.Comparison)
  }

  /// - Returns: none where nothing is typed.
  static func alternatives(of text: String) throws(Filter.Problem) -> [[Filter.Part]] {
    let tokens = tokens(of: text)
    guard !tokens.isEmpty else { return [] }
    var alternatives: [[Filter.Part]] = []
    for tokens in tokens.split(separator: .or, omittingEmptySubsequences: false) {
      guard !tokens.isEmpty else { throw lonelyOr }
      alternatives.append(try parts(of: tokens))
    }
    return alternatives
  }

  private static let lonelyOr = Filter.Problem(
    text: "| needs a condition on each side, as in tight|stale")

  private static func parts(of tokens: ArraySlice<Token>) throws(Filter.Problem) -> [Filter.Part] {
    var rest = tokens
    var parts: [Filter.Part] = []
    while let first = rest.popFirst() { parts.append(try part(first, &rest)) }
    return parts
  }

  private static func part(
    _ first: Token, _ rest: inout ArraySlice<Token>
  ) throws(Filter.Problem) -> Filter.Part {
    switch first {
    case .word(let word): return try part(word, &rest)
    case .not:
      guard let next = rest.popFirst(), next != .not else {
        throw Filter.Problem(text: "! needs a condition after it, as in !web")
      }
      return .not(try part(next, &rest))
    case .comparison(let found):
      throw Filter.Problem(text: "\(found.rawValue) needs a field before it, as in busy>2G")
    // Alternatives are apart already.
    case .or: throw lonelyOr
    }
  }

  /// A word, and the comparison that may follow it.
  private static func part(
    _ word: String, _ rest: inout ArraySlice<Token>
  ) throws(Filter.Problem) -> Filter.Part {
    guard case .comparison(let comparison)? = rest.first else { return try bare(word) }
    rest.removeFirst()
    guard case .word(let operand)? = rest.popFirst() else {
      throw Filter.Problem(text: "\(word)\(comparison.rawValue) needs a value after it")
    }
    return try part(word, comparison, operand)
  }

  /// Words, comparisons and signs, with or without spaces round them.
  private static func tokens(of text: String) -> [Token] {
    var tokens: [Token] = []
    var word = ""
    var rest = text.lowercased()[...]
    func end() {
      if !word.isEmpty { tokens.append(.word(word)) }
      word = ""
    }
    while let character = rest.first {
      if let found = Filter.Comparison.allCases.first(where: { rest.hasPrefix($0.rawValue) }) {
        end()
        tokens.append(.comparison(found))
        rest = rest.dropFirst(found.rawValue.count)
      } else {
        switch character {
        case " ": end()
        case "|":
          end()
          tokens.append(.or)
        case "!" where word.isEmpty: tokens.append(.not)
        default: word.append(character)
        }
        rest = rest.dropFirst()
      }
    }
    end()
    return tokens
  }

  /// A word by itself, or `field:part`.
  private static func bare(_ word: String) throws(Filter.Problem) -> Filter.Part {
    let status = word.hasSuffix("?") ? String(word.dropLast()) : word
    if StatusWord.isOne(status) { return .status(status) }
    guard let colon = word.firstIndex(of: ":"), !isAddress(word) else { return .word(word) }
    let field = try field(word[..<colon])
    let text = word[word.index(after: colon)...]
    guard field.unit == .text else {
      throw Filter.Problem(text: "\(field.id.rawValue) is a number: compare it, as in busy>2G")
    }
    guard !text.isEmpty else { throw Filter.Problem(text: "\(word) needs a word after it") }
    return .contains(field, String(text))
  }

  /// "10.0.4." or "fe80::1": nothing that could be a field before a colon.
  static func isAddress(_ word: String) -> Bool {
    let marks = word.utf8.count { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") }
    guard marks > 0 else { return false }
    let digits: Set<Character> = word.contains(":") ? Set("0123456789abcdef:.") : Set("0123456789.")
    return word.allSatisfy(digits.contains)
  }

  private static func field(_ name: some StringProtocol) throws(Filter.Problem) -> Field {
    guard let field = Field.named(name) else {
      throw Filter.Problem(text: "\(name) is not a field")
    }
    guard !field.isDrawing else { throw Filter.Problem(text: "\(name) has no values to compare") }
    return field
  }

  private static func part(
    _ name: String, _ comparison: Filter.Comparison, _ operand: String
  ) throws(Filter.Problem) -> Filter.Part {
    let field = try field(name)
    guard field.unit == .text else {
      guard Field.named(operand) == nil else {
        throw Filter.Problem(text: "a field can only be compared with a number")
      }
      return .compare(field, comparison, try FilterNumber.operand(operand, field))
    }
    guard comparison == .equal || comparison == .not else {
      throw Filter.Problem(text: "\(name) is text: use \(name)=, \(name)!= or \(name):")
    }
    guard StatusWord.isPossible(operand, of: field.id) else {
      let values = StatusWord.values(of: field.id).joined(separator: ", ")
      throw Filter.Problem(text: "\(name) cannot be \(operand); use \(values)")
    }
    return .isText(field, operand, wanted: comparison == .equal)
  }
}

/// Numbers in filters: "2G", "1.5G", "50%", "5m".
enum FilterNumber {
  static func operand(_ text: String, _ field: Field) throws(Filter.Problem) -> Filter.Operand {
    let number = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
    let unit = String(text.dropFirst(number.count))
    guard let thousandths = SizeExpression.thousandths(number) else { throw problem(text, field) }
    if unit == "%", field.unit == .bytes { return .share(thousandths / 10) }
    // A bare number would be bytes, which is never meant: what is typed for a target needs a unit, too.
    let needsUnit = (field.unit == .bytes || field.unit == .rate) && thousandths != 0
    guard !unit.isEmpty || !needsUnit, let scale = scale(unit, field.unit) else {
      throw problem(text, field)
    }
    let (product, overflow) = thousandths.multipliedReportingOverflow(by: scale)
    guard !overflow else { throw problem(text, field) }
    return .number(product / 1000)
  }

  /// How much of a field's unit this one is.
  private static func scale(_ unit: String, _ fieldUnit: FieldUnit) -> Int64? {
    switch fieldUnit {
    case .bytes, .rate: unit.isEmpty ? 1 : SizeExpression.shift(of: unit).map { 1 << $0 }
    case .seconds: unit.isEmpty ? 1 : seconds(unit)
    case .percent: unit.isEmpty || unit == "%" ? 100 : nil
    case .count: unit.isEmpty ? 1 : nil
    case .text, .drawing: nil
    }
  }

  /// Ages are in whole seconds.
  private static func seconds(_ unit: String) -> Int64? {
    Span.units.first { $0.name == unit && $0.length >= 1000 }.map { $0.length / 1000 }
  }

  private static func problem(_ text: String, _ field: Field) -> Filter.Problem {
    let kind =
      switch field.unit {
      case .bytes: "an amount, such as 512M or 50%"
      case .rate: "a rate, such as 512K"
      case .seconds: "a time, such as 5m"
      case .percent: "a percentage, such as 10%"
      case .count, .text, .drawing: "a number"
      }
    return Filter.Problem(text: "\(text) is not \(kind)")
  }
}
