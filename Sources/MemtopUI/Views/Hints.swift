import MemtopCore

/// What the keys do now, as much of it as fits on the last line; or the answer to the last key.
struct Hints {
  let state: AppState

  init(_ state: AppState) { self.state = state }

  func line(width: Int) -> StyledLine {
    if let message = state.message { return StyledLine(message.text, message.alarm.style) }
    switch state.layers.last {
    case .prompt: return StyledLine()
    case .review(let review):
      guard let live = state.live else { return StyledLine() }
      return ReviewText(review: review, snapshot: live, glyphs: .ascii, width: width, rows: 0)
        .hint()
    case .page, .help, .progress, .events, nil: return commands(width: width)
    }
  }

  private func commands(width: Int) -> StyledLine {
    var line = StyledLine()
    for id in wanted {
      guard Command.of(id).exists(state.settings), let hint = hint(Command.of(id)) else { continue }
      let gap = line.pieces.isEmpty ? 0 : 2
      if line.columns + gap + hint.columns > width { break }
      if gap > 0 { line.add("  ") }
      line.add(hint)
    }
    return line
  }

  /// Nil for one that has nothing to do here.
  private func hint(_ command: Command) -> StyledLine? {
    var line = StyledLine(command.keys[0], .key)
    switch command.id {
    case .raise: line.add(" +" + state.step.short)
    case .lower: line.add(" -" + state.step.short)
    case .advice: line.add(" advice" + advised)
    case .regulate:
      guard let handing = state.handing else { return nil }
      line.add(" " + handing)
    case .live where state.settings.isReplay: line.add(" newest")
    case .events where state.mode == .events:
      guard let words = otherEvents else { return nil }
      line.add(" " + words)
    case .play where state.timeline.isPlaying: line.add(" pause")
    default: line.add(" " + command.title)
    }
    return line
  }

  /// What `E` leads to on the page of events itself.
  private var otherEvents: String? {
    guard case .events(let list) = state.layers.last, list.domain != nil else { return nil }
    return list.filter.key == nil ? "this domain" : "all domains"
  }

  /// The figure that `a` would stage.
  private var advised: String {
    guard state.list.tagged.isEmpty, let live = state.live, let id = state.list.cursor,
      case .success(let advice) = Advisor.advise(
        live, for: id, policies: state.settings.policies)
    else { return "" }
    return " " + advice.target.short
  }

  private var wanted: [Command.ID] {
    switch state.mode {
    case .listPast where state.settings.isReplay: Self.replaying + [.openPage, .filter, .help]
    case .pagePast where state.settings.isReplay: [.escape] + Self.replaying + [.help]
    default: Self.wanted(state.mode)
    }
  }

  private static let replaying: [Command.ID] = [
    .play, .slower, .faster, .sampleBack, .sampleOn, .previousEvent, .nextEvent, .goToTime, .live,
    .events,
  ]

  /// The most useful first: the line is cut where it ends.
  private static func wanted(_ mode: Mode) -> [Command.ID] {
    switch mode {
    case .list:
      [
        .help, .raise, .lower, .size, .advice, .openPage, .regulate, .filter, .freeze, .tag, .free,
        .undo, .record, .note,
      ]
    case .listStaged: [.review, .drop, .raise, .lower, .stepBigger, .stepSmaller, .size, .help]
    case .listPast:
      [
        .live, .play, .sampleBack, .sampleOn, .previousEvent, .nextEvent, .goToTime, .openPage,
        .events, .help,
      ]
    case .page:
      [
        .escape, .raise, .lower, .size, .advice, .regulate, .events, .longer, .shorter, .pageDown,
        .freeze, .help,
      ]
    case .pageStaged: [.review, .drop, .raise, .lower, .size, .help]
    case .pagePast:
      [.live, .play, .sampleBack, .sampleOn, .previousEvent, .nextEvent, .goToTime, .events, .help]
    case .help: [.escape, .pageDown, .pageUp]
    case .progress: [.escape, .help]
    case .events: [.goToEvent, .filterEvents, .escape, .pageDown, .events, .help]
    case .review, .prompt: []
    }
  }
}
