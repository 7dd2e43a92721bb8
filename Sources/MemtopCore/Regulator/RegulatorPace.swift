/// How often one guest may be moved: a regulator that acts on its own echo swings.
public struct RegulatorPace: Sendable {
  /// A raise waits for a report made after the last move has arrived, and at least for this.
  public static let leastBetweenRaises = Span.seconds(2)
  /// A lower is slow: the guest's kernel must find out what it misses.
  public static let leastBetweenLowers = Span.seconds(30)
  /// After a raise nothing is taken back for this long.
  public static let leastAfterRaise = Span.minutes(2)
  /// At most as much again at a time: a mistaken or lying report costs one step.
  public static let mostRaise: Int64 = 1

  /// A dynamic range is a write to XAPI's database, and squeezed balances the whole host after it.
  public static let leastBetweenRanges = Span.minutes(1)

  /// The smallest step that is worth that.
  static func leastRangeStep(from size: Bytes) -> Bytes { max(.mib(64), size / 16) }

  /// The last move that was made, and which way it went.
  private var moved: (at: SteadyTime, isRaise: Bool)?

  public init() {}

  public mutating func move(isRaise: Bool, at now: SteadyTime) { moved = (now, isRaise) }

  /// The SIZE that may be set now of what is advised; nil is to wait.
  ///
  /// - Parameters:
  ///   - reported: when the report that the advice stands on arrived.
  ///   - pressed: when the guest was under pressure last. Then a small raise is worth a range, too.
  ///   - isRange: XAPI owns the targets.
  public func allowed(
    _ target: Bytes, from size: Bytes, reported: SteadyTime, pressed: SteadyTime?,
    now: SteadyTime, isRange: Bool = false
  ) -> Bytes? {
    let isRaise = target > size
    if isRange {
      if let moved, now - moved.at < Self.leastBetweenRanges { return nil }
      let isUrgent = isRaise && pressed.map { now - $0 < Self.leastAfterRaise } == true
      guard isUrgent || (target - size).magnitude >= Self.leastRangeStep(from: size) else {
        return nil
      }
    }
    if let moved {
      guard reported > moved.at else { return nil }
      let least =
        isRaise
        ? Self.leastBetweenRaises
        : moved.isRaise ? Self.leastAfterRaise : Self.leastBetweenLowers
      guard now - moved.at >= least else { return nil }
    }
    guard !isRaise else { return min(target, size + size * Self.mostRaise) }
    if let pressed, now - pressed < Self.leastAfterRaise { return nil }
    return target
  }
}
