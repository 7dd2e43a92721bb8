/// An event in the operator's words.
enum EventText {
  static func line(_ event: HostEvent, _ settings: ScreenSettings, _ glyphs: GlyphSet) -> StyledLine
  {
    var line = StyledLine(Clock(settings).time(event.time), .dim)
    line.add(" " + event.name, .strong)
    let (text, style) = words(event.kind, glyphs)
    line.add(" " + text, style)
    return line
  }

  static func words(_ kind: HostEvent.Kind, _ glyphs: GlyphSet) -> (String, Style) {
    switch kind {
    case .started: ("started", .plain)
    case .rebooted(let former): ("rebooted, was domain \(former)", .plain)
    case .gone: ("is gone", .plain)
    case .crashed: ("crashed", .alarm)
    case .targetChanged(let from, let to, .regulator, let why?):
      ("target \(change(from, to, glyphs)) (regulator: \(why))", .plain)
    case .targetChanged(let from, let to, let by, _):
      ("target \(change(from, to, glyphs)) (\(author(by)))", by == nil ? .warning : .plain)
    case .targetReached(let target): ("reached \(target.short)", .good)
    case .notFollowing(let target): ("does not follow its target \(target.short)", .warning)
    case .reportStale: ("stopped reporting", .warning)
    case .reportImplausible(let why): ("report is implausible: \(why)", .warning)
    case .reportUnreadable(let why): ("report is unreadable: \(why)", .warning)
    case .reportBack: ("reports again", .good)
    case .changeFailed(let why): ("change failed: \(why)", .alarm)
    case .regulated(let by): ("is regulated, as \(by) wants", .plain)
    case .released(let why): ("is regulated no more: \(why)", .warning)
    case .regulator(.started): ("memtop regulate started", .plain)
    case .regulator(.ended): ("memtop regulate ended", .warning)
    case .regulator(.silent): ("memtop regulate gives no sign of life", .warning)
    case .regulator(.back): ("memtop regulate is back", .good)
    case .note(let text, let by): ("note: \(text) (\(by))", .accent)
    }
  }

  static func change(_ from: Bytes?, _ to: Bytes, _ glyphs: GlyphSet) -> String {
    (from.map { $0.short + " " } ?? "") + "\(glyphs.arrow) \(to.short)"
  }

  private static func author(_ author: ChangeAuthor?) -> String {
    switch author {
    case nil: "not memtop"
    case .you: "you"
    case .operatorNamed(let name): name
    case .regulator: "regulator"
    }
  }
}
