/// `History`'s answers for the timeline: wall-clock times, gaps, and one mark for each cell.
extension History {
  package func wallTime(at time: SteadyTime) -> WallTime? {
    if let found = samples.atOrBefore(time) { return found.wall + (time - found.steady) }
    return samples.first.flatMap { samples.atOrBefore($0)?.wall }
  }

  package func gap(from: SteadyTime, to: SteadyTime) -> ClosedRange<SteadyTime>? {
    var sample = samples.atOrBefore(from)?.steady ?? samples.first
    while let begin = sample, begin < to {
      guard let next = samples.after(begin)?.steady else { return nil }
      let isGap = samples.isGap(at: next, after: begin)
      if isGap, next > from { return begin...next }
      sample = next
    }
    return nil
  }

  package func marks(of domain: DomainID?, from: SteadyTime, to: SteadyTime, cells: Int)
    -> [TimelineMark]
  {
    let strip = TimelineCells(from: from, to: to, cells: cells)
    guard cells > 0 else { return [] }
    let key = domain.map(HistoryKey.init)
    var marks = (0..<cells).map { TimelineMark(isGap: isGap(in: strip, $0)) }
    for past in pasts where !past.track.isEmpty && (key == nil || past.key == key) {
      markPressure(of: past.track, strip, &marks)
    }
    TimelineMark.clearGaps(&marks)
    for found in remembered where key == nil || HistoryKey(found.event.domain) == key {
      guard let cell = strip.cell(of: found.place.at), let mark = found.event.kind.mark else {
        continue
      }
      marks[cell].event = max(marks[cell].event ?? mark, mark)
    }
    return marks
  }

  /// What a domain was under from one change to the next.
  private func markPressure(of track: Track, _ strip: TimelineCells, _ marks: inout [TimelineMark])
  {
    var marker = PressureMarker()
    track.visit(from: strip.from, to: strip.to) { time, row in
      let cell = strip.cell(of: max(time, strip.from)) ?? marks.count - 1
      let isThere = row[SampleRow.Column.present.rawValue] == 1
      let code = row[SampleRow.Column.pressure.rawValue]
      let pressure = UInt8(exactly: code).flatMap(Pressure.init)
      marker.note(isThere ? .some(pressure) : nil, in: cell, isNews: time > strip.from, &marks)
    }
    marker.finish(&marks)
  }
}

extension HistoryReader {
  /// Whether all of a cell lies in one stretch without samples, or outside of the past.
  package func isGap(in strip: TimelineCells, _ cell: Int) -> Bool {
    let (begin, end) = (strip.start(cell), strip.start(cell + 1))
    guard let range, end > range.lowerBound, begin <= range.upperBound else { return true }
    guard let gap = gap(from: begin, to: end) else { return false }
    return gap.lowerBound < begin && gap.upperBound >= end
  }
}
