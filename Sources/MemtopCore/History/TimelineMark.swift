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
  /// All of it lies in a stretch without samples.
  package var isGap: Bool

  package init(
    worst: Pressure? = nil, entered: Pressure? = nil, event: Event? = nil, isGap: Bool = false
  ) {
    self.worst = worst
    self.entered = entered
    self.event = event
    self.isGap = isGap
  }

  /// Without samples nothing is known of pressure.
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
    case .targetReached, .reportBack, .stuckEnded, .hostEnough, .paused, .unpaused: nil
    // Its domains are gone from there on.
    case .hostLost, .hostBack: nil
    case .regulated, .released, .regulator, .renamed: nil
    }
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

/// A span of time in cells of equal length.
package struct TimelineCells {
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
