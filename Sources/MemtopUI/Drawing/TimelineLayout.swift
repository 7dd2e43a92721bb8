import MemtopCore

/// The labels at the timeline's ends, and how many cells there are between them.
struct TimelineLayout: Hashable, Sendable {
  let left: String
  let right: String
  let cells: Int

  /// Times, with their days where those differ and there is room.
  init(first: WallTime, last: WallTime, clock: Clock, width: Int) {
    let isDay = clock.isSameDay(first, last)
    let texts: [(WallTime) -> String] = [
      {
        isDay
          ? clock.time($0) : String(clock.date($0).dropFirst(5) + " " + clock.time($0).prefix(5))
      },
      { String(clock.time($0).prefix(5)) },
    ]
    let text = texts.first { $0(first).utf8.count * 5 <= width } ?? texts[1]
    left = text(first)
    right = text(last)
    cells = max(1, width - left.utf8.count - right.utf8.count - 2)
  }
}
