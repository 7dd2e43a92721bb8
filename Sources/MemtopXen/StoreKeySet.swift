import MemtopCore

/// A set of `StoreKey`s.
struct StoreKeySet: Equatable, Sendable {
  private(set) var bits: UInt32

  static let none = StoreKeySet(bits: 0)
  static let all = StoreKey.allCases.reduce(none) { $0.union(StoreKeySet($1)) }

  private init(bits: UInt32) { self.bits = bits }
  init(_ key: StoreKey) { bits = 1 << UInt32(key.rawValue) }

  var count: Int { bits.nonzeroBitCount }
  func contains(_ key: StoreKey) -> Bool { bits & StoreKeySet(key).bits != 0 }
  func union(_ other: StoreKeySet) -> StoreKeySet { StoreKeySet(bits: bits | other.bits) }

  /// Removes and returns the first key.
  mutating func popFirst() -> StoreKey? {
    guard bits != 0 else { return nil }
    let key = StoreKey(rawValue: UInt8(bits.trailingZeroBitCount))
    bits &= bits - 1
    return key
  }
}
