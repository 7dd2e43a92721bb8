/// Which domains a section of a policy is about: a name or uuid in which `*` stands for any
/// characters and `?` for one.
public struct DomainPattern: Hashable, Sendable, CustomStringConvertible {
  public let description: String
  private let bytes: [UInt8]
  /// In lower case; nil where it can match no uuid.
  private let ofUUID: [UInt8]?
  private let matchesAll: Bool

  private static let star = UInt8(ascii: "*")
  private static let any = UInt8(ascii: "?")
  private static let uuidLength = 36

  public init(_ pattern: String) {
    description = pattern
    bytes = Array(pattern.utf8)
    matchesAll = bytes == [Self.star]
    let isLong = bytes.contains(Self.star) || bytes.count == Self.uuidLength
    let isShort = bytes.count { $0 != Self.star } <= Self.uuidLength
    ofUUID =
      isLong && isShort && bytes.allSatisfy(Self.mayBeOfUUID)
      ? bytes.map { (65...70).contains($0) ? $0 + 32 : $0 } : nil
  }

  /// A name is compared as it is shown (escaped), a uuid in lower case.
  public func matches(_ id: DomainID, name: String) -> Bool {
    if matchesAll { return true }
    var name = name
    if name.utf8.withContiguousStorageIfAvailable({ Self.matches(bytes, $0) })
      ?? name.withUTF8({ Self.matches(bytes, $0) })
    {
      return true
    }
    guard let ofUUID else { return false }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.uuidLength) { text in
      id.uuid.write(to: text)
      return Self.matches(ofUUID, UnsafeBufferPointer(text))
    }
  }

  private static func mayBeOfUUID(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...70, 97...102, UInt8(ascii: "-"), star, any: true
    default: false
    }
  }

  /// Greedy, with one step back to the last `*`: time is at most the product of both lengths.
  private static func matches(_ pattern: [UInt8], _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    pattern.withUnsafeBufferPointer { pattern in
      var (place, at) = (0, 0)
      var last: (place: Int, at: Int)?
      while at < text.count {
        if place < pattern.count, pattern[place] == star {
          last = (place, at)
          place += 1
        } else if place < pattern.count, pattern[place] == any || pattern[place] == text[at] {
          place += 1
          at += 1
        } else if let before = last {
          last = (before.place, before.at + 1)
          (place, at) = (before.place + 1, before.at + 1)
        } else {
          return false
        }
      }
      return pattern[place...].allSatisfy { $0 == star }
    }
  }
}
