import MemtopCore

/// The past in one row: pressure, gaps, what happened, and where in it the screen is.
struct TimelineView {
  let strip: TimelineStrip
  let instant: SteadyTime

  func line(_ glyphs: GlyphSet) -> StyledLine {
    var line = StyledLine(strip.layout.left + " ", .dim)
    let cells = TimelineCells(from: strip.from, to: strip.to, cells: strip.marks.count)
    // The past may have grown by a little since the strip was made.
    let cursor = cells.cell(of: min(max(instant, strip.from), strip.to))
    for (index, mark) in strip.marks.enumerated() {
      if index == cursor {
        line.add(cell: glyphs.playhead, Style(.accent, isBold: true))
      } else {
        let (glyph, style) = Self.shape(mark, glyphs)
        line.add(cell: glyph, style)
      }
    }
    line.add(" " + strip.layout.right, .dim)
    return line
  }

  /// What happened once comes first, then how bad it became, then how bad it still was.
  static func shape(_ mark: TimelineMark, _ glyphs: GlyphSet) -> (Unicode.Scalar, Style) {
    let entered = mark.entered ?? .ok
    if let event = mark.event, event.isGrave || entered < .short {
      return (glyphs.sign(of: event), event.style)
    }
    if mark.isGap { return (" ", .plain) }
    if entered > .ok { return (glyphs.bar(entered), PressureRow.shape(entered, glyphs).1) }
    let worst = mark.worst ?? .ok
    return (glyphs.line(worst), PressureRow.shape(worst, glyphs).1)
  }
}

extension GlyphSet {
  /// Where in the past the screen is.
  var playhead: Unicode.Scalar { self == .ascii ? "|" : "┃" }

  /// Somebody came under it: a bar, the higher the worse.
  func bar(_ pressure: Pressure) -> Unicode.Scalar {
    let isASCII = self == .ascii
    return switch pressure {
    case .ok: faint
    case .tight: isASCII ? "." : "▂"
    case .short: isASCII ? ":" : "▅"
    case .thrashing: isASCII ? "#" : "█"
    }
  }

  /// Somebody is still under it: a line where the bar ended, and no wall of bars.
  func line(_ pressure: Pressure) -> Unicode.Scalar {
    let isASCII = self == .ascii
    return switch pressure {
    case .ok: faint
    case .tight: isASCII ? "_" : "▁"
    case .short: isASCII ? "-" : "─"
    case .thrashing: isASCII ? "^" : "▔"
    }
  }

  func sign(of event: TimelineMark.Event) -> Unicode.Scalar {
    switch event {
    case .report: "?"
    case .started: "+"
    case .gone: "-"
    case .target: self == .ascii ? "t" : "↕"
    case .failed: "!"
    case .hostShort: "H"
    case .note: self == .ascii ? "n" : "◆"
    case .crashed: self == .ascii ? "x" : "×"
    }
  }
}

extension TimelineMark.Event {
  /// It is told even where somebody came under pressure.
  var isGrave: Bool { self >= .failed }

  var style: Style {
    switch self {
    case .report, .failed: .warning
    case .started, .gone, .target: .strong
    case .note: .accent
    case .crashed, .hostShort: .alarm
    }
  }

  /// For the legend of the help.
  var text: String {
    switch self {
    case .report: "a report became stale or implausible"
    case .started: "a domain started"
    case .gone: "a domain ended"
    case .target: "a target changed"
    case .failed: "a target not followed, or not set"
    case .hostShort: "the host ran short"
    case .note: "a note"
    case .crashed: "a crash"
    }
  }
}

/// The labels at the timeline's ends, and how many cells there are between them.
struct TimelineLayout: Hashable, Sendable {
  let left: String
  let right: String
  let cells: Int

  /// Times, with their days where those differ and there is room.
  init(first: WallTime, last: WallTime, clock: Clock, width: Int) {
    let isDay = clock.isSameDay(first, last)
    let texts: [(WallTime) -> String] = [
      {
        isDay
          ? clock.time($0) : String(clock.date($0).dropFirst(5) + " " + clock.time($0).prefix(5))
      },
      { String(clock.time($0).prefix(5)) },
    ]
    let text = texts.first { $0(first).utf8.count * 5 <= width } ?? texts[1]
    left = text(first)
    right = text(last)
    cells = max(1, width - left.utf8.count - right.utf8.count - 2)
  }
}
