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
