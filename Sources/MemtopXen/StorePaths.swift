import Glibc
import MemtopCore

/// A set of `StoreKey`s.
struct StoreKeySet: Equatable, Sendable {
  var bits: UInt32

  static let none = StoreKeySet(bits: 0)
  static let all = StoreKey.allCases.reduce(none) { $0.union(StoreKeySet($1)) }

  init(bits: UInt32) { self.bits = bits }
  init(_ key: StoreKey) { bits = 1 << UInt32(key.rawValue) }

  var isEmpty: Bool { bits == 0 }
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

/// What a watch event's path means, found without making a String of it.
///
/// A guest chooses most of these paths and may send thousands a second.
struct StorePaths: Sendable {
  /// What changed: an event on a directory stands for all keys below it, since removing it is
  /// announced for the directory only.
  struct Change: Equatable {
    var domid: UInt16
    var keys: StoreKeySet
    /// A report key itself was written.
    var isReport: Bool
  }

  private struct Entry {
    var path: [UInt8]
    var keys: StoreKeySet
    var isReport: Bool
  }

  static let domains: StaticString = "/local/domain/"
  /// Domids from here on are Xen's own (DOMID_FIRST_RESERVED in xen.h).
  static let domidLimit = 0x7FF0

  private let entriesByLength: [[Entry]]

  init() {
    var entries: [[Entry]] = []
    func add(_ path: [UInt8], _ key: StoreKey, isReport: Bool) {
      while entries.count <= path.count { entries.append([]) }
      if let index = entries[path.count].firstIndex(where: { $0.path == path }) {
        let keys = entries[path.count][index].keys
        entries[path.count][index].keys = keys.union(StoreKeySet(key))
      } else {
        entries[path.count].append(
          Entry(path: path, keys: StoreKeySet(key), isReport: isReport))
      }
    }
    for key in StoreKey.allCases {
      let path = Array(key.path.utf8)
      add(path, key, isReport: key.isReport)
      for (index, byte) in path.enumerated() where byte == UInt8(ascii: "/") {
        add(Array(path[..<index]), key, isReport: false)
      }
    }
    entriesByLength = entries
  }

  /// nil for a path on which nothing of memtop's depends.
  func change(_ path: UnsafePointer<CChar>) -> Change? {
    let prefix = Self.domains.utf8CodeUnitCount
    guard Self.starts(path, with: Self.domains) else { return nil }
    var rest = path + prefix
    guard let domid = Self.domid(&rest) else { return nil }
    if rest.pointee == 0 { return Change(domid: domid, keys: .all, isReport: false) }
    guard rest.pointee == CChar(bitPattern: UInt8(ascii: "/")) else { return nil }
    return entry(rest + 1).map { Change(domid: domid, keys: $0.keys, isReport: $0.isReport) }
  }

  /// Is it squeezed's, at which the owner of the targets shows?
  func isOwner(_ path: UnsafePointer<CChar>) -> Bool { Self.starts(path, with: "/squeezed") }

  private static func starts(_ path: UnsafePointer<CChar>, with prefix: StaticString) -> Bool {
    prefix.utf8Start.withMemoryRebound(to: CChar.self, capacity: prefix.utf8CodeUnitCount) {
      strncmp(path, $0, prefix.utf8CodeUnitCount) == 0
    }
  }

  private func entry(_ path: UnsafePointer<CChar>) -> Entry? {
    let length = strnlen(path, entriesByLength.count)
    guard length < entriesByLength.count else { return nil }
    return entriesByLength[length].first { memcmp($0.path, path, length) == 0 }
  }

  private static func domid(_ path: inout UnsafePointer<CChar>) -> UInt16? {
    var domid = 0
    let start = path
    while case let digit = UInt8(bitPattern: path.pointee) &- UInt8(ascii: "0"), digit < 10 {
      domid = domid * 10 + Int(digit)
      guard domid < domidLimit else { return nil }
      path += 1
    }
    return path == start ? nil : UInt16(domid)
  }
}

/// The paths of one domain's keys as C strings, written over each other in one buffer.
struct StorePathBuffer: ~Copyable {
  private let buffer: UnsafeMutablePointer<CChar>
  private let keyPaths: [[CChar]]
  private var prefixLength = 0

  init() {
    keyPaths = StoreKey.allCases.map { key in
      key.path.utf8.map { CChar(bitPattern: $0) } + [0]
    }
    let longest = keyPaths.reduce(0) { max($0, $1.count) }
    buffer = .allocate(capacity: StorePaths.domains.utf8CodeUnitCount + 6 + longest)
  }

  deinit { buffer.deallocate() }

  mutating func enter(_ domid: UInt16) {
    prefixLength = StorePaths.domains.utf8CodeUnitCount
    memcpy(buffer, StorePaths.domains.utf8Start, prefixLength)
    var power: UInt16 = 1
    while domid / power >= 10 { power *= 10 }
    while power > 0 {
      append(UInt8(ascii: "0") + UInt8(domid / power % 10))
      power /= 10
    }
    append(UInt8(ascii: "/"))
  }

  private mutating func append(_ byte: UInt8) {
    buffer[prefixLength] = CChar(bitPattern: byte)
    prefixLength += 1
  }

  /// Valid until the next call.
  func path(_ key: StoreKey) -> UnsafePointer<CChar> {
    let path = keyPaths[Int(key.rawValue)]
    memcpy(buffer + prefixLength, path, path.count)
    return UnsafePointer(buffer)
  }
}
