/// An amount of memory in bytes; negative values are differences.
public struct Bytes: Quantity {
  /// How many bytes.
  public var count: Int64

  /// An amount of so many bytes.
  @inlinable public init(_ count: Int64) { self.count = count }
  @inlinable public init(units: Int64) { count = units }
  @inlinable public var units: Int64 { count }

  /// `n` KiB, of 1,024 bytes each.
  @inlinable public static func kib(_ n: Int64) -> Bytes { Bytes(1 << 10) * n }
  /// `n` MiB, of 1,024 KiB each.
  @inlinable public static func mib(_ n: Int64) -> Bytes { Bytes(1 << 20) * n }
  /// `n` GiB, of 1,024 MiB each.
  @inlinable public static func gib(_ n: Int64) -> Bytes { Bytes(1 << 30) * n }
  /// x86 pages of 4 KiB, the unit of `xc_domaininfo_t`.
  @inlinable public static func pages(_ n: Int64) -> Bytes { Bytes(1 << 12) * n }

  /// Whole KiB, rounded down; the unit of memory sizes in xenstore.
  @inlinable public var kib: Int64 { count >> 10 }
  /// Whole MiB, rounded down.
  @inlinable public var mib: Int64 { count >> 20 }
}

extension Bytes {
  /// The smallest amount of memory that matters to a domain of this size: max(16 MiB, 1/32 of it).
  ///
  /// Advice leaves smaller differences alone, and a guest with less than this available cannot take
  /// even the next usual step of its demand.
  var leastStep: Bytes { max(.mib(16), self / 32) }
}
