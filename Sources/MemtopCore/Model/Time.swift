/// A moment in milliseconds from some zero. Moments so far apart that their distance does not fit are
/// as far apart as can be.
public protocol Instant: Comparable, Hashable, Sendable {
  var milliseconds: Int64 { get }
  init(milliseconds: Int64)
}

extension Instant {
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.milliseconds < b.milliseconds }
  @inlinable public static func + (a: Self, b: Span) -> Self {
    Self(milliseconds: a.milliseconds.addingClamped(b.milliseconds))
  }
  @inlinable public static func - (a: Self, b: Span) -> Self {
    Self(milliseconds: a.milliseconds.subtractingClamped(b.milliseconds))
  }
  @inlinable public static func - (a: Self, b: Self) -> Span {
    Span(milliseconds: a.milliseconds.subtractingClamped(b.milliseconds))
  }
}

/// A wall-clock instant in milliseconds since the Unix epoch, UTC; it may be set back.
public struct WallTime: Instant {
  /// Milliseconds since 1970-01-01 00:00 UTC.
  public var milliseconds: Int64
  /// The instant so many milliseconds after 1970-01-01 00:00 UTC.
  @inlinable public init(milliseconds: Int64) { self.milliseconds = milliseconds }
}

/// A steady instant in milliseconds from an arbitrary zero; it never goes back. Ages are made of these.
public struct SteadyTime: Instant {
  /// Milliseconds since that zero.
  public var milliseconds: Int64
  /// The instant so many milliseconds after that zero.
  @inlinable public init(milliseconds: Int64) { self.milliseconds = milliseconds }
}

/// A length of time in milliseconds.
public struct Span: Quantity {
  /// How many milliseconds; negative from a later instant to an earlier one.
  public var milliseconds: Int64
  /// A span of so many milliseconds.
  @inlinable public init(milliseconds: Int64) { self.milliseconds = milliseconds }
  @inlinable public init(units: Int64) { milliseconds = units }
  @inlinable public var units: Int64 { milliseconds }
  /// `n` seconds.
  @inlinable public static func seconds(_ n: Int64) -> Span { Span(milliseconds: 1000) * n }
  /// `n` minutes.
  @inlinable public static func minutes(_ n: Int64) -> Span { .seconds(60) * n }
  /// Whole seconds, rounded towards zero.
  @inlinable public var wholeSeconds: Int64 { milliseconds / 1000 }
}
