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
