import MemtopCore

/// What happened, as a list that goes back as far as anything is kept.
struct EventPage {
  let list: EventList
  let state: AppState
  let glyphs: GlyphSet

  private var width: Int { state.size.columns }
  private var clock: Clock { Clock(state.settings) }

  func lines() -> [StyledLine] {
    let plan = EventPlan(state)
    let inSight = list.rows.dropFirst(list.top).prefix(plan.rows)
    guard !inSight.isEmpty else { return [heading(plan), .blank, StyledLine(empty, .dim)] }
    let columns = Columns(inSight.map(\.event), self)
    var lines = [heading(plan)]
    for (offset, found) in inSight.enumerated() {
      lines.append(row(found.event, columns, isCursor: list.top + offset == list.cursor))
    }
    guard plan.detail > 0, let selected = list.selected else { return lines }
    while lines.count < 1 + plan.rows { lines.append(.blank) }
    return lines + detail(selected.event, columns, rows: plan.detail)
  }

  private func heading(_ plan: EventPlan) -> StyledLine {
    var line = StyledLine("Events", .heading)
    if list.filter.key != nil, let domain = list.domain {
      let name = state.shown?.domain(domain)?.name ?? "domain \(domain.domid)"
      line = StyledLine("Events of \(name)", .heading)
      line.add("  E all domains", .dim)
    }
    if !list.filter.text.isEmpty { line.add("  matching \(list.filter.text)", .notice) }
    guard let place = place(plan) else { return line }
    let room = width - TextWidth.columns(of: place)
    guard room - 2 > 6 else { return line }
    line = line.cut(to: room - 2)
    line.pad(to: room)
    line.add(place, .dim)
    return line
  }

  /// "1-18 of 57"; with a plus where there are more that were not fetched.
  private func place(_ plan: EventPlan) -> String? {
    if !list.rows.isEmpty, let stopped { return stopped }
    guard list.rows.count > plan.rows || !list.hasNewest || !list.hasOldest else { return nil }
    guard list.hasNewest else { return list.hasOldest ? "oldest" : "more above and below" }
    let last = min(list.rows.count, list.top + plan.rows)
    return "\(list.top + 1)-\(last) of \(list.rows.count)" + (list.hasOldest ? "" : "+")
  }

  private var empty: String {
    if list.filter.text.isEmpty { return "  No events yet" }
    guard let stopped else { return "  No event matches; / changes the filter" }
    return "  No match yet: \(stopped)"
  }

  /// How far was looked where that is not everything.
  private var stopped: String? {
    func time(_ end: EventSearch.End) -> String {
      clock.date(end.time).dropFirst(5) + " " + clock.time(end.time)
    }
    if let end = list.oldestEnd { return "searched back to \(time(end)); PgDn continues" }
    return list.newestEnd.map { "searched up to \(time($0)); PgUp continues" }
  }

  private func row(_ event: HostEvent, _ columns: Columns, isCursor: Bool) -> StyledLine {
    var line = StyledLine(isCursor ? String(glyphs.cursor) : " ", .strong)
    line.add(columns.time(event, clock), .dim)
    line.add(" ")
    line.add(columns.name(event), .strong)
    line.add(" ")
    line.add(EventText.words(event.kind, glyphs), EventText.style(event.kind))
    guard isCursor else { return line }
    for index in line.pieces.indices {
      line.pieces[index].style = Style.selected(line.pieces[index].style)
    }
    line.add(String(repeating: " ", count: max(0, width - line.columns)), .cursor)
    return line
  }

  /// The whole text of an event that its row cuts.
  private func detail(_ event: HostEvent, _ columns: Columns, rows: Int) -> [StyledLine] {
    let text = EventText.words(event.kind, glyphs)
    let isCut =
      columns.isCut(event) || columns.start + TextWidth.columns(of: text) > width
    guard isCut else { return [] }
    return Array(
      StyledLine.wrapped("\(event.whose) \(text)", EventText.style(event.kind), width: width)
        .prefix(rows))
  }

