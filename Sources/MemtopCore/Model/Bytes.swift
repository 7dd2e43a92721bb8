/// An amount of memory in bytes; negative values are differences.
public struct Bytes: Hashable, Comparable, Sendable, AdditiveArithmetic {
  public var count: Int64

  @inlinable public init(_ count: Int64) { self.count = count }

  public static let zero = Bytes(0)

  @inlinable public static func kib(_ n: Int64) -> Bytes { Bytes(n << 10) }
  @inlinable public static func mib(_ n: Int64) -> Bytes { Bytes(n << 20) }
  @inlinable public static func gib(_ n: Int64) -> Bytes { Bytes(n << 30) }
  /// x86 pages of 4 KiB, the unit of `xc_domaininfo_t`.
  @inlinable public static func pages(_ n: Int64) -> Bytes { Bytes(n << 12) }

  /// Whole KiB, rounded down; the unit of every xenstore key.
  @inlinable public var kib: Int64 { count >> 10 }
  @inlinable public var mib: Int64 { count >> 20 }
  @inlinable public var magnitude: Bytes { Bytes(Swift.abs(count)) }

  @inlinable public static func < (a: Bytes, b: Bytes) -> Bool { a.count < b.count }
  @inlinable public static func + (a: Bytes, b: Bytes) -> Bytes { Bytes(a.count + b.count) }
  @inlinable public static func - (a: Bytes, b: Bytes) -> Bytes { Bytes(a.count - b.count) }
  @inlinable public static func * (a: Bytes, n: Int64) -> Bytes { Bytes(a.count * n) }
  @inlinable public static func / (a: Bytes, n: Int64) -> Bytes { Bytes(a.count / n) }
  @inlinable public static prefix func - (a: Bytes) -> Bytes { Bytes(-a.count) }

  /// The largest multiple of `step` that is not above this amount.
  public func rounded(downTo step: Bytes) -> Bytes {
    step.count > 0 ? Bytes(count - count % step.count) : self
  }
}
