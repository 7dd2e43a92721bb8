import MemtopCore

/// The timeline as it was last asked of the past: that may cost, and it does not change.
struct TimelineStrip: Sendable {
  let from: SteadyTime
  let to: SteadyTime
  /// Whose it is; nil is everybody's.
  let domain: HistoryKey?
  let marks: [TimelineMark]
  let layout: TimelineLayout
}

extension AppState {
  /// Which row of the screen holds what now.
  public var plan: ScreenPlan { ScreenPlan(size: size, hasTimeline: !timeline.isLive) }

  /// Asks for the timeline where it is shown and is not known yet.
  mutating func renewStrip(_ history: any HistoryReader) {
    guard !timeline.isLive, plan.timeline != nil, !plan.isTooSmall, let range = history.range,
      let first = history.wallTime(at: range.lowerBound),
      let last = history.wallTime(at: range.upperBound)
    else { return strip = nil }
    let layout = TimelineLayout(
      first: first, last: last, clock: Clock(settings), width: size.columns)
    let domain = pageDomain
    let key = domain.map(HistoryKey.init)
    if let strip, strip.domain == key, strip.isGood(range, layout) { return }
    strip = TimelineStrip(
      from: range.lowerBound, to: range.upperBound, domain: key,
      marks: history.marks(
        of: domain, from: range.lowerBound, to: range.upperBound, cells: layout.cells),
      layout: layout)
  }
}

extension TimelineStrip {
  /// A past that grew by less than a cell looks the same.
  fileprivate func isGood(_ range: ClosedRange<SteadyTime>, _ layout: TimelineLayout) -> Bool {
    let cell = (to - from) / Int64(max(1, marks.count))
    return layout.cells == marks.count && range.lowerBound == from
      && range.upperBound - to < max(.seconds(2), cell)
  }
}
