import MemtopCore

/// The screen as a function of the state.
package enum Screen {
  package static func draw(
    _ state: AppState, history: any HistoryReader = EmptyHistory(), glyphs: GlyphSet = .unicode
  ) -> Frame {
    var canvas = Canvas(size: state.size, glyphs: glyphs)
    draw(state, history: history, on: &canvas)
    return canvas.frame
  }

  static func draw(_ state: AppState, history: any HistoryReader, on canvas: inout Canvas) {
    let plan = state.plan
    guard !plan.isTooSmall else {
      return drawTooSmall(state.size, on: &canvas)
    }
    let overlay = Overlay(state: state, history: history, glyphs: canvas.glyphs).content()
    HostView(state: state, plan: plan, range: history.range).draw(
      on: &canvas, isCovered: overlay != nil)
    if state.shown == nil && overlay == nil {
      let text = state.problem ?? "Waiting for the first sample..."
      canvas.put(text, x: 0, y: plan.headings, style: state.problem == nil ? .dim : .warning)
    } else if let overlay {
      Overlay.draw(overlay, in: plan.overlay, on: &canvas)
    } else {
      ListView(state: state, layout: state.layout, plan: plan, history: history)
        .draw(on: &canvas)
    }
    FooterView(state: state, plan: plan, history: history).draw(on: &canvas)
  }

  private static func drawTooSmall(_ size: ScreenSize, on canvas: inout Canvas) {
    let text =
      "memtop needs \(ScreenPlan.leastColumns)x\(ScreenPlan.leastRows), "
      + "this is \(size.columns)x\(size.rows); ^C quits"
    let lines = StyledLine.wrapped(text, width: max(1, size.columns))
    for (y, line) in lines.enumerated() { canvas.put(line, x: 0, y: y) }
  }
}

/// Which row of the screen holds what, at its present size.
package struct ScreenPlan: Hashable, Sendable {
  package static let leastColumns = 40
  package static let leastRows = 8

  package let isTooSmall: Bool
  package let title: Int
  /// Rows that there is no room for are nil.
  package let hostBar: Int?
  package let summary: Int?
  /// A line for each host, where several are shown.
  package let hosts: Range<Int>
  package let headings: Int
  package let firstRow: Int
  package let listRows: Int
  /// One sentence about the domain under the cursor.
  package let sentence: Int?
  package let events: Range<Int>
  /// The past in one row, while it is shown.
  package let timeline: Int?
  package let hints: Int
  /// What lies over the list has the rows from here on, to the timeline or `hints`.
  package let overlay: Range<Int>

  /// Where rows get scarce these go first: air, all but one event, the sentence, the events; then,
  /// under ten rows, the timeline and the summary. The list has three rows always.
  ///
  /// - Parameter hosts: how many are shown, where there are several; they have at most a quarter of the
  ///   rows.
  package init(size: ScreenSize, hasTimeline: Bool = false, hosts count: Int = 0) {
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
    let hostRows = rows < 12 ? 0 : min(count, max(2, rows / 4))
    hosts = next..<next + hostRows
    next += hostRows
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

/// A terminal's size in character cells.
///
/// Both from 0 to `most`: a window says any 16 bits, and curses counts in 15; more than anybody can
/// read would only cost memory, and what is beyond stays blank.
package struct ScreenSize: Hashable, Sendable {
  package let columns: Int
  package let rows: Int
  package static let most = (columns: 2000, rows: 500)

  package init(columns: Int, rows: Int) {
    self.columns = min(max(0, columns), Self.most.columns)
    self.rows = min(max(0, rows), Self.most.rows)
  }
}
