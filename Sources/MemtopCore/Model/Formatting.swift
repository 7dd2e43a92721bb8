/// How memtop writes an amount for people (a rate: `shortRate`): binary units, at most four columns and a unit.
extension Bytes {
  /// Three significant digits and a unit: "0", "512K", "96.0M", "1.20G", "9.75G", "48.2G", "1023M".
  ///
  /// Five columns at most; negative amounts carry a "-" beside.
  package var short: String { String { appendShort(to: &$0) } }

  func appendShort(to text: inout TextWriter) {
    if count == 0 { return text.append(UInt8(ascii: "0")) }
    if count < 0 {
      text.append(UInt8(ascii: "-"))
      return magnitude.appendShort(to: &text)
    }
    if count < 1024 { return Self.append(count, "B", to: &text) }
    // Whole KiB and MiB: fractions of them move too much to be read.
    let kib = Self.scaled(count, 1, 10)
    if kib < 1024 { return Self.append(kib, "K", to: &text) }
    let mib = Self.scaled(count, 1, 20)
    if mib < 1024 { return Self.append(mib, "M", to: &text) }
    for (shift, letter) in Self.large where appendShort(of: shift, letter, to: &text) { return }
  }

  private static let large: [(shift: Int64, letter: Unicode.Scalar)] = [
    (30, "G"), (40, "T"), (50, "P"), (60, "E"),
  ]

  /// Three digits of a large unit; false where it has more.
  private func appendShort(of shift: Int64, _ letter: Unicode.Scalar, to text: inout TextWriter)
    -> Bool
  {
    let hundredths = Self.scaled(count, 100, shift)
    let tenths = Self.scaled(count, 10, shift)
    let whole = Self.scaled(count, 1, shift)
    if hundredths < 1000 {
      text.appendDecimal(hundredths / 100)
      text.append(UInt8(ascii: "."))
      if hundredths % 100 < 10 { text.append(UInt8(ascii: "0")) }
      text.appendDecimal(hundredths % 100)
    } else if tenths < 1000 {
      text.appendTenths(tenths)
    } else if whole < 1024 {
      text.appendDecimal(whole)
    } else {
      return false
    }
    text.append(UInt8(ascii: letter))
    return true
  }

  private static func append(_ number: Int64, _ letter: Unicode.Scalar, to text: inout TextWriter) {
    text.appendDecimal(number)
    text.append(UInt8(ascii: letter))
  }

  /// `value · factor / 2^shift`, rounded to nearest, without overflow.
  private static func scaled(_ value: Int64, _ factor: Int64, _ shift: Int64) -> Int64 {
    if shift > 40 { return scaled(value >> (shift - 40), factor, 40) }
    let whole = value >> shift
    let rest = value - whole << shift
    return whole * factor + (rest * factor + 1 << (shift - 1)) >> shift
  }
}

extension TextWriter {
  /// "1.2" for 12.
  mutating func appendTenths(_ tenths: Int64) {
    if tenths < 0 { append(UInt8(ascii: "-")) }
    let size = Int64(clamping: tenths.magnitude)
    appendDecimal(size / 10)
    append(UInt8(ascii: "."))
    appendDecimal(size % 10)
  }
}

extension Span {
  /// An age in at most four columns: "4s", "59s", "12m", "3h", "2d".
  package var short: String { String { appendShort(to: &$0) } }

  func appendShort(to text: inout TextWriter) {
    let seconds = max(0, wholeSeconds)
    let (number, letter): (Int64, Unicode.Scalar) =
      if seconds < 100 { (seconds, "s") } else if seconds < 100 * 60 {
        (seconds / 60, "m")
      } else if seconds < 100 * 3600 { (seconds / 3600, "h") } else { (seconds / 86400, "d") }
    text.appendDecimal(number)
    text.append(UInt8(ascii: letter))
  }
}

extension StringProtocol {
  /// Without the spaces around it.
  package var trimmed: String {
    var text = Substring(self)
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}

extension Bytes {
  /// Two amounts in short, or in MiB or KiB where they would look the same and are not.
  package static func apart(_ one: Bytes?, _ other: Bytes?) -> (String?, String?) {
    guard one != other, let one, let other, one.short == other.short else {
      return (one?.short, other?.short)
    }
    let isWhole = [one, other].allSatisfy { $0.count % (1 << 20) == 0 }
    func text(_ amount: Bytes) -> String {
      isWhole ? "\(amount.count >> 20)M" : "\(amount.count >> 10)K"
    }
    return (text(one), text(other))
  }
}
