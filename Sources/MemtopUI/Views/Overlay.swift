import MemtopCore

/// What lies over the list, as lines that scroll.
struct Overlay {
  let state: AppState
  let history: any HistoryReader
  let glyphs: GlyphSet

  /// The lines of the innermost layer that has any, and how far they are scrolled; nil for none.
  func content() -> (lines: [StyledLine], top: Int)? {
    for layer in state.pages.layers.reversed() {
      guard let content = content(of: layer, width: state.size.columns) else { continue }
      guard covers(content, layer) else { return content }
      return self.content(of: layer, width: state.size.columns - Self.more)
    }
    return state.playback.gap.map {
      (GapView(gap: $0, state: state).lines(width: state.size.columns), 0)
    }
  }

  /// "PgUp" and a gap before it.
  private static let more = 6

  /// Whether what says that there is more, at the right edge, would cover words; bars and charts may end
  /// below it.
  ///
  /// Of what is agreed to every line must come: there it is decided for all pages at once, since lines would
  /// move when one is turned. A domain's page, which is looked at most, gets the whole width where it can.
  private func covers(_ content: (lines: [StyledLine], top: Int), _ layer: Layer) -> Bool {
    let (count, rows) = (content.lines.count, state.plan.overlay.count)
    guard count > rows, rows > 0 else { return false }
    var marked = stride(from: rows, to: count, by: rows).flatMap { [$0 - 1, $0] } + [count - rows]
    if case .page = layer {
      let top = max(0, min(content.top, count - rows))
      marked = (top > 0 ? [top] : []) + (top + rows < count ? [top + rows - 1] : [])
    }
    return marked.contains {
      content.lines[$0].losesWords(beyond: state.size.columns - Self.more)
    }
  }

  private func content(of layer: Layer, width: Int) -> (lines: [StyledLine], top: Int)? {
    switch layer {
    case .prompt: return nil
    case .help(let top):
      let help = KeyHelp(
        settings: state.settings, hasTimeline: state.plan.timeline != nil, glyphs: glyphs,
        width: width, owner: state.liveHere?.host.owner,
        isOfSeveral: state.shown?.isOfSeveral == true)
      return (help.lines(), top)
    case .review(let review):
      guard let live = state.live else { return nil }
      let text = ReviewText(
        review: review, snapshot: live, glyphs: glyphs, width: width,
        rows: state.plan.overlay.count)
      return (text.lines(), review.top)
    case .page(let page):
      if state.playback.gap != nil { return nil }
      guard let sample = state.selected else { return nil }
      let view = PageView(
        state: state, sample: sample, page: page, history: history, glyphs: glyphs, width: width,
        rows: state.plan.overlay.count)
      return (view.lines(), page.top)
    case .events(let list):
      return (EventPage(list: list, state: state, glyphs: glyphs).lines(), 0)
    case .progress(let top):
      guard let live = state.live, let change = state.staging.change else { return nil }
      return (
        ProgressText(progress: change, snapshot: live, glyphs: glyphs, width: width).lines(), top
      )
    }
  }

  /// Draws it from the row below the title to the row above the hints.
  static func draw(
    _ content: (lines: [StyledLine], top: Int), in rows: Range<Int>, on canvas: inout Canvas
  ) {
    let top = max(0, min(content.top, content.lines.count - rows.count))
    guard let last = rows.last else { return }
    // That there is more is said at the right edge. A page further, the row there is shown whole.
    let (isMoreAbove, isMoreBelow) = (top > 0, top + rows.count < content.lines.count)
    for (y, line) in zip(rows, content.lines.dropFirst(top)) {
      let isMarked = (isMoreAbove && y == rows.lowerBound) || (isMoreBelow && y == last)
      canvas.put(isMarked ? line.words(within: canvas.columns - more) : line, x: 0, y: y)
    }
    if isMoreAbove {
      canvas.put("PgUp", x: canvas.columns - 4, y: rows.lowerBound, style: .key)
    }
    if isMoreBelow { canvas.put("PgDn", x: canvas.columns - 4, y: last, style: .key) }
  }
}
