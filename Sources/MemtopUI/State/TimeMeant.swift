import MemtopCore

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
