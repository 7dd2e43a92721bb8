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
    guard cells.count > 0, let place = place(of: domain) else {
      return [Int64?](repeating: nil, count: max(0, cells.count))
    }
    var result =
      pasts[place].live(column, cells, isPeak: isPeak)
      ?? pasts[place].values(column, cells, isPeak: isPeak)
    clearGaps(&result, cells)
    return result
  }

  /// A cell in which no sample was taken shows nothing, however constant the number was.
  private func clearGaps(_ result: inout [Int64?], _ cells: ChartCells) {
    let gaps = gaps(in: cells)
    for index in result.indices where gaps[index] { result[index] = nil }
  }
}

/// The cells of a domain's sparkline up to now, which go on with each row that is appended: they are drawn
/// every second, and two minutes of rows need not be read again each time.
struct LiveCells {
  let column: SampleRow.Column
  var filler: CellFiller
  /// When the last row was appended that they have.
  var newest: SteadyTime

  mutating func note(_ time: SteadyTime, _ row: [Int64]) {
    let cells = filler.cells
    if time > cells.ending {
      filler.advance(to: ChartCells(ending: time, count: cells.count, length: cells.length))
    }
    filler.note(time, column.value(in: row))
    newest = time
  }

  /// Whether the cells go on from these.
  fileprivate func goOn(_ column: SampleRow.Column, _ cells: ChartCells, isPeak: Bool) -> Bool {
    self.column == column && filler.isPeak == isPeak && filler.cells.count == cells.count
      && filler.cells.length == cells.length && filler.cells.start <= cells.start
      && newest <= cells.ending
  }
}

extension SampleRow.Column {
  /// What a row says; nil where the domain was not there, or did not say.
  fileprivate func value(in row: [Int64]) -> Int64? {
    let value = row[rawValue]
    return row[SampleRow.Column.present.rawValue] == 0 || value == Track.missing ? nil : value
  }
}

extension History.Past {
  /// By the cells that are kept; nil where none go on to these.
  fileprivate mutating func live(
    _ column: SampleRow.Column, _ cells: ChartCells, isPeak: Bool
  ) -> [Int64?]? {
    guard live?.goOn(column, cells, isPeak: isPeak) == true else { return nil }
    live?.filler.advance(to: cells)
    return live?.filler.finish()
  }

  /// By the rows of that time; those cells are kept that may go on.
  fileprivate mutating func values(
    _ column: SampleRow.Column, _ cells: ChartCells, isPeak: Bool
  ) -> [Int64?] {
    var filler = CellFiller(cells, isPeak: isPeak)
    track.visit(from: cells.start, to: cells.ending) { time, row in
      filler.note(time, column.value(in: row))
    }
    let values = filler.finish()
    if let newest = track.end, newest <= cells.ending {
      live = LiveCells(column: column, filler: filler, newest: newest)
    }
    return values
  }
}
