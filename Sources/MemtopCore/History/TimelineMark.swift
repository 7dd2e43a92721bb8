/// What a cell of the timeline stands for.
package struct TimelineMark: Hashable, Sendable {
  /// What happened, the more notable the greater; what is not worth a mark of its own has none.
  package enum Event: UInt8, CaseIterable, Hashable, Comparable, Sendable {
    /// A report went stale, or cannot be believed.
    case report
    case started
    case gone
    case target
    /// A target was not followed, or could not be set.
    case failed
    /// The host ran short of free memory.
    case hostShort
    case note
    case crashed

    package static func < (a: Event, b: Event) -> Bool { a.rawValue < b.rawValue }
  }

  /// The worst pressure of any domain in it; nil where none reported any.
  package var worst: Pressure?
  /// The worst that any of them came under in it, from something better; nil where none did.
  package var entered: Pressure?
  /// The most notable event in it.
  package var event: Event?
  /// All of it lies in a stretch in which nobody was looking.
  package var isGap: Bool

  package init(
    worst: Pressure? = nil, entered: Pressure? = nil, event: Event? = nil, isGap: Bool = false
  ) {
    self.worst = worst
    self.entered = entered
    self.event = event
    self.isGap = isGap
  }

  /// Where nobody was looking nothing is known of pressure.
  package static func clearGaps(_ marks: inout [TimelineMark]) {
    for index in marks.indices where marks[index].isGap {
      (marks[index].worst, marks[index].entered) = (nil, nil)
    }
  }
}

extension HostEvent.Kind {
  /// Its mark on the timeline; nil for good news, which needs none.
  package var mark: TimelineMark.Event? {
    switch self {
    case .started, .rebooted: .started
    case .gone: .gone
    case .crashed: .crashed
    case .targetChanged: .target
    case .notFollowing, .changeFailed: .failed
    case .reportStale, .reportSilent, .reportImplausible, .reportUnreadable: .report
    case .hostShort: .hostShort
    case .note: .note
    // Pressure has heights of its own there.
    case .pressure, .leftOut: nil
    case .targetReached, .reportBack, .stuckEnded, .hostEnough: nil
    case .regulated, .released, .regulator: nil
    }
  }
}

/// The whole past in one row, and where it has gaps.
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
    let strip = Strip(from: from, to: to, cells: cells)
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
  private func markPressure(of track: Track, _ strip: Strip, _ marks: inout [TimelineMark]) {
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

/// Marks a domain's pressure on a timeline, from one change to the next.
package struct PressureMarker {
  /// What it is under, and since which cell; nil is not there, and within, nil is not known.
  private var held: (pressure: Pressure?, cell: Int)?

  package init() {}

  /// Takes what it is under from this cell on; nil where it is gone.
  ///
  /// - Parameter isNews: it became so there; else it was so before the first cell.
  package mutating func note(
    _ now: Pressure??, in cell: Int, isNews: Bool, _ marks: inout [TimelineMark]
  ) {
    switch (held, now) {
    case (nil, nil): return
    case (let held?, let now?) where held.pressure == now: return
    case (let before, let now):
      hold(until: cell, &marks)
      if isNews, let before, let word = now ?? nil, word > before.pressure ?? .ok {
        marks[cell].entered = max(marks[cell].entered ?? word, word)
      }
      held = now.map { ($0, cell) }
    }
  }

  /// Nothing changes any more up to the last cell.
  package mutating func finish(_ marks: inout [TimelineMark]) {
    hold(until: marks.count - 1, &marks)
    held = nil
  }

  private func hold(until cell: Int, _ marks: inout [TimelineMark]) {
    guard let held, let pressure = held.pressure else { return }
    for index in held.cell...max(held.cell, cell) {
      marks[index].worst = max(marks[index].worst ?? pressure, pressure)
    }
  }
}
