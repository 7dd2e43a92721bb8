/// Time in columns: what sparklines and charts draw.
///
/// Columns lie on multiples of their length, so that a chart moves only once a column.
extension History {
  public func levels(
    _ metric: Metric, of domain: DomainID, ending: SteadyTime, cells: Int, cell: Span
  ) -> [Bytes?] {
    let peaks = metric == .swapInRate || metric == .swapUsed
    return columns(
      SampleRow.column(of: metric), of: domain, Cells(ending: ending, count: cells, length: cell),
      combine: { peaks ? max($0, $1) : $1 }
    ).map { $0.map { Bytes($0) } }
  }

  public func pressures(
    of domain: DomainID, ending: SteadyTime, cells: Int, cell: Span
  ) -> [Pressure?] {
    columns(
      .pressure, of: domain, Cells(ending: ending, count: cells, length: cell), combine: max
    ).map { $0.flatMap { Pressure(rawValue: UInt8($0)) } }
  }

  /// One value a cell: `combine` of what it began with and every change within it.
  private func columns(
    _ column: SampleRow.Column, of domain: DomainID, _ cells: Cells,
    combine: (Int64, Int64) -> Int64
  ) -> [Int64?] {
    var result = [Int64?](repeating: nil, count: max(0, cells.count))
    guard cells.count > 0, let track = track(of: domain) else { return result }
    var held: Int64?
    var next = 0
    track.visit(from: cells.start, to: cells.ending) { time, row in
      let cell = max(0, cells.index(of: time))
      while next <= min(cell, cells.count - 1) {
        result[next] = held
        next += 1
      }
      let value = row[column.rawValue]
      let absent = row[SampleRow.Column.present.rawValue] == 0 || value == Track.missing
      held = absent ? nil : value
      if time < cells.start {
        result[0] = held
      } else if cell < cells.count {
        result[cell] = held.map { value in result[cell].map { combine($0, value) } ?? value }
      }
    }
    while next < cells.count {
      result[next] = held
      next += 1
    }
    clearGaps(&result, cells)
    return result
  }

  /// A cell in which no sample was taken shows nothing, however constant the number was.
  private func clearGaps(_ result: inout [Int64?], _ cells: Cells) {
    let gaps = gaps(in: cells)
    for index in result.indices where gaps[index] { result[index] = nil }
  }
}

/// Columns of time: `count` of `length`, the last of which holds `ending`.
struct Cells: Hashable {
  let ending: SteadyTime
  let count: Int
  let length: Span

  var start: SteadyTime {
    let lastStart = ending.milliseconds.floored(to: length.milliseconds)
    return SteadyTime(milliseconds: lastStart - Int64(count - 1) * length.milliseconds)
  }

  func index(of time: SteadyTime) -> Int {
    Int((time - start).milliseconds.floored(to: length.milliseconds) / length.milliseconds)
  }
}

extension Int64 {
  /// The largest multiple of `step` that is not above it, also below zero.
  func floored(to step: Int64) -> Int64 {
    let rest = self % step
    return self - (rest < 0 ? rest + step : rest)
  }
}
