/// Which domains a section of a policy is about: a name or uuid in which `*` stands for any
/// characters and `?` for one.
public struct DomainPattern: Hashable, Sendable, CustomStringConvertible {
  public let description: String
  private let bytes: [UInt8]

  public init(_ pattern: String) {
    description = pattern
    bytes = Array(pattern.utf8)
  }

  /// A name is compared as it is shown (escaped), a uuid in lower case.
  public func matches(_ id: DomainID, name: String) -> Bool {
    if bytes == [UInt8(ascii: "*")] { return true }
    if Self.matches(bytes[...], Array(name.utf8)[...]) { return true }
    // A uuid has hyphens, and at most two wildcards make sense in it: most patterns are names.
    guard bytes.allSatisfy(Self.mayBeOfUUID) else { return false }
    let lower = bytes.map { (65...70).contains($0) ? $0 + 32 : $0 }
    return Self.matches(lower[...], Array(id.uuid.description.utf8)[...])
  }

  private static func mayBeOfUUID(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...70, 97...102, UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "?"): true
    default: false
    }
  }

  /// Greedy, with one step back to the last `*`: time is at most the product of both lengths.
  static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
    var (place, at) = (pattern.startIndex, text.startIndex)
    var star: (place: Int, at: Int)?
    while at < text.endIndex {
      if place < pattern.endIndex, pattern[place] == UInt8(ascii: "*") {
        star = (place, at)
        place += 1
      } else if place < pattern.endIndex,
        pattern[place] == UInt8(ascii: "?") || pattern[place] == text[at]
      {
        place += 1
        at += 1
      } else if let last = star {
        star = (last.place, last.at + 1)
        (place, at) = (last.place + 1, last.at + 1)
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
