import MemtopCore

/// What the keys do now, as much of it as fits on the last line; or the answer to the last key.
struct Hints {
  let state: AppState

  init(_ state: AppState) { self.state = state }

  func line(width: Int) -> StyledLine {
    if let message = state.message { return StyledLine(message.text, message.alarm.style) }
    switch state.pages.layers.last {
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
    let bar = KeyBar(state.mode, isReplay: state.settings.isReplay)
    for command in bar?.commands ?? [] where command.exists(state.settings) {
      guard let hint = hint(command) else { continue }
      let gap = line.pieces.isEmpty ? 0 : 2
      if line.columns + gap + hint.columns > width { break }
      if gap > 0 { line.add("  ") }
      line.add(hint)
    }
    return line
  }

  /// Nil for one that has nothing to do here.
  private func hint(_ command: Command) -> StyledLine? {
    guard let words = command.hint.map({ $0(state) }) ?? command.title else { return nil }
    var line = StyledLine(command.keys[0], .key)
    line.add(" " + words)
    return line
  }
}

// What some keys would do now.
extension AppState {
  /// What `E` leads to on the page of events itself.
  var otherEvents: String? {
    guard case .events(let list) = pages.layers.last, list.domain != nil else { return nil }
    return list.filter.key == nil ? "this domain" : "all domains"
  }

  /// The figure that `a` would stage.
  var advisedFigure: String {
    guard list.tagged.isEmpty, let live, let id = list.cursor,
      case .success(let advice) = Advisor.advise(live, for: id, policies: settings.policies)
    else { return "" }
    return " " + advice.target.short
  }
}
