import MemtopCore

/// A domain's memory through time: busy, cache and free stacked up to its allocation, and its target.
struct MemoryChart {
  struct Column {
    var allocation: Bytes?
    var busy: Bytes?
    var cacheEnd: Bytes?
    var target: Bytes?
  }

  let columns: [Column]
  let top: Bytes
  let rows: Int

  static let margin = 7

  init(
    of sample: DomainSample, ending: SteadyTime, scale: ChartScale, rows: Int,
    history: any HistoryReader
  ) {
    func levels(_ metric: Metric) -> [Bytes?] {
      history.levels(
        metric, of: sample.id, ending: ending, cells: scale.cells, cell: scale.cell)
    }
    let allocation = levels(.allocation)
    let busy = levels(.busy)
    let available = levels(.available)
    let free = levels(.free)
    let target = levels(.target)
    columns = allocation.indices.map {
      Column(
        allocation: allocation[$0], busy: busy[$0],
        cacheEnd: DomainSample.cacheEnd(busy: busy[$0], available: available[$0], free: free[$0]),
        target: target[$0])
    }
    let highest = columns.reduce(sample.allocation) {
      max($0, $1.allocation ?? .zero, $1.target ?? .zero)
    }
    top = Self.roundTop(highest)
    self.rows = rows
  }

  /// A little above the highest level, and round enough to be read off: steps of 1/8 of a power of two.
  static func roundTop(_ highest: Bytes) -> Bytes {
    let wanted = min(max(1, highest.count), 1 << 50)
    var power: Int64 = 1 << 20
    while power < wanted { power <<= 1 }
    let step = power / 8
    return Bytes((wanted + step - 1) / step * step)
  }

  func lines(_ glyphs: GlyphSet) -> [StyledLine] {
    (0..<rows).map { line(row: rows - 1 - $0, glyphs) }
  }

  /// - Parameter row: from below.
  private func line(row: Int, _ glyphs: GlyphSet) -> StyledLine {
    var line = StyledLine(Self.label(row: row, of: rows, top: top), .dim)
    line.add(cell: glyphs.vertical, .dim)
    for column in columns {
      let (glyph, style) = cell(column, row: row, glyphs)
      line.add(cell: glyph, style)
    }
    return line
  }

  /// The axis has a figure at its top, in its middle (where the rows are even) and at zero; each is
  /// beside the row whose upper edge it names.
  static func label(row: Int, of rows: Int, top: Bytes, isRate: Bool = false) -> String {
    let text =
      row == rows - 1
      ? isRate ? top.shortRate : top.short
      : row == 0 ? "0" : rows >= 6 && (row + 1) * 2 == rows ? (top / 2).short : ""
    return String(repeating: " ", count: max(0, margin - 1 - text.utf8.count)) + text
  }

  private func cell(_ column: Column, row: Int, _ glyphs: GlyphSet) -> (Unicode.Scalar, Style) {
    if let target = column.target, row == self.row(of: target) {
      return (glyphs.horizontal, .strong)
    }
    guard let allocation = column.allocation, row < height(allocation) else { return (" ", .plain) }
    guard let busy = column.busy else { return (glyphs.unknown, .dim) }
    let eighths = min(MemoryBar.cells(busy, of: top, rows * 8), height(allocation) * 8)
    if row < eighths / 8 { return (glyphs.busy, Style(.barBusy)) }
    if row == eighths / 8, eighths % 8 >= 2 { return (glyphs.height(eighths % 8), Style(.barBusy)) }
    return row < height(column.cacheEnd ?? busy)
      ? (glyphs.cache, Style(.barCache)) : (glyphs.free, Style(.barFree))
  }

  private func height(_ amount: Bytes) -> Int { MemoryBar.cells(amount, of: top, rows) }

  private func row(of amount: Bytes) -> Int { min(rows - 1, max(0, height(amount) - 1)) }
}

/// One level through time, a few rows high, from its own zero.
struct RateChart {
  let levels: [Bytes?]
  let rows: Int
  let style: Style

  var top: Bytes { levels.reduce(.zero) { max($0, $1 ?? .zero) } }

  func lines(_ glyphs: GlyphSet) -> [StyledLine] {
    let top = MemoryChart.roundTop(top)
    return (0..<rows).map { index in
      let row = rows - 1 - index
      var line = StyledLine(MemoryChart.label(row: row, of: rows, top: top, isRate: true), .dim)
      line.add(cell: glyphs.vertical, .dim)
      for level in levels {
        guard let level else {
          line.add(cell: " ", .plain)
          continue
        }
        var eighths = MemoryBar.cells(level, of: top, rows * 8)
        if level.count > 0 { eighths = max(1, eighths) }
        line.add(cell: glyphs.height(min(8, max(0, eighths - row * 8))), style)
      }
      return line
    }
  }
}

/// Pressure through time, in one row: the fuller the worse.
enum PressureRow {
  static func line(_ levels: [Pressure?], _ glyphs: GlyphSet) -> StyledLine {
    var line = StyledLine(String(repeating: " ", count: MemoryChart.margin - 1))
    line.add(cell: glyphs.vertical, .dim)
    for level in levels {
      let (glyph, style) = level.map { shape($0, glyphs) } ?? (" ", .plain)
      line.add(cell: glyph, style)
    }
    return line
  }

  static func shape(_ pressure: Pressure, _ glyphs: GlyphSet) -> (Unicode.Scalar, Style) {
    switch pressure {
    case .ok: (glyphs.faint, .dim)
    case .tight: (glyphs.height(3), .warning)
    case .short: (glyphs.height(5), .alarm)
    case .thrashing: (glyphs.height(8), .alarm)
    }
  }
}

/// How a span of the past is cut into the cells of a chart.
package struct ChartScale: Hashable, Sendable {
  package let range: ChartRange
  package let cell: Span
  package let cells: Int

  /// Whole divisors of every range, so that a chart covers it exactly.
  private static let lengths: [Int64] = [
    1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 300, 360, 600, 900, 1200, 1800, 3600,
  ]

  /// - Parameter width: the columns that there are for it, at least 1.
  package init(_ range: ChartRange, width: Int) {
    self.range = range
    let seconds = range.span.wholeSeconds
    let length =
      Self.lengths.first { seconds % $0 == 0 && seconds / $0 <= Int64(max(1, width)) } ?? seconds
    cell = .seconds(length)
    cells = Int(seconds / length)
  }

  /// The axis below a chart: how long ago, in as many places as fit.
  ///
  /// - Parameter end: what its right end is: now, or a time of the past.
  func axis(margin: Int, end: String) -> StyledLine {
    var line = StyledLine(String(repeating: " ", count: margin))
    let marks: [(at: Int, text: String)] = [
      (0, Self.ago(range.span)),
      (cells / 2, Self.ago(range.span / 2)),
      (cells, end),
    ]
    for (at, text) in marks {
      let start = margin + min(max(0, at - text.count / 2), max(0, cells - text.count))
      guard start >= line.columns, start + text.count <= margin + max(cells, text.count) else {
        continue
      }
      line.pad(to: start, gap: 0)
      line.add(text, .dim)
    }
    return line
  }

  private static func ago(_ span: Span) -> String {
    let seconds = span.wholeSeconds
    if seconds < 120 { return "-\(seconds)s" }
    if seconds < 7200 { return seconds % 60 == 0 ? "-\(seconds / 60)m" : "-\(seconds)s" }
    return "-\(seconds / 3600)h"
  }
}
