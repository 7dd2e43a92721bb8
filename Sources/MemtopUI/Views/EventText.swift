import MemtopCore

/// An event in the operator's words.
enum EventText {
  static func line(_ event: HostEvent, _ settings: ScreenSettings, _ glyphs: GlyphSet) -> StyledLine
  {
    var line = StyledLine(Clock(settings).time(event.time), .dim)
    line.add(" " + event.name, .strong)
    line.add(" " + words(event.kind, glyphs), style(event.kind))
    return line
  }

  static func words(_ kind: HostEvent.Kind, _ glyphs: GlyphSet) -> String {
    kind.text(arrow: String(glyphs.arrow))
  }

  static func change(_ from: Bytes?, _ to: Bytes, _ glyphs: GlyphSet) -> String {
    HostEvent.Kind.change(from, to, String(glyphs.arrow))
  }

  /// The targets that an order sets, one after the other.
  static func change(_ order: TargetOrder, _ glyphs: GlyphSet) -> String {
    guard case .by(let held) = order.nudge else { return change(order.from, order.to, glyphs) }
    return change(order.from, held, glyphs) + " \(glyphs.arrow) \(order.to.short)"
  }

  static func style(_ kind: HostEvent.Kind) -> Style {
    switch kind {
    case .started, .rebooted, .gone, .regulated, .regulator(.started): .plain
    case .crashed, .changeFailed, .hostShort: .alarm
    case .targetChanged(_, _, let by, _): by == nil ? .warning : .plain
    case .targetReached, .reportBack, .stuckEnded, .hostEnough, .regulator(.back): .good
    case .pressure(let turn): style(turn)
    case .notFollowing, .reportStale, .reportSilent, .reportImplausible, .reportUnreadable,
      .leftOut, .released, .regulator(.ended), .regulator(.silent):
      .warning
    case .note: .accent
    }
  }

  private static func style(_ turn: PressureTurn) -> Style {
    switch turn.to {
    case nil, .tight: .warning
    case .ok: .good
    case .short, .thrashing: turn.isWorse ? .alarm : .warning
    }
  }
}
