import MemtopCore

/// What `memtop serve` writes: the host as a recording has it, but as lines of text, each sample when it
/// is taken. docs/decisions/hosts.md describes it.
///
/// A line is one letter and what belongs to it; a sample is everything up to its `s`.
enum StreamFormat {
  static let version = 1
  static let greeting = StreamGreeting.word

  /// The first letter of a line.
  enum Line: UInt8 {
    /// Numbers of the host; only where one has changed.
    case host = 0x68  // h
    /// Who stands at a place.
    case identity = 0x69  // i
    /// Numbers of a domain that have changed.
    case row = 0x64  // d
    /// Nobody stands at a place any more.
    case gone = 0x78  // x
    case event = 0x65  // e
    /// The sample is complete: its times, and what is wrong with it.
    case sample = 0x73  // s
  }

  /// Longer lines are refused by the reader.
  static let longestLine = 8192
  /// Places for domains; a host has no more domids.
  static let mostPlaces = 0x7FF0
  static let tab = UInt8(ascii: "\t")
  static let newline = UInt8(ascii: "\n")

  /// The columns of a row, by the names that recordings have for them.
  static let columns: [(name: String, column: SampleRow.Column)] = SampleRow.Column.allCases
    .compactMap { column in
      (column.number?.sql ?? column.sql).map { ($0, column) }
    }

  /// The letter that stands for the column at this place of `columns`; beyond 52, with a dot before it.
  static func code(_ place: Int) -> [UInt8] {
    let letter = letters[place % letters.count]
    return place < letters.count ? [letter] : [UInt8(ascii: "."), letter]
  }

  static let mostColumns = 2 * letters.count
  private static let letters =
    Array(UInt8(ascii: "a")...UInt8(ascii: "z"))
    + Array(UInt8(ascii: "A")...UInt8(ascii: "Z"))

  /// The place that a letter stands for.
  static func place(_ letter: UInt8, dotted: Bool) -> Int? {
    letters.firstIndex(of: letter).map { $0 + (dotted ? letters.count : 0) }
  }

  /// After a column's letter: the number is unknown now.
  static let missing = UInt8(ascii: "!")
  /// After a number: it is in KiB.
  static let kib = UInt8(ascii: "~")
}

/// The first word of a stream.
package enum StreamGreeting {
  package static let word = "memtop-stream"
}

/// The fields of a line, one after the other, as text that was made safe.
struct StreamFields {
  private var rest: ArraySlice<UInt8>
  private var isAtEnd = false

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// nil where it is empty, or there are no more.
  mutating func bytes() -> ArraySlice<UInt8>? {
    guard !isAtEnd else { return nil }
    let field = rest.prefix { $0 != StreamFormat.tab }
    isAtEnd = field.endIndex == rest.endIndex
    rest = rest[field.endIndex...].dropFirst()
    return field.isEmpty ? nil : field
  }

  mutating func text(_ limit: Int) -> String? {
    bytes().map { Identity.safe(String(decoding: $0, as: UTF8.self), limit) }
  }

  mutating func number() -> Int64? {
    bytes().flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
  }

  mutating func amount() -> Bytes? {
    number().flatMap { (0...Bounds.amount).contains($0) ? Bytes($0) : nil }
  }

  mutating func domid() -> UInt16? {
    number().flatMap { UInt16(exactly: $0) }.flatMap { $0 < DomainID.firstReserved ? $0 : nil }
  }

  mutating func wallTime() -> WallTime? {
    number().flatMap { (0...Bounds.time).contains($0) ? WallTime(milliseconds: $0) : nil }
  }
}

/// Why a stream cannot be read: after the name of its host.
package struct StreamError: Error, Hashable, Sendable {
  package let reason: String
  init(_ reason: String) { self.reason = reason }
}

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
