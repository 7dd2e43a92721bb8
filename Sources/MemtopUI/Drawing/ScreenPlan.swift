import MemtopCore

/// Which row of the screen holds what, at its present size.
public struct ScreenPlan: Hashable, Sendable {
  public static let leastColumns = 40
  public static let leastRows = 8

  public let isTooSmall: Bool
  public let title: Int
  /// Rows that there is no room for are nil.
  public let hostBar: Int?
  public let summary: Int?
  public let headings: Int
  public let firstRow: Int
  public let listRows: Int
  /// One sentence about the domain under the cursor.
  public let sentence: Int?
  public let events: Range<Int>
  /// The past in one row, while it is shown.
  public let timeline: Int?
  public let hints: Int
  /// What lies over the list has the rows from here on, to the timeline or `hints`.
  public let overlay: Range<Int>

  /// Where rows get scarce these go first: air, all but one event, the sentence, the events; then,
  /// under ten rows, the timeline and the summary. The list has three rows always.
  public init(size: ScreenSize, hasTimeline: Bool = false) {
    let rows = size.rows
    isTooSmall = size.columns < Self.leastColumns || rows < Self.leastRows
    title = 0
    var next = 1
    func take(_ wanted: Bool) -> Int? {
      guard wanted else { return nil }
      defer { next += 1 }
      return next
    }
    hostBar = take(true)
    summary = take(rows >= 10)
    if rows >= 20 { next += 1 }
    headings = next
    firstRow = next + 1
    hints = max(0, rows - 1)
    timeline = hasTimeline && rows >= 10 ? hints - 1 : nil
    let end = timeline ?? hints
    let eventRows = rows < 12 ? 0 : rows < 30 ? 1 : 3
    events = max(0, end - eventRows)..<end
    sentence = rows >= 14 ? events.lowerBound - 1 : nil
    // Where there is room a blank row keeps what is below apart from the list.
    listRows = max(0, (sentence ?? events.lowerBound) - (rows >= 30 ? 1 : 0) - firstRow)
    overlay = min(1, end)..<end
  }
}
