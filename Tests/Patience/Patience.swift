/// How long a test waits for what another process or thread does, in time that the test itself had.
///
/// Tests share a few threads, and machines stall: one that slept for a minute looks once, and would
/// give up on something that it has not let happen, such as output that it must read first. So a
/// pause between two looks counts as a quarter of a second at most.
public struct Patience {
  private var left: Duration
  private var lastLook = ContinuousClock.now

  private static let longestPause = Duration.milliseconds(250)

  public init(seconds: Double) { left = .seconds(seconds) }

  /// Whether to look again; asked once after each look.
  public mutating func lasts() -> Bool {
    let now = ContinuousClock.now
    left -= min(now - lastLook, Self.longestPause)
    lastLook = now
    return left > .zero
  }
}
