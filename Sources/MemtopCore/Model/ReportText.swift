/// Why a guest's report could not be read, in words for its page.
package struct UnreadableReport: Error, Hashable, Sendable, CustomStringConvertible {
  package var description: String
  init(_ description: String) { self.description = description }
}

/// Strict reading of what a guest wrote: ASCII digits and nothing else.
enum ReportText {
  /// A KiB figure above this (4 PiB) is no machine's memory; it also keeps sums from overflowing.
  static let most: Int64 = 1 << 42

  /// A part of a text that is read in place.
  typealias Word = Slice<UnsafeBufferPointer<UInt8>>

  static func isSame(_ name: [UInt8], _ word: Word) -> Bool {
    guard name.count == word.count else { return false }
    return name.indices.allSatisfy { name[$0] == word[word.startIndex + $0] }
  }

  /// A decimal number of at most 18 digits.
  static func number(_ bytes: some Collection<UInt8>) -> Int64? {
    guard !bytes.isEmpty, bytes.count <= 18 else { return nil }
    var value: Int64 = 0
    for byte in bytes {
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      value = value * 10 + Int64(byte - 0x30)
    }
    return value
  }

  /// A KiB figure; blanks and newlines around it are the writers' habit and do no harm.
  static func kib(_ bytes: [UInt8], of what: String) throws(UnreadableReport) -> Bytes {
    guard let value = number(trimmed(bytes[...])), value <= most else {
      throw UnreadableReport("\(what) is \(quoted(bytes)), not a number of KiB")
    }
    return .kib(value)
  }

  static func trimmed<Bytes: BidirectionalCollection>(_ bytes: Bytes) -> Bytes.SubSequence
  where Bytes.Element == UInt8 {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x09 }
    guard let first = bytes.firstIndex(where: { !isBlank($0) }),
      let last = bytes.lastIndex(where: { !isBlank($0) })
    else { return bytes[bytes.endIndex...] }
    return bytes[first...last]
  }

  /// What was found instead, safe to show and short.
  static func quoted(_ bytes: [UInt8]) -> String {
    "\"" + SafeText.escaped(bytes, limit: 24) + "\""
  }
}

/// Words separated by single or repeated spaces.
struct Words<Bytes: Collection>: IteratorProtocol
where Bytes.Element == UInt8, Bytes.SubSequence == Bytes {
  private var rest: Bytes
  init(_ bytes: Bytes) { rest = bytes }

  mutating func next() -> Bytes? {
    rest = rest.drop { $0 == 0x20 }
    guard !rest.isEmpty else { return nil }
    let word = rest.prefix { $0 != 0x20 }
    rest = rest[word.endIndex...]
    return word
  }
}