  /// How wide times and names are: those in sight decide.
  private struct Columns {
    let hasDays: Bool
    let nameWidth: Int
    let ellipsis: String
    /// Where the text begins.
    var start: Int { 1 + (hasDays ? 14 : 8) + 1 + nameWidth + 1 }

    init(_ events: [HostEvent], _ page: EventPage) {
      let now = page.state.shown?.time ?? events[0].time
      hasDays = events.contains { !page.clock.isSameDay($0.time, now) }
      let longest = events.reduce(1) { max($0, TextWidth.columns(of: $1.whose)) }
      nameWidth = min(longest, max(8, page.width / 5))
      ellipsis = String(page.glyphs.ellipsis)
    }

    func time(_ event: HostEvent, _ clock: Clock) -> String {
      hasDays
        ? clock.date(event.time).dropFirst(5) + " " + clock.time(event.time)
        : clock.time(event.time)
    }

    func isCut(_ event: HostEvent) -> Bool { TextWidth.columns(of: event.whose) > nameWidth }

    func name(_ event: HostEvent) -> String {
      let shown =
        isCut(event)
        ? TextWidth.clipped(event.whose, to: nameWidth - 1) + ellipsis : event.whose[...]
      let columns = TextWidth.columns(of: String(shown))
      return shown + String(repeating: " ", count: max(0, nameWidth - columns))
    }
  }
}

extension Style {
  /// As it looks on the row under the cursor: what warns keeps its colour.
  fileprivate static func selected(_ style: Style) -> Style {
    if [.plain, .dim, .strong, .good].contains(style.ink) { return .cursor }
    var style = style
    style.isReversed = true
    return style
  }
}

extension StyledLine {
  var text: String { pieces.map(\.text).joined() }
}

/// An event in the operator's words.
enum EventText {
  static func line(_ event: HostEvent, _ settings: ScreenSettings, _ glyphs: GlyphSet) -> StyledLine
  {
    var line = StyledLine(Clock(settings).time(event.time), .dim)
    line.add(" " + event.whose, .strong)
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
    case .started, .rebooted, .renamed, .gone, .unpaused, .regulated, .regulator(.started): .plain
    case .crashed, .changeFailed, .hostShort, .hostLost: .alarm
    case .targetChanged(_, _, let by, _): by == nil ? .warning : .plain
    case .targetReached, .reportBack, .stuckEnded, .hostEnough, .hostBack, .regulator(.back): .good
    case .pressure(let turn): style(turn)
    case .notFollowing, .reportStale, .reportSilent, .reportImplausible, .reportUnreadable,
      .leftOut, .released, .regulator(.ended), .regulator(.silent), .paused:
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

/// What is worth one of the few lines below the list: the newest, and of what a domain is in only the
/// last word, so that one whose words change often does not push all others out.
enum LatestEvents {
  /// So many are looked at.
  static let looked = 24

  static func of(_ history: any HistoryReader, until: SteadyTime) -> [HostEvent] {
    var seen: Set<Subject> = []
    return history.events(of: nil, until: until, limit: looked).filter { event in
      guard let topic = event.kind.topic else { return true }
      return seen.insert(Subject(domain: event.domain, topic: topic)).inserted
    }
  }

  private struct Subject: Hashable {
    var domain: DomainID
    var topic: HostEvent.Kind.Topic
  }
}

extension HostEvent.Kind {
  /// What it begins or ends; nil for what stands by itself.
  enum Topic: Hashable { case pressure, report, balloon, host, link, pause }

  var topic: Topic? {
    switch self {
    case .pressure: .pressure
    case .reportStale, .reportSilent, .reportImplausible, .reportUnreadable, .reportBack: .report
    case .notFollowing, .stuckEnded: .balloon
    case .hostShort, .hostEnough: .host
    case .hostLost, .hostBack: .link
    case .paused, .unpaused: .pause
    case .started, .rebooted, .renamed, .gone, .crashed, .targetChanged, .targetReached, .leftOut,
      .changeFailed, .regulated, .released, .regulator, .note:
      nil
    }
  }
}
