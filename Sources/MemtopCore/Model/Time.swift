/// A wall-clock instant in milliseconds since the Unix epoch, UTC; it may be set back.
public struct WallTime: Hashable, Comparable, Sendable {
  public var milliseconds: Int64
  @inlinable public init(milliseconds: Int64) { self.milliseconds = milliseconds }
  @inlinable public static func < (a: WallTime, b: WallTime) -> Bool {
    a.milliseconds < b.milliseconds
  }
  @inlinable public static func + (a: WallTime, b: Span) -> WallTime {
    WallTime(milliseconds: a.milliseconds + b.milliseconds)
  }
  @inlinable public static func - (a: WallTime, b: WallTime) -> Span {
    Span(milliseconds: a.milliseconds - b.milliseconds)
  }
}

/// A steady instant in milliseconds from an arbitrary zero; it never goes back. Ages are made of these.
public struct SteadyTime: Hashable, Comparable, Sendable {
  public var milliseconds: Int64
  @inlinable public init(milliseconds: Int64) { self.milliseconds = milliseconds }
  @inlinable public static func < (a: SteadyTime, b: SteadyTime) -> Bool {
    a.milliseconds < b.milliseconds
  }
  @inlinable public static func + (a: SteadyTime, b: Span) -> SteadyTime {
    SteadyTime(milliseconds: a.milliseconds + b.milliseconds)
  }
  @inlinable public static func - (a: SteadyTime, b: SteadyTime) -> Span {
    Span(milliseconds: a.milliseconds - b.milliseconds)
  }
}

/// A length of time in milliseconds.
public struct Span: Hashable, Comparable, Sendable {
  public var milliseconds: Int64
  @inlinable public init(milliseconds: Int64) { self.milliseconds = milliseconds }
  @inlinable public static func seconds(_ n: Int64) -> Span { Span(milliseconds: n * 1000) }
  @inlinable public static func minutes(_ n: Int64) -> Span { Span(milliseconds: n * 60_000) }
  public static let zero = Span(milliseconds: 0)
  @inlinable public var wholeSeconds: Int64 { milliseconds / 1000 }
  @inlinable public static func < (a: Span, b: Span) -> Bool { a.milliseconds < b.milliseconds }
  @inlinable public static func + (a: Span, b: Span) -> Span {
    Span(milliseconds: a.milliseconds + b.milliseconds)
  }
  @inlinable public static func * (a: Span, n: Int64) -> Span {
    Span(milliseconds: a.milliseconds * n)
  }
}
