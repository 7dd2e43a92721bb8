/// How long events are left to gather: many are then taken at the cost of one wake-up.
///
/// A socket that nobody reads takes 35 events of xenstored's, which goes by the quarter of the
/// socket's buffer that poll(2) wants free of what is sent; the rest waits in xenstored, and with it
/// the guests that caused more than a few. So the more come, the shorter the pause.
struct Gathering {
  private static let longest = 100
  /// Events that are to be there after a pause.
  private static let aim = 20

  private var pause = longest
  /// Nothing came in the last pause: the next event is to be waited for.
  private(set) var isOver = true

  var milliseconds: Int32 { Int32(pause) }

  /// So many events were there after the pause, or after the wait, which may end at half an event.
  mutating func note(_ count: Int) {
    let fitting = isOver || count == 0 ? Self.longest : pause * Self.aim / count
    pause = min(max(fitting, 1), Self.longest)
    isOver = count == 0 && !isOver
  }
}
