import MemtopCore

/// The time of day in a trial, which begins at seven in the morning: a short one has people in it.
enum DayClock {
  static let beginning = 7 * 3600
  static let day = 86_400

  /// Seconds since midnight.
  static func time(at second: Int) -> Int { (beginning + second) % day }
  /// Days since that of the beginning.
  static func date(at second: Int) -> Int { (beginning + second) / day }
  /// The second of the trial that is this time on that day; negative before the beginning.
  static func second(of time: Int, on date: Int) -> Int { date * day + time - beginning }
  /// How many days a trial of so many hours sees.
  static func dates(in hours: Int) -> Range<Int> { 0..<(date(at: hours * 3600) + 1) }
}
