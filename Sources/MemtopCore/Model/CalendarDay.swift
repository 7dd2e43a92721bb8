/// A day of the Gregorian calendar, counted from 1970-01-01.
///
/// The arithmetic is Howard Hinnant's, "chrono-Compatible Low-Level Date Algorithms".
package struct CalendarDay: Hashable, Comparable, Sendable {
  package var number: Int64

  package init(number: Int64) { self.number = number }

  package static let length = Span.seconds(86_400)

  /// nil where there is no such day: 2026-02-30.
  package init?(year: Int64, month: Int64, day: Int64) {
    guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else {
      return nil
    }
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    self.init(number: era * 146_097 + dayOfEra - 719_468)
    guard date == (year, month, day) else { return nil }
  }

  package var date: (year: Int64, month: Int64, day: Int64) {
    let shifted = number + 719_468
    let era = shifted.floored(to: 146_097) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let part = (5 * dayOfYear + 2) / 153
    let month = part < 10 ? part + 3 : part - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * part + 2) / 5 + 1)
  }

  package static func < (a: CalendarDay, b: CalendarDay) -> Bool { a.number < b.number }

  package static func + (a: CalendarDay, days: Int64) -> CalendarDay {
    CalendarDay(number: a.number + days)
  }
}

/// Local time: how far it is from UTC at each instant, as the machine's time zone has it.
///
/// The offset is asked for each instant, because in a year it changes twice in most places.
package struct LocalClock: Sendable {
  /// Local time − UTC at an instant.
  package var offset: @Sendable (WallTime) -> Span

  package init(offset: @escaping @Sendable (WallTime) -> Span) { self.offset = offset }

  package static let utc = LocalClock { _ in .zero }

  /// The local day at an instant, and how far it has come.
  package func local(_ time: WallTime) -> (day: CalendarDay, time: Span) {
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
  package func instants(_ day: CalendarDay, _ time: Span) -> [WallTime] {
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
