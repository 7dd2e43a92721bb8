/// Cells of time: `count` of `length`, the last of which holds `ending`.
package struct ChartCells: Hashable {
  package let ending: SteadyTime
  package let count: Int
  package let length: Span

  package init(ending: SteadyTime, count: Int, length: Span) {
    self.ending = ending
    self.count = count
    self.length = length
  }

  package var start: SteadyTime {
    let lastStart = ending.milliseconds.floored(to: length.milliseconds)
    return SteadyTime(milliseconds: lastStart) - length * (Int64(count) - 1)
  }

  package func index(of time: SteadyTime) -> Int {
    let step = max(1, length.milliseconds)
    return Int(clamping: (time - start).milliseconds.floored(to: step) / step)
  }

  /// In which cells there is no sample, by the samples that there are.
  package func gaps(in samples: some SampleLookup) -> [Bool] {
    (0..<max(0, count)).map { index in
      let begin = start + length * Int64(index)
      guard let last = samples.last, begin <= last else { return true }
      let end = begin + length + Span(milliseconds: -1)
      guard let looked = samples.atOrBefore(end)?.steady else { return true }
      return samples.isGap(at: begin, after: looked)
    }
  }
}

/// Fills cells with a value each: of what it began with and every change within it, the last or the
/// highest.
package struct CellFiller {
  package private(set) var cells: ChartCells
  private var start: SteadyTime
  package let isPeak: Bool
  private var values: [Int64?]
  private var held: Int64?
  private var next = 0

  /// - Parameter isPeak: the highest value counts, else the last.
  package init(_ cells: ChartCells, isPeak: Bool) {
    self.cells = cells
    self.isPeak = isPeak
    start = cells.start
    values = [Int64?](repeating: nil, count: max(0, cells.count))
  }

  /// Takes a change; they come in order of time, and what held at the start of the cells comes first.
  package mutating func note(_ time: SteadyTime, _ value: Int64?) {
    let cell = max(0, cells.index(of: time))
    fill(upTo: min(cell, cells.count - 1))
    held = value
    if time < start {
      values[0] = value
    } else if cell < cells.count {
      values[cell] = value.map { value in
        values[cell].map { isPeak ? max($0, value) : value } ?? value
      }
    }
  }

  package mutating func finish() -> [Int64?] {
    fill(upTo: cells.count - 1)
    return values
  }

  /// Goes on with cells that end later. Those that remain keep their values, and changes up to the end of the
  /// cells before have been taken.
  package mutating func advance(to later: ChartCells) {
    fill(upTo: cells.count - 1)
    let shift = Int(
      clamping: (later.start - start).milliseconds / max(1, cells.length.milliseconds))
    if shift > 0 {
      values = values.dropFirst(shift) + [Int64?](repeating: nil, count: min(shift, cells.count))
      next = max(0, cells.count - shift)
    }
    (cells, start) = (later, later.start)
  }

  private mutating func fill(upTo last: Int) {
    while next <= last {
      values[next] = held
      next += 1
    }
  }
}
