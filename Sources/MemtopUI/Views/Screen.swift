import MemtopCore

/// The screen as a function of the state.
public enum Screen {
  public static func draw(
    _ state: AppState, history: any HistoryReader = EmptyHistory(), glyphs: GlyphSet = .unicode
  ) -> Frame {
    var canvas = Canvas(size: state.size, glyphs: glyphs)
    let plan = state.plan
    guard !plan.isTooSmall else {
      drawTooSmall(state.size, on: &canvas)
      return canvas.frame
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
      ListView(state: state, layout: ColumnLayout(state), plan: plan, history: history)
        .draw(on: &canvas)
    }
    FooterView(state: state, plan: plan, history: history).draw(on: &canvas)
    return canvas.frame
  }

  private static func drawTooSmall(_ size: ScreenSize, on canvas: inout Canvas) {
    let text =
      "memtop needs \(ScreenPlan.leastColumns)x\(ScreenPlan.leastRows), "
      + "this is \(size.columns)x\(size.rows)"
    let lines = StyledLine.wrapped(text, width: max(1, size.columns))
    for (y, line) in lines.enumerated() { canvas.put(line, x: 0, y: y) }
  }
}
