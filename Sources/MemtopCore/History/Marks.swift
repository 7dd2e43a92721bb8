/// The whole past in one row, and where it has gaps.
extension History {
  public func wallTime(at time: SteadyTime) -> WallTime? {
    if let found = samples.atOrBefore(time) { return found.wall + (time - found.steady) }
    return samples.first.flatMap { samples.atOrBefore($0)?.wall }
  }

  public func gap(from: SteadyTime, to: SteadyTime) -> ClosedRange<SteadyTime>? {
    var sample = samples.atOrBefore(from)?.steady ?? samples.first
    while let begin = sample, begin < to {
      guard let next = samples.after(begin)?.steady else { return nil }
      let isGap = samples.isGap(at: next, after: begin)
      if isGap, next > from { return begin...next }
      sample = next
    }
    return nil
  }

  public func marks(from: SteadyTime, to: SteadyTime, cells: Int) -> [TimelineMark] {
    let strip = Strip(from: from, to: to, cells: cells)
    guard cells > 0 else { return [] }
    var marks = (0..<cells).map { TimelineMark(isGap: isGap(in: strip, $0)) }
    for past in pasts where !past.track.isEmpty { markPressure(of: past.track, strip, &marks) }
    for index in marks.indices where marks[index].isGap { marks[index].worst = nil }
    for (time, event) in remembered {
      guard let cell = strip.cell(of: time), let mark = event.kind.mark else { continue }
      marks[cell].event = max(marks[cell].event ?? mark, mark)
    }
    return marks
  }

  /// What a domain was under from one change to the next.
  private func markPressure(of track: Track, _ strip: Strip, _ marks: inout [TimelineMark]) {
    var held: (pressure: Pressure, cell: Int)?
    func hold(until cell: Int) {
      guard let held else { return }
      for index in held.cell...max(held.cell, cell) {
        marks[index].worst = max(marks[index].worst ?? held.pressure, held.pressure)
      }
    }
    track.visit(from: strip.from, to: strip.to) { time, row in
      let cell = strip.cell(of: max(time, strip.from)) ?? marks.count - 1
      let value = row[SampleRow.Column.pressure.rawValue]
      let isKnown = row[SampleRow.Column.present.rawValue] == 1 && value != Track.missing
      let pressure = isKnown ? Pressure(rawValue: UInt8(clamping: value)) : nil
      guard held?.pressure != pressure else { return }
      hold(until: cell)
      held = pressure.map { ($0, cell) }
    }
    hold(until: marks.count - 1)
  }
}

extension HistoryReader {
  /// All of a cell lies in one stretch in which nobody was looking, or outside of the past.
  package func isGap(in strip: Strip, _ cell: Int) -> Bool {
    let (begin, end) = (strip.start(cell), strip.start(cell + 1))
    guard let range, end > range.lowerBound, begin <= range.upperBound else { return true }
    guard let gap = gap(from: begin, to: end) else { return false }
    return gap.lowerBound < begin && gap.upperBound >= end
  }
}

/// A span of time in cells of equal length.
package struct Strip {
  package let from: SteadyTime
  package let to: SteadyTime
  package let cells: Int

  package init(from: SteadyTime, to: SteadyTime, cells: Int) {
    self.from = from
    self.to = to
    self.cells = cells
  }

  /// Where a cell begins, and the one before it ends.
  package func start(_ cell: Int) -> SteadyTime {
    from + (to - from).scaled(Int64(cell), over: Int64(max(1, cells)))
  }

  /// nil for an instant outside.
  package func cell(of time: SteadyTime) -> Int? {
    guard cells > 0, time >= from, time <= to else { return nil }
    let length = max(1, (to - from).milliseconds)
    let place = Int64(cells).scaled((time - from).milliseconds, over: length)
    var cell = min(cells - 1, Int(place))
    // Beginnings are rounded down: an instant belongs to the last cell that has begun.
    while cell + 1 < cells, start(cell + 1) <= time { cell += 1 }
    return cell
  }
}
