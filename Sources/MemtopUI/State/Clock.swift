import MemtopCore

/// Times as the screen writes them: local, by the clock of that time.
struct Clock {
  let local: LocalClock

  init(_ settings: ScreenSettings) { local = settings.clock }

  /// "14:02:11".
  func time(_ time: WallTime) -> String {
    let seconds = local.local(time).time.wholeSeconds
    return Self.two(seconds / 3600) + ":" + Self.two(seconds / 60 % 60) + ":"
      + Self.two(seconds % 60)
  }

  /// "2026-11-20".
  func date(_ time: WallTime) -> String {
    let (year, month, day) = local.local(time).day.date
    let digits = "\(year)"
    return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits + "-"
      + Self.two(month) + "-" + Self.two(day)
  }

  /// "2026-11-20 14:02:11".
  func dateAndTime(_ time: WallTime) -> String { date(time) + " " + self.time(time) }

  /// The time, and its day where that is not the day of `other`.
  func time(_ time: WallTime, beside other: WallTime) -> String {
    isSameDay(time, other) ? self.time(time) : dateAndTime(time)
  }

  func isSameDay(_ a: WallTime, _ b: WallTime) -> Bool { local.local(a).day == local.local(b).day }

  static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
