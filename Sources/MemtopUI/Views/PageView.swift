import MemtopCore

/// A domain's page: its figures in words, its past as charts, and what moved it.
struct PageView {
  let state: AppState
  let sample: DomainSample
  let page: DomainPage
  let history: any HistoryReader
  let glyphs: GlyphSet
  let width: Int
  /// Rows that there are for it.
  let rows: Int

  func lines() -> [StyledLine] {
    let figures = PageFigures(view: self)
    return heading + gap + figures.lines() + gap + charts() + events() + figures.system()
  }

  /// Air, where there is room for it.
  var gap: [StyledLine] { rows >= 30 ? [.blank] : [] }

  private var heading: [StyledLine] {
    let condition = Condition(sample)
    var line = StyledLine(sample.name, .title)
    let place = sample.id.named("domain \(sample.id.domid)")
    line.add("  \(place), \(sample.kind.rawValue)", .dim)
    line.add("  ")
    line.add(condition.text, condition.word == .ok ? .good : condition.word.alarm.style)
    let sentence = ConditionText.sentence(sample, now: ending)
    // That is what stands before it.
    if sentence == "it is \(condition.text)" { return [line] }
    guard line.columns + 2 + TextWidth.columns(of: sentence) > width else {
      line.add(": " + sentence)
      return [line]
    }
    return [line] + StyledLine.wrapped(sentence, width: width)
  }

  private var ending: SteadyTime { state.shown?.steady ?? state.now }

  private var endingText: String {
    guard !state.playback.timeline.isNewest, let shown = state.shown else { return "now" }
    return Clock(state.settings).time(shown.time)
  }

  private func charts() -> [StyledLine] {
    let scale = ChartScale(page.range, width: width - MemoryChart.margin - 1)
    let height = max(6, min(14, (rows - 25) / 2 * 2))
    let memory = MemoryChart(
      of: sample, ending: ending, scale: scale, rows: height, history: history)
    var lines = [legend] + memory.lines(glyphs)
    lines.append(scale.axis(margin: MemoryChart.margin, end: endingText))
    return lines + swapChart(scale) + pressureChart(scale)
  }

  private var legend: StyledLine {
    var line = StyledLine("Memory, \(page.range.text)", .heading)
    let parts: [(Unicode.Scalar, Style, String)] = [
      (glyphs.busy, Style(.barBusy), "busy"), (glyphs.cache, Style(.barCache), "cache"),
      (glyphs.free, Style(.barFree), "free"),
      (glyphs.horizontal, .strong, "target"),
    ]
    for (glyph, style, word) in parts {
      line.add("  ")
      line.add(String(glyph), style)
      line.add(" " + word, .dim)
    }
    return line
  }

  private func swapChart(_ scale: ChartScale) -> [StyledLine] {
    let levels = history.levels(
      .swapInRate, of: sample.id, ending: ending, cells: scale.cells, cell: scale.cell)
    let chart = RateChart(levels: levels, rows: 3, style: .warning)
    if levels.allSatisfy({ $0 == nil }) { return [StyledLine("Swap-in rate: not reported", .dim)] }
    if chart.top == .zero { return [StyledLine("Swap-in rate: none in \(page.range.text)", .dim)] }
    return [StyledLine("Swap-in rate (peak \(chart.top.shortRate)/s)", .heading)]
      + chart.lines(glyphs)
  }

  private func pressureChart(_ scale: ChartScale) -> [StyledLine] {
    let levels = history.pressures(
      of: sample.id, ending: ending, cells: scale.cells, cell: scale.cell)
    guard let worst = levels.compactMap({ $0 }).max() else {
      return [StyledLine("Pressure: not reported", .dim)]
    }
    return [
      StyledLine("Pressure (worst: \(worst.word))", .heading), PressureRow.line(levels, glyphs),
    ]
  }

  private func events() -> [StyledLine] {
    let events = history.events(of: sample.id, until: ending, limit: 12)
    guard !events.isEmpty else { return [] }
    var heading = StyledLine("Events", .heading)
    if let key = state.keyOnPage(.events) { heading.add("  \(key) lists all", .dim) }
    return [.blank, heading] + events.map { EventText.line($0, state.settings, glyphs) }
  }
}
