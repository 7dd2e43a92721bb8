import Glibc
import MemtopCore

/// Which keys were written since they were last read: all that is kept of the watch events.
///
/// Its size does not depend on how much the guests write: a bit for each key of each possible domid
/// and a count. The pages of domids that never appear are never touched.
struct DirtyKeys: ~Copyable {
  struct Pending: Equatable {
    var keys = StoreKeySet.none
    /// Writes of report keys seen.
    var reports = ReportWrites()
  }

  private let pending: UnsafeMutablePointer<Pending>
  /// A bit for each domid that has something pending.
  private let marked: UnsafeMutablePointer<UInt64>
  /// Every domid that there can be: whoever names one need not look whether it is Xen's own.
  static let limit = Int(UInt16.max) + 1
  private static let words = (limit + 63) / 64

  init() {
    // calloc gives pages that cost nothing until they are written.
    pending = Self.zeroed(Self.limit)
    marked = Self.zeroed(Self.words)
  }

  deinit {
    free(pending)
    free(marked)
  }

  private static func zeroed<T>(_ count: Int) -> UnsafeMutablePointer<T> {
    guard let memory = calloc(count, MemoryLayout<T>.stride) else {
      fatalError("out of memory")
    }
    return memory.bindMemory(to: T.self, capacity: count)
  }

  /// - Parameter report: of whose reports a key was written; nil where it was none.
  mutating func mark(_ domid: UInt16, _ keys: StoreKeySet, report: ReportGroup?) {
    let index = Int(domid)
    pending[index].keys = pending[index].keys.union(keys)
    if let report { pending[index].reports[report] += 1 }
    marked[index / 64] |= 1 << UInt64(index % 64)
  }

  /// What is pending for a domain; nothing is afterwards.
  mutating func take(_ domid: UInt16) -> Pending {
    let index = Int(domid)
    marked[index / 64] &= ~(1 << UInt64(index % 64))
    defer { pending[index] = Pending() }
    return pending[index]
  }

  /// What was counted before the watch was lost: what is read now may have been written at any time since.
  mutating func forgetReports() {
    var domid = next(from: 0)
    while let index = domid.map({ Int($0) }) {
      pending[index].reports = ReportWrites()
      domid = next(from: index + 1)
    }
  }

  /// The first domid from `start` on that has something pending.
  func next(from start: Int) -> UInt16? {
    guard start < Self.limit else { return nil }
    var word = start / 64
    var bits = marked[word] & (~0 << UInt64(start % 64))
    while bits == 0 {
      word += 1
      guard word < Self.words else { return nil }
      bits = marked[word]
    }
    return UInt16(word * 64 + bits.trailingZeroBitCount)
  }
}

/// A set of `StoreKey`s.
struct StoreKeySet: Equatable, Sendable {
  private(set) var bits: UInt64

  static let none = StoreKeySet(bits: 0)
  static let all = StoreKey.allCases.reduce(none) { $0.union(StoreKeySet($1)) }

  private init(bits: UInt64) { self.bits = bits }
  init(_ key: StoreKey) { bits = 1 << UInt64(key.rawValue) }
  init(_ values: StoreValues) { bits = values.reports.present | values.settled.present }

  var count: Int { bits.nonzeroBitCount }
  func contains(_ key: StoreKey) -> Bool { bits & StoreKeySet(key).bits != 0 }
  func union(_ other: StoreKeySet) -> StoreKeySet { StoreKeySet(bits: bits | other.bits) }

  func subtracting(_ other: StoreKeySet) -> StoreKeySet { StoreKeySet(bits: bits & ~other.bits) }

  /// Removes and returns the first key.
  mutating func popFirst() -> StoreKey? {
    guard bits != 0 else { return nil }
    let key = StoreKey(rawValue: UInt8(bits.trailingZeroBitCount))
    bits &= bits - 1
    return key
  }
}
