import MemtopCore

/// Two minutes in twelve cells: heights in eighths of a row, in proportion to the levels; pressure as
/// its words.
package struct Sparkline {
  let metric: SparkMetric
  let domain: DomainID
  let ending: SteadyTime

  init(metric: SparkMetric, of domain: DomainID, ending: SteadyTime) {
    (self.metric, self.domain, self.ending) = (metric, domain, ending)
  }

  package static let cells = 12
  /// A cell's length; the line moves only this often, for bytes to a serial console are precious.
  package static let cell = Span.seconds(10)

  /// Another number for each cell in which a line can end.
  static func number(ofCellAt time: SteadyTime) -> Int64 {
    ChartCells(ending: time, count: 1, length: cell).start.milliseconds
  }

  /// What is drawn in each cell, oldest first.
  func line(_ history: any HistoryReader, cells: Int, _ glyphs: GlyphSet)
    -> [(glyph: Unicode.Scalar, style: Style)]
  {
    func levels(_ metric: Metric) -> [(glyph: Unicode.Scalar, style: Style)] {
      let levels = history.levels(
        metric, of: domain, ending: ending, cells: cells, cell: Self.cell)
      return Self.heights(levels).map { ($0.map { glyphs.height($0) } ?? " ", .dim) }
    }
    switch metric {
    case .available: return levels(.available)
    case .busy: return levels(.busy)
    case .allocation: return levels(.allocation)
    case .target: return levels(.target)
    case .swapIn: return levels(.swapInRate)
    case .pressure:
      return history.pressures(of: domain, ending: ending, cells: cells, cell: Self.cell)
        .map { $0.map { PressureRow.shape($0, glyphs) } ?? (" ", .plain) }
    }
  }

  /// 1...8 for each level (0 for nothing at all), nil for gaps.
  package static func heights(_ levels: [Bytes?]) -> [Int?] {
    let highest = levels.reduce(Bytes.zero) { max($0, $1 ?? .zero) }
    let lowest = levels.reduce(highest) { min($0, $1 ?? $0) }
    // A level that hardly moves stands a little above the middle, not as a wall.
    let top = highest + max(.zero, lowest / 5 * 3)
    return levels.map { level in
      guard let level else { return nil }
      guard level.count > 0 else { return 0 }
      return max(1, MemoryBar.cells(level, of: top, 8))
    }
  }
}
