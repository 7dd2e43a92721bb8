/// `History`'s values for sparklines and charts, one for each cell of time.
///
/// Cells start at multiples of their length, so that a chart moves only once a cell.
extension History {
  package func levels(
    _ metric: Metric, of domain: DomainID, ending: SteadyTime, cells: Int, cell: Span
  ) -> [Bytes?] {
    values(
      SampleRow.column(of: metric), of: domain,
      ChartCells(ending: ending, count: cells, length: cell),
      isPeak: metric.isPeak
    ).map { $0.map { Bytes($0) } }
  }

  package func pressures(
    of domain: DomainID, ending: SteadyTime, cells: Int, cell: Span
  ) -> [Pressure?] {
    values(
      .pressure, of: domain, ChartCells(ending: ending, count: cells, length: cell), isPeak: true
    ).map { $0.flatMap { Pressure(rawValue: UInt8(clamping: $0)) } }
  }

  /// One value a cell.
  private func values(
    _ column: SampleRow.Column, of domain: DomainID, _ cells: ChartCells,
    isPeak: Bool
  ) -> [Int64?] {
    guard cells.count > 0, let track = track(of: domain) else {
      return [Int64?](repeating: nil, count: max(0, cells.count))
    }
    var filler = CellFiller(cells, isPeak: isPeak)
    track.visit(from: cells.start, to: cells.ending) { time, row in
      let value = row[column.rawValue]
      let absent = row[SampleRow.Column.present.rawValue] == 0 || value == Track.missing
      filler.note(time, absent ? nil : value)
    }
    var result = filler.finish()
    clearGaps(&result, cells)
    return result
  }

  /// A cell in which no sample was taken shows nothing, however constant the number was.
  private func clearGaps(_ result: inout [Int64?], _ cells: ChartCells) {
    let gaps = gaps(in: cells)
    for index in result.indices where gaps[index] { result[index] = nil }
  }
}
