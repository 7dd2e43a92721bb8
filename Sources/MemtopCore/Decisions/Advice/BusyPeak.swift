/// The highest that a guest's busy memory has been lately: what was wanted a moment ago may be
/// wanted again, so that memory is taken back only as the peak fades.
public struct BusyPeak: Hashable, Sendable {
  /// Of the distance to what is busy now, what is left after this is a third (1/e).
  public static let fading = Span.minutes(10)

  public private(set) var value: Bytes
  private var at: SteadyTime

  public init(_ busy: Bytes, at now: SteadyTime) {
    value = busy
    at = now
  }

  /// A report has come.
  public mutating func note(_ busy: Bytes, at now: SteadyTime) {
    let passed = min(max(.zero, now - at), Self.fading)
    at = now
    guard busy < value else {
      value = busy
      return
    }
    // A straight line for each step: reports come much more often than it fades.
    value -= (value - busy) / Self.fading.units * passed.units
  }
}
