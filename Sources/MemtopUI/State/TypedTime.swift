import MemtopCore

/// A time as an operator types it: at the prompt of `b`, and after `--at`.
package enum TypedTime: Hashable, Sendable {
  /// "-5m", "+1h": so long before or after the instant shown.
  case relative(Span)
  /// "2026-11-20T03:10:00Z", "2026-11-20T03:10:00+01:00" (RFC 3339): the same everywhere.
  case absolute(WallTime)
  /// "2026-11-20 03:10", "2026-11-20 03:10:11", "2026-11-20": in local time.
  case local(CalendarDay, Span)
  /// "14:02", "14:02:11": on the day shown, or the nearest day of which anything is kept.
  case timeOfDay(Span)
  /// "yesterday 14:02": on the day before the one shown.
  case yesterday(Span)

  /// What is wrong with it, in one line.
  package struct Problem: Error, Hashable, CustomStringConvertible {
    package var description: String
    /// It has none of the forms of a time, so they should be named.
    package var isOfForm = false
  }

  /// The time that somebody typed.
  ///
  /// - Throws: `Problem` where it is none.
  package init(parsing text: String) throws(Problem) {
    let words = text.split(separator: " ").map(String.init)
    guard let first = words.first, words.count <= 2 else { throw Self.notATime }
    if first == "yesterday" {
      self = .yesterday(try Self.timeOfDay(words.count == 2 ? words[1] : "00:00"))
    } else if let sign = first.first, sign == "-" || sign == "+" {
      let length = words.joined(separator: " ").dropFirst()
      guard let span = Span(typed: String(length)) else { throw Self.notATime }
      self = .relative(sign == "-" ? span * -1 : span)
    } else if words.count == 1, let mark = first.firstIndex(where: { "Tt".contains($0) }) {
      self = try Self.dated(String(first[..<mark]), String(first[first.index(after: mark)...]))
    } else if words.count == 2 {
      self = try Self.dated(first, words[1])
    } else if first.contains(":") {
      self = .timeOfDay(try Self.timeOfDay(first))
    } else {
      self = .local(try Self.day(first), .zero)
    }
  }

  private static var notATime: Problem {
    Problem(
      description: "not a time; write it as 14:02, \"2026-11-20 03:10\", -5m or +1h", isOfForm: true
    )
  }

  /// A day and a time of it, with or without its distance from UTC.
  private static func dated(_ date: String, _ time: String) throws(Problem) -> TypedTime {
    let day = try day(date)
    guard let mark = time.firstIndex(where: { "Zz+-".contains($0) }) else {
      return .local(day, try timeOfDay(time))
    }
    let midnight = WallTime(milliseconds: 0) + CalendarDay.length * day.number
    let wall = midnight + (try timeOfDay(String(time[..<mark])))
    return .absolute(wall - (try offset(String(time[mark...]))))
  }

  /// "Z", "+01:00", "-0330".
  private static func offset(_ text: String) throws(Problem) -> Span {
    if text == "Z" || text == "z" { return .zero }
    let digits = text.dropFirst().filter { $0 != ":" }
    guard let number = number(digits, digits: 4), text.utf8.count <= 6, number / 100 < 24,
      number % 100 < 60
    else { throw Problem(description: "only Z or an offset such as +01:00 can follow a time") }
    return Span.minutes(number / 100 * 60 + number % 100) * (text.first == "-" ? -1 : 1)
  }

  private static func day(_ text: String) throws(Problem) -> CalendarDay {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, let year = number(parts[0], digits: 4),
      let month = number(parts[1], digits: 2), let day = number(parts[2], digits: 2)
    else { throw notATime }
    guard let found = CalendarDay(year: year, month: month, day: day) else {
      throw Problem(description: "there is no day \(text)")
    }
    return found
  }

  private static func timeOfDay(_ text: String) throws(Problem) -> Span {
    // What RFC 3339 allows after the seconds is less than a sample.
    let whole = text.prefix { $0 != "." }
    let parts = whole.split(separator: ":", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { number($0, digits: 2) ?? number($0, digits: 1) }
    guard parts.count == 2 || parts.count == 3, numbers.count == parts.count,
      whole.endIndex == text.endIndex || number(text[whole.endIndex...].dropFirst()) != nil
    else { throw notATime }
    let second = numbers.count == 3 ? numbers[2] : 0
    guard numbers[0] < 24, numbers[1] < 60, second < 60 else {
      throw Problem(description: "\(text) is not a valid time")
    }
    return .seconds((numbers[0] * 60 + numbers[1]) * 60 + second)
  }

  /// - Parameter digits: exactly so many, where that matters.
  private static func number(_ text: some StringProtocol, digits: Int? = nil) -> Int64? {
    let bytes = text.utf8
    guard (1...9).contains(bytes.count), bytes.allSatisfy({ (0x30...0x39).contains($0) }),
      digits ?? bytes.count == bytes.count
    else { return nil }
    return Int64(String(text))
  }
}

extension Span {
  /// Units that times are typed in, in milliseconds.
  package static let units: [(name: String, length: Int64)] = [
    ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ("w", 7 * 86_400_000),
  ]

  /// "2", "0.5", "500ms", "10s", "5m", "2h", "7d", "4w", "1m30s", "1m 30s": the largest unit first; seconds where no
  /// unit is named; nil for anything else.
  package init?(typed text: String) {
    var (rest, sum) = (text[...], Span.zero)
    var least = Int64.max
    repeat {
      let number = rest.prefix { $0 == "." || ("0"..."9").contains($0) }
      let unit = rest.dropFirst(number.count).prefix { ("a"..."z").contains($0) }
      rest = rest.dropFirst(number.count + unit.count)
      let isWhole = rest.isEmpty && least == .max
      guard !unit.isEmpty || isWhole, let length = Self.length(of: unit), length < least,
        let part = Span(number, of: length)
      else { return nil }
      (sum, least) = (sum + part, length)
      if rest.first == " ", rest.utf8.count > 1 { rest = rest.dropFirst() }
    } while !rest.isEmpty
    self = sum
  }

  /// In milliseconds.
  private static func length(of unit: Substring) -> Int64? {
    unit.isEmpty ? 1000 : units.first { $0.name == unit }?.length
  }

  /// A number of units of so many milliseconds.
  private init?(_ number: Substring, of length: Int64) {
    let parts = number.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, number.utf8.count <= 9, let whole = Self.digits(parts[0]) else {
      return nil
    }
    var milliseconds = whole * length
    if parts.count == 2 {
      guard let tenths = Self.digits(parts[1].prefix(3)) else { return nil }
      let scale: Int64 = [0, 10, 100, 1000][min(3, parts[1].count)]
      milliseconds += tenths * length / scale
    }
    self.init(milliseconds: milliseconds)
  }

  private static func digits(_ text: Substring) -> Int64? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
  }

  /// "1s", "0.5s", "1m 30s".
  var exact: String {
    if milliseconds % 1000 != 0 {
      let hundredths = milliseconds % 1000 / 10
      let fraction = hundredths % 10 == 0 ? "\(hundredths / 10)" : Clock.two(hundredths)
      return "\(milliseconds / 1000).\(fraction)s"
    }
    let seconds = wholeSeconds
    if seconds < 60 { return "\(seconds)s" }
    return seconds % 60 == 0 ? "\(seconds / 60)m" : "\(seconds / 60)m \(seconds % 60)s"
  }
}

