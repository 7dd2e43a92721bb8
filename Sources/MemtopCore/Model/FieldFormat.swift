extension FieldValue {
  /// For people: "1.20G", "12m", "3.4%", "?" for what the guest did not say, "-" for what is not.
  package var short: String {
    if case .text(let text) = self { text } else { String { appendShort(to: &$0) } }
  }

  /// As `short`.
  package func appendShort(to text: inout TextWriter) {
    switch self {
    case .bytes(let amount): amount.appendShort(to: &text)
    case .rate(let rate): rate.appendShortRate(to: &text)
    case .seconds(let seconds): Span.seconds(seconds).appendShort(to: &text)
    case .percent(let hundredths):
      text.appendTenths(Int64(hundredths).addingClamped(5) / 10)
      text.append(UInt8(ascii: "%"))
    case .count(let number): text.appendDecimal(number)
    case .text(let word): text.append(word)
    case .unreported: text.append(UInt8(ascii: "?"))
    case .absent: text.append(UInt8(ascii: "-"))
    }
  }

  /// For csv: a bare number in the field's unit, or text; nothing where there is no value.
  package func appendCSV(to line: inout TextWriter) {
    guard case .text(let text) = self else { return appendNumber(to: &line) }
    CSV.append(text, to: &line)
  }

  /// For json: a bare number in the field's unit, a string, or null.
  package func appendJSON(to line: inout TextWriter) {
    switch self {
    case .text(let text): Self.appendJSONString(text, to: &line)
    case .unreported, .absent: line.append("null")
    case .bytes, .rate, .seconds, .percent, .count: appendNumber(to: &line)
    }
  }

  private func appendNumber(to line: inout TextWriter) {
    switch self {
    case .bytes(let amount), .rate(let amount): line.appendDecimal(amount.count)
    case .seconds(let number), .count(let number): line.appendDecimal(number)
    case .percent(let hundredths): Self.appendHundredths(hundredths, to: &line)
    case .text, .unreported, .absent: break
    }
  }

  private static func appendHundredths(_ hundredths: Int, to line: inout TextWriter) {
    if hundredths < 0 { line.append(UInt8(ascii: "-")) }
    let size = hundredths.magnitude
    line.appendDecimal(Int64(clamping: size / 100))
    line.append(UInt8(ascii: "."))
    line.append(UInt8(ascii: "0") + UInt8(size % 100 / 10))
    line.append(UInt8(ascii: "0") + UInt8(size % 10))
  }

  /// A JSON string by RFC 8259: quotes, backslashes and control characters escaped.
  private static func appendJSONString(_ text: String, to line: inout TextWriter) {
    line.append(0x22)
    for byte in text.utf8 {
      if byte == 0x22 || byte == 0x5C {
        line.append(0x5C)
        line.append(byte)
      } else if byte < 0x20 {
        line.append("\\u00")
        line.append(hexDigit(byte >> 4))
        line.append(hexDigit(byte & 15))
      } else {
        line.append(byte)
      }
    }
    line.append(0x22)
  }

  private static func hexDigit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
  }
}

extension Bytes {
  /// As `short`, with a tenth below 10M: whether a guest swaps in 1.2M or 1.9M a second matters.
  package var shortRate: String { String { appendShortRate(to: &$0) } }

  func appendShortRate(to text: inout TextWriter) {
    guard self >= .mib(1), self < .mib(10) else { return appendShort(to: &text) }
    text.appendTenths(((self * 10).count + (1 << 19)) >> 20)
    text.append(UInt8(ascii: "M"))
  }
}
