/// Local time: how far it is from UTC at each instant, as the machine's time zone has it.
///
/// The offset is asked for each instant, because in a year it changes twice in most places.
public struct LocalClock: Sendable {
  /// Local time − UTC at an instant.
  public var offset: @Sendable (WallTime) -> Span

  public init(offset: @escaping @Sendable (WallTime) -> Span) { self.offset = offset }

  public static let utc = LocalClock { _ in .zero }

  /// The local day at an instant, and how far it has come.
  public func local(_ time: WallTime) -> (day: CalendarDay, time: Span) {
    let local = time.milliseconds.addingClamped(offset(time).milliseconds)
    let midnight = local.floored(to: CalendarDay.length.milliseconds)
    return (
      CalendarDay(number: midnight / CalendarDay.length.milliseconds),
      Span(milliseconds: local.subtractingClamped(midnight))
    )
  }

  /// The instants at which clocks show this: two in an hour that a change of the clocks repeats,
  /// earlier first, else one.
  ///
  /// A time that a change skips is read by the clock of before it: where 02:00 becomes 03:00, half
  /// past two is 03:30.
  public func instants(_ day: CalendarDay, _ time: Span) -> [WallTime] {
    let local = WallTime(milliseconds: 0) + CalendarDay.length * day.number + time
    // No zone is a day from UTC, and none changes twice within two days.
    let before = offset(local - CalendarDay.length)
    let after = offset(local + CalendarDay.length)
    let byBefore = local - before
    let byAfter = local - after
    if before == after { return [byBefore] }
    let real = [byBefore, byAfter].filter { $0 + offset($0) == local }
    return real.isEmpty ? [byBefore] : real.sorted()
  }
}