extension TypedTime {
  /// The instant that was meant.
  ///
  /// A time of day is of the day shown, else of the day before, else of the day after: the first of which anything
  /// is kept. In an hour that a change of the clocks repeats, the first of the two instants is meant,
  /// unless what is shown lies between them: then the second. Typed twice, it leads to both.
  /// A time that a change skips is read by the clock of before it: 02:30 is 03:30.
  ///
  /// - Parameters:
  ///   - shown: the instant on the screen.
  ///   - kept: from the first to the last sample; nil where there is none.
  package func meant(shown: WallTime, kept: ClosedRange<WallTime>?, clock: LocalClock) -> WallTime {
    let today = clock.local(shown).day
    func instant(_ day: CalendarDay, _ time: Span) -> WallTime {
      let instants = clock.instants(day, time)
      guard instants.count == 2, shown >= instants[0], shown < instants[1] else {
        return instants[0]
      }
      return instants[1]
    }
    switch self {
    case .relative(let span): return shown + span
    case .absolute(let time): return time
    case .local(let day, let time): return instant(day, time)
    case .yesterday(let time): return instant(today + -1, time)
    case .timeOfDay(let time):
      let near = [today, today + -1, today + 1].map { instant($0, time) }
      guard let kept else { return near[0] }
      // The second that was typed holds samples until its end.
      return near.first { $0 + Self.typedSecond >= kept.lowerBound && $0 <= kept.upperBound }
        ?? near.first { $0 <= kept.upperBound } ?? near[0]
    }
  }

  /// Times are typed to the second, and its last millisecond is meant: a sample within it is shown.
  static let typedSecond = Span(milliseconds: 999)
}
