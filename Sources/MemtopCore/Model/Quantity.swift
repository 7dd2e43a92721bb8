/// A whole number of some unit: an amount of memory, a length of time.
///
/// Such numbers come from guests, files and keyboards. What would not fit ends at the largest or the
/// smallest quantity there is: arithmetic on them never ends the program.
public protocol Quantity: AdditiveArithmetic, Comparable, Hashable, Sendable {
  /// How many of its smallest unit.
  var units: Int64 { get }
  init(units: Int64)
}

extension Quantity {
  /// Zero of its units.
  @inlinable public static var zero: Self { Self(units: 0) }
  /// The same without its sign.
  @inlinable public var magnitude: Self { units < 0 ? -self : self }

  @inlinable public static func < (a: Self, b: Self) -> Bool { a.units < b.units }
  @inlinable public static func + (a: Self, b: Self) -> Self {
    Self(units: a.units.addingClamped(b.units))
  }
  @inlinable public static func - (a: Self, b: Self) -> Self {
    Self(units: a.units.subtractingClamped(b.units))
  }
  @inlinable public static prefix func - (a: Self) -> Self { zero - a }
  @inlinable public static func * (a: Self, n: Int64) -> Self {
    Self(units: a.units.multipliedClamped(by: n))
  }
  /// By zero it is the largest quantity, or the smallest.
  @inlinable public static func / (a: Self, n: Int64) -> Self { a.scaled(1, over: n) }

  /// `self × numerator ÷ denominator`, rounded towards zero; only the outcome must fit.
  @inlinable public func scaled(_ numerator: Int64, over denominator: Int64) -> Self {
    Self(units: units.scaled(numerator, over: denominator))
  }

  /// `self × factor`, rounded towards zero; what is not a number counts as zero.
  @inlinable public func scaled(by factor: Double) -> Self {
    Self(units: Int64(clamping: Double(units) * factor))
  }

  /// How many times `other` it is.
  @inlinable public func ratio(to other: Self) -> Double { Double(units) / Double(other.units) }

  /// The multiple of `step` next to it, towards zero.
  public func rounded(downTo step: Self) -> Self {
    step.units > 0 ? Self(units: units - units % step.units) : self
  }

  /// The multiple of `step` next to a quantity of zero or more, away from zero.
  package func rounded(upTo step: Self) -> Self {
    (self + step - Self(units: 1)).rounded(downTo: step)
  }
}

/// Plain numbers as they are known of quantities: clamped to what fits.
extension Int64 {
  @inlinable package func addingClamped(_ other: Int64) -> Int64 {
    let (sum, isOver) = addingReportingOverflow(other)
    return isOver ? (other < 0 ? .min : .max) : sum
  }

  @inlinable package func subtractingClamped(_ other: Int64) -> Int64 {
    let (difference, isOver) = subtractingReportingOverflow(other)
    return isOver ? (other < 0 ? .max : .min) : difference
  }

  @inlinable package func multipliedClamped(by other: Int64) -> Int64 {
    let (product, isOver) = multipliedReportingOverflow(by: other)
    return isOver ? ((self < 0) == (other < 0) ? .max : .min) : product
  }

  /// `self × numerator ÷ denominator`, rounded towards zero; only the outcome must fit.
  @inlinable package func scaled(_ numerator: Int64, over denominator: Int64) -> Int64 {
    let (product, isOver) = multipliedReportingOverflow(by: numerator)
    if !isOver, denominator != 0, denominator != -1 { return product / denominator }
    return scaledWide(numerator, over: denominator)
  }

  @usableFromInline
  func scaledWide(_ numerator: Int64, over denominator: Int64) -> Int64 {
    let isNegative = ((self < 0) != (numerator < 0)) != (denominator < 0)
    let product = magnitude.multipliedFullWidth(by: numerator.magnitude)
    if product.high == 0, product.low == 0 { return 0 }
    guard product.high < denominator.magnitude else { return isNegative ? .min : .max }
    let size = denominator.magnitude.dividingFullWidth(product).quotient
    return isNegative ? Int64(exactly: -Int128(size)) ?? .min : Int64(clamping: size)
  }

  /// Rounded towards zero; what is not a number counts as zero.
  @inlinable package init(clamping number: Double) {
    if let whole = Int64(exactly: number.rounded(.towardZero)) {
      self = whole
    } else {
      self = number > 0 ? .max : number < 0 ? .min : 0
    }
  }

  /// The largest multiple of `step` that is not above it, also below zero.
  package func floored(to step: Int64) -> Int64 {
    guard step > 0 else { return self }
    let rest = self % step
    return subtractingClamped(rest < 0 ? rest + step : rest)
  }
}

extension Int {
  /// Rounded towards zero; what is not a number counts as zero.
  @inlinable package init(clamping number: Double) { self = Int(Int64(clamping: number)) }
}

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
  package var leastStep: Bytes { max(.mib(16), self / 32) }
}
