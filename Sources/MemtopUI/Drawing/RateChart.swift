import MemtopCore

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

  static func shape(_ pressure: Pressure, _ glyphs: GlyphSet) -> (Character, Style) {
    switch pressure {
    case .ok: (glyphs.faint, .dim)
    case .tight: (glyphs.height(3), .warning)
    case .short: (glyphs.height(5), .alarm)
    case .thrashing: (glyphs.height(8), .alarm)
    }
  }
}
