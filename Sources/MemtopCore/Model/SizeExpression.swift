/// What an operator types for a target: `512M`, `2G`, `+10%`, `-256M`, `max`, `busy+512M`.
package struct SizeExpression: Hashable, Sendable {
  private enum Base: Hashable, Sendable { case zero, present, busy, max }
  private enum Term: Hashable, Sendable {
    case amount(Bytes)
    /// Of the base, in thousandths of a percent.
    case share(thousandths: Int64)
  }

  private let text: String
  private let base: Base
  private let sign: Int64
  private let term: Term

  /// The largest amount that can be typed: 4 PiB.
  private static let most = Bytes.kib(ReportText.most)

  /// Reads a size as operators type it: "2G", "+10%", "busy+512M".
  ///
  /// - Throws: `SizeError` with the text, and what is wrong with it.
  package init(parsing text: String) throws(SizeError) {
    self.text = text
    let word = try Self.word(text)
    if word == "max" || word == "busy" {
      (base, sign, term) = (word == "max" ? .max : .busy, 1, .amount(.zero))
      return
    }
    var rest = Substring(word)
    var base = Base.zero
    for (name, named) in [("max", Base.max), ("busy", .busy)] where word.hasPrefix(name) {
      rest = rest.dropFirst(name.count)
      base = named
    }
    var sign: Int64 = 1
    if rest.first == "+" || rest.first == "-" {
      sign = rest.first == "-" ? -1 : 1
      if base == .zero { base = .present }
      rest = rest.dropFirst()
    } else if base != .zero {
      throw SizeError(text, "only + or - can follow max or busy", short: "try busy+512M")
    }
    (self.base, self.sign) = (base, sign)
    term = try Self.term(rest, whole: text, isRelative: base != .zero)
  }

  /// In lower case, without the blanks around signs and units; one between digits stays, so that
  /// "1 2G" is nothing rather than 12G.
  private static func word(_ text: String) throws(SizeError) -> String {
    let bytes = Array(text.utf8)
    guard bytes.count <= 64, bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
      throw SizeError(text, "a size looks like 512M, 2G, +10%, -256M, max, busy+512M")
    }
    let pieces = text.lowercased().split(separator: " ")
    return pieces.reduce(into: "") { word, piece in
      if word.last?.isNumber == true, piece.first?.isNumber == true { word += " " }
      word += piece
    }
  }

  /// A plain amount, such as `4G`.
  package static func amount(parsing text: String) throws(SizeError) -> Bytes {
    let expression: SizeExpression
    do throws(SizeError) {
      expression = try SizeExpression(parsing: text)
    } catch {
      throw error.isOfAmount
        ? SizeError(text, error.reason, short: shortAmount) : noAmount(text)
    }
    guard case .amount(let amount) = expression.term, expression.base == .zero, amount > .zero
    else { throw noAmount(text) }
    return amount
  }

  private static func noAmount(_ text: String) -> SizeError {
    SizeError(text, "give an amount, such as 4G", short: shortAmount)
  }

  private static let shortAmount = "try 4G"

  /// The SIZE meant for `sample`, in whole MiB, rounded up: a guest is not short by rounding.
  ///
  /// - Parameter isExact: it is not rounded, where it was agreed to the KiB.
  /// - Throws: `SizeError` where the domain lacks what it is counted from, or the size is not above zero or
  ///   too large.
  package func resolve(for sample: DomainSample, isExact: Bool = false) throws(SizeError) -> Bytes {
    let start = try start(sample)
    let change: Bytes
    switch term {
    case .amount(let amount): change = amount
    case .share(let thousandths):
      change = start.scaled(thousandths, over: 100_000)
    }
    let size = start + change * sign
    guard size > .zero, size <= Self.most else {
      throw SizeError(
        text, "\(sample.name) would have \(size.short)", short: "it would have \(size.short)")
    }
    if isExact { return size }
    let rounded = size.rounded(upTo: .mib(1))
    // static-max need not be whole MiB: `max` is exactly that, and rounding never goes beyond it.
    guard let most = sample.staticMax, size <= most else { return rounded }
    return min(rounded, most)
  }

  private func start(_ sample: DomainSample) throws(SizeError) -> Bytes {
    switch base {
    case .zero: return .zero
    case .present: return sample.size ?? sample.allocation
    case .busy:
      guard let busy = sample.busy else {
        throw SizeError(
          text, "\(sample.name) does not report its busy memory", short: "busy is not reported")
      }
      return sample.size(holding: busy)
    case .max:
      guard let most = sample.staticMax else {
        throw SizeError(text, "\(sample.name) has no static-max", short: "no static-max")
      }
      return most
    }
  }

  /// A number that large is of bytes, as csv and json have them.
  private static func hint(withoutUnit number: some StringProtocol) -> String {
    guard let bytes = Int64(number), bytes >= 1 << 20 else {
      // Few of them may be GiB as well.
      return number.utf8.count < 3
        ? "give a unit: \(number)G or \(number)M" : "give a unit, such as \(number)M"
    }
    return "give a unit: as bytes, this is \(bytes >> 10)K"
  }

  /// "10,5G"; a comma before three digits may separate thousands.
  private static func hint(withComma whole: String) -> String {
    let parts = whole.split(separator: ",", omittingEmptySubsequences: false)
    let digits = parts.dropFirst().first?.prefix { ("0"..."9").contains($0) } ?? ""
    guard parts.count == 2, !parts[0].contains("."), (1...2).contains(digits.count) else {
      return "write it without a comma"
    }
    let pointed = SafeText.escaped(Array(parts.joined(separator: ".").utf8), limit: 20)
    return "write \(pointed) with a point"
  }

  private static func term(
    _ digits: Substring, whole: String, isRelative: Bool
  ) throws(SizeError) -> Term {
    let number = digits.prefix { ($0 >= "0" && $0 <= "9") || $0 == "." }
    guard let permille = thousandths(number) else {
      throw SizeError(whole, "a size looks like 512M, 2G, +10%, -256M, max, busy+512M")
    }
    guard permille > 0 || isRelative else {
      throw SizeError(whole, "it must be more than 0", short: "more than 0", isOfAmount: true)
    }
    let unit = digits.dropFirst(number.count)
    if unit == "%" {
      guard isRelative, permille <= 10_000_000 else {
        throw SizeError(whole, "a percentage is a change, such as +10%", short: "try +10%")
      }
      return .share(thousandths: permille)
    }
    guard let shift = shift(of: unit) else {
      if unit.first == "," {
        throw SizeError(whole, hint(withComma: whole), isOfAmount: !isRelative)
      }
      guard unit.isEmpty else { throw SizeError(whole, "units are K, M, G, T and %") }
      throw SizeError(whole, hint(withoutUnit: number), isOfAmount: !isRelative)
    }
    let (product, overflow) = permille.multipliedReportingOverflow(by: Int64(1) << shift)
    guard !overflow, Bytes(product / 1000) <= most else {
      throw SizeError(
        whole, "that is larger than any host", short: "too large", isOfAmount: !isRelative)
    }
    return .amount(Bytes(product / 1000))
  }

  /// The power of two that a unit stands for: K, KB and KiB are 10, in lower case.
  package static func shift(of unit: some StringProtocol) -> Int64? {
    switch unit {
    case "k", "kb", "kib": 10
    case "m", "mb", "mib": 20
    case "g", "gb", "gib": 30
    case "t", "tb", "tib": 40
    default: nil
    }
  }

  /// "1.5" → 1500; at most three places behind the point and twelve before it.
  package static func thousandths(_ text: Substring) -> Int64? {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 1 || parts.count == 2, parts[0].count <= 12,
      let whole = ReportText.number(parts[0])
    else { return nil }
    guard parts.count == 2 else { return whole * 1000 }
    guard parts[1].count <= 3, var places = ReportText.number(parts[1]) else { return nil }
    for _ in parts[1].count..<3 { places *= 10 }
    return whole * 1000 + places
  }
}

/// Why a size could not be read or does not fit.
package struct SizeError: Error, Hashable, Sendable, CustomStringConvertible {
  private let text: String
  /// Without the typed text, for where that is shown already.
  package let reason: String
  /// The reason for a narrow screen.
  package let short: String
  /// Whether the reason also helps where only an amount can be given.
  let isOfAmount: Bool

  init(
    _ text: String, _ reason: String, short: String = "try 2G or +10%", isOfAmount: Bool = false
  ) {
    self.text = text
    self.reason = reason
    self.short = short
    self.isOfAmount = isOfAmount
  }

  /// One line, with what was typed.
  package var description: String {
    "\"\(SafeText.escaped(Array(text.utf8), limit: 40))\": \(reason)"
  }
}
