import MemtopCore

/// The numbers of a row's line, and what they make of the row before.
enum StreamRow {
  /// Takes a decimal number from the front; nil where there is none, or a larger one than there can be.
  static func number(_ rest: inout ArraySlice<UInt8>) -> Int64? {
    let digits = rest.prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
    rest = rest[digits.endIndex...]
    return Int64(String(decoding: digits, as: UTF8.self))
  }

  /// nil is unknown.
  static func growth(_ rest: inout ArraySlice<UInt8>) -> Int64? {
    if rest.first == StreamFormat.missing {
      rest.removeFirst()
      return nil
    }
    let value = number(&rest)
    guard rest.first == StreamFormat.kib else { return value }
    rest.removeFirst()
    return value.flatMap { (-Bounds.amount...Bounds.amount).contains($0) ? $0 << 10 : nil }
  }

  /// What is beyond all bounds is unknown.
  static func sum(_ old: Int64, _ growth: Int64?, _ column: SampleRow.Column) -> Int64 {
    guard let growth else { return SampleRow.missing }
    let sum = (old == SampleRow.missing ? 0 : old) &+ growth
    let most: Int64 =
      switch column.meaning {
      case .amount, .rate: Bounds.amount
      case .time: Bounds.time
      case .share: 10_000
      case .code: 1000
      case .bits: .max
      }
    return sum >= -most && sum <= most ? sum : SampleRow.missing
  }
}
