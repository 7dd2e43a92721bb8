import Glibc
import MemtopCore

/// What the path of a watch event means, found without making a String of it: a guest chooses most
/// of these paths and may send thousands a second.
enum StoreEvent: Equatable {
  /// Keys of a domain's were written or removed. An event on a directory stands for all keys below
  /// it, since removing one is announced for the directory only.
  case changed(domid: UInt16, keys: StoreKeySet, report: ReportGroup?)
  /// Something of squeezed's.
  case squeezed
  /// A watched path itself.
  case watched
  /// Nothing that memtop reads depends on it.
  case irrelevant

  static let domains: StaticString = "/local/domain"
  /// xen-api's squeezed keeps its state here (squeeze_xen.ml).
  static let squeezedPath: StaticString = "/squeezed"

  init(_ path: UnsafePointer<CChar>, _ keys: StoreKeyPaths) {
    var path = EventPath(rest: path)
    if path.skip(Self.domains) {
      self = path.isAtEnd ? .watched : Self.below(&path, keys)
    } else if path.skip(Self.squeezedPath) {
      self = path.isAtEnd ? .watched : .squeezed
    } else {
      self = .irrelevant
    }
  }

  private static func below(_ path: inout EventPath, _ keys: StoreKeyPaths) -> StoreEvent {
    guard path.skip("/"), let domid = path.domid() else { return .irrelevant }
    if path.isAtEnd { return .changed(domid: domid, keys: .all, report: nil) }
    guard path.skip("/") else { return .irrelevant }
    if let entry = keys.entry(path.rest) {
      return .changed(domid: domid, keys: entry.keys, report: entry.report)
    }
    // The directory comes into being with the first device in it, which alone is announced.
    guard path.skip("backend/") else { return .irrelevant }
    return .changed(domid: domid, keys: StoreKeySet(.backend), report: nil)
  }
}

/// What is left of a path while it is read from its start.
private struct EventPath {
  private(set) var rest: UnsafePointer<CChar>

  init(rest: UnsafePointer<CChar>) { self.rest = rest }

  var isAtEnd: Bool { rest.pointee == 0 }

  mutating func skip(_ literal: StaticString) -> Bool {
    let length = literal.utf8CodeUnitCount
    guard strnlen(rest, length) == length, memcmp(rest, literal.utf8Start, length) == 0 else {
      return false
    }
    rest += length
    return true
  }

  mutating func domid() -> UInt16? {
    var domid = 0
    let start = rest
    while case let digit = UInt8(bitPattern: rest.pointee) &- UInt8(ascii: "0"), digit < 10 {
      domid = domid * 10 + Int(digit)
      guard domid < DomainID.firstReserved else { return nil }
      rest += 1
    }
    return rest == start ? nil : UInt16(domid)
  }
}

/// Which keys a path below a domain's own stands for: the key's path and every directory above it.
struct StoreKeyPaths: Sendable {
  struct Entry: Sendable {
    /// Where its path begins in `text`.
    fileprivate let start: Int
    fileprivate(set) var keys: StoreKeySet
    /// Of the path of a report key itself, not of a directory.
    let report: ReportGroup?
  }

  static let all = StoreKeyPaths()

  /// The paths of all entries, one behind the other: found without counting references.
  private var text: [UInt8] = []
  private var entriesByLength: [[Entry]] = []

  /// The length of the longest path.
  var longest: Int { entriesByLength.count - 1 }

  init() {
    for key in StoreKey.allCases {
      let path = Array(key.path.utf8)
      add(path[...], key, report: key.group)
      for (index, byte) in path.enumerated() where byte == UInt8(ascii: "/") {
        add(path[..<index], key, report: nil)
      }
    }
  }

  private mutating func add(_ path: ArraySlice<UInt8>, _ key: StoreKey, report: ReportGroup?) {
    while entriesByLength.count <= path.count { entriesByLength.append([]) }
    let known = entriesByLength[path.count].firstIndex { text[$0.start...].starts(with: path) }
    if let known {
      let keys = entriesByLength[path.count][known].keys
      entriesByLength[path.count][known].keys = keys.union(StoreKeySet(key))
    } else {
      let entry = Entry(start: text.count, keys: StoreKeySet(key), report: report)
      entriesByLength[path.count].append(entry)
      text += path
    }
  }

  func entry(_ path: UnsafePointer<CChar>) -> Entry? {
    let length = strnlen(path, entriesByLength.count)
    guard length < entriesByLength.count else { return nil }
    return text.withUnsafeBufferPointer { text in
      entriesByLength[length].first { memcmp(text.baseAddress! + $0.start, path, length) == 0 }
    }
  }
}
