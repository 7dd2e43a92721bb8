import MemtopCore

/// The lines below: what happened lately, or an answer; and what the keys do.
struct FooterView {
  let state: AppState
  let plan: ScreenPlan
  let history: any HistoryReader

  func draw(on canvas: inout Canvas) {
    if state.pages.layers.allSatisfy({ if case .prompt = $0 { true } else { false } }) {
      if state.playback.gap == nil { drawSentence(on: &canvas) }
      drawEvents(on: &canvas)
    }
    if let y = plan.timeline, let strip = state.playback.strip, let instant = state.instant {
      canvas.put(TimelineView(strip: strip, instant: instant).line(canvas.glyphs), x: 0, y: y)
    }
    if case .prompt(let prompt) = state.pages.layers.last {
      PromptView(prompt: prompt, state: state).draw(y: plan.hints, on: &canvas)
    } else {
      drawHints(on: &canvas)
    }
  }

  private func drawHints(on canvas: inout Canvas) {
    let columns = canvas.columns
    switch Hints(state).content(width: columns) {
    case .answer(let line): canvas.put(line, x: 0, y: plan.hints)
    case .keys(let hints):
      canvas.row(plan.hints, of: .hints(hints, columns: columns)) {
        $0.put(Hint.line(hints, width: columns), x: 0, y: plan.hints)
      }
    }
  }

  private func drawSentence(on canvas: inout Canvas) {
    guard let y = plan.sentence, let shown = state.shown, let sample = state.selected else {
      return
    }
    let line = staged(sample) ?? condition(sample, now: shown.steady)
    canvas.put(line, x: 0, y: y)
    // The sentence ends with what matters most; the place can be counted.
    guard let place = ListPlace(state, plan)?.text,
      line.columns + 2 + place.utf8.count <= canvas.columns
    else { return }
    canvas.putRight(place, x: 0, y: y, width: canvas.columns, style: .dim)
  }

  /// What is staged for the domain under the cursor, and the worst that the guard says of it alone.
  private func staged(_ sample: DomainSample) -> StyledLine? {
    guard let order = state.staging.order(for: sample.id), let live = state.live else { return nil }
    let verdict = Guard.verdict(on: order, in: live)
    let word = verdict.severity < .refuse ? "Staged: " : "Refused: "
    var line = StyledLine(word, verdict.severity < .refuse ? .staged : .alarm)
    line.add(
      verdict.findings.first?.text ?? "safe for \(sample.name)",
      verdict.severity.style)
    return line
  }

  private func condition(_ sample: DomainSample, now: SteadyTime) -> StyledLine {
    var line = StyledLine(sample.id.named(sample.name) + ": ", .strong)
    line.add(ConditionText.sentence(sample, now: now))
    return line
  }

  private func drawEvents(on canvas: inout Canvas) {
    guard let shown = state.shown, !plan.events.isEmpty else { return }
    let events = LatestEvents.of(history, until: shown.steady)
    let room = drawHint(isAny: !events.isEmpty, on: &canvas)
    if plan.events.count == 1 { return drawPacked(events, room: room, on: &canvas) }
    for (y, event) in zip(plan.events, events) {
      let line = EventText.line(event, state.settings, canvas.glyphs)
      canvas.put(line, x: 0, y: y, most: y == plan.events.lowerBound ? room : canvas.columns)
    }
  }

  /// Where the others are; returns how many columns that leaves in the first row of events.
  private func drawHint(isAny: Bool, on canvas: inout Canvas) -> Int {
    let command = Command.of(.events)
    guard isAny, state.staging.isEmpty, canvas.columns >= 60 else { return canvas.columns }
    var line = StyledLine(command.keys[0], .key)
    line.add(" all events", .dim)
    let x = canvas.columns - line.columns
    canvas.put(line, x: x, y: plan.events.lowerBound)
    return x - 2
  }

  private func drawPacked(_ events: [HostEvent], room: Int, on canvas: inout Canvas) {
    var line = StyledLine()
    for event in events {
      let text = EventText.line(event, state.settings, canvas.glyphs)
      if !line.pieces.isEmpty, line.columns + 4 + text.columns > room { break }
      if !line.pieces.isEmpty { line.add("    ") }
      line.add(text)
    }
    canvas.put(line, x: 0, y: plan.events.lowerBound, most: room)
  }
}

/// Which rows of the list are in sight; nil where all of them are.
struct ListPlace {
  let text: String

  init?(_ state: AppState, _ plan: ScreenPlan) {
    let (count, top) = (state.list.rows.count, state.list.top)
    guard count > plan.listRows else { return nil }
    text = "\(top + 1)-\(min(count, top + plan.listRows)) of \(count)"
  }
}

/// What the keys do now, as much of it as fits on the last line; or the answer to the last key.
struct Hints {
  let state: AppState

  enum Content {
    case answer(StyledLine)
    case keys([Hint])
  }

  init(_ state: AppState) { self.state = state }

  func content(width: Int) -> Content {
    if let message = state.message {
      return .answer(StyledLine(message.text, message.alarm.style))
    }
    switch state.pages.layers.last {
    case .prompt: return .answer(StyledLine())
    case .review(let review):
      guard let live = state.live else { return .answer(StyledLine()) }
      return .answer(
        ReviewText(review: review, snapshot: live, glyphs: .ascii, width: width, rows: 0).hint())
    case .page, .help, .progress, .events, nil: return .keys(keys)
    }
  }

  /// Those that have something to do here.
  private var keys: [Hint] {
    let bar = KeyBar(state.mode, isReplay: state.settings.isReplay)
    let isEmpty = state.shown != nil && state.selected == nil
    let commands = (bar?.commands ?? []).filter {
      $0.exists(state.settings) && !($0.wantsDomain && isEmpty)
    }
    return commands.compactMap { command in
      (command.hint.map { $0(state) } ?? command.title).map {
        Hint(key: command.keys[0], words: $0)
      }
    }
  }
}

/// A key, and what it does now.
struct Hint: Equatable {
  let key: String
  let words: String

  /// The first ones, as many as there is room for.
  static func line(_ hints: [Hint], width: Int) -> StyledLine {
    var line = StyledLine()
    var used = 0
    for hint in hints {
      let gap = line.pieces.isEmpty ? 0 : 2
      var next = StyledLine(hint.key, .key)
      next.add(" " + hint.words)
      used += gap + next.columns
      if used > width { break }
      if gap > 0 { line.add("  ") }
      line.add(next)
    }
    return line
  }
}

// What some keys would do now.
extension AppState {
  /// What Esc takes away; nil on a list where that is nothing.
  var leaving: String? {
    guard mode == .list || mode == .listPast else { return Command.of(.escape).title }
    return list.filter.isEmpty ? nil : "drop the filter"
  }

  /// What `z` does; nil at the end of a recording to which nothing is added.
  var playing: String? {
    if playback.timeline.isPlaying || playback.timeline == .following { return "pause" }
    return isAtEnd && !settings.follows ? nil : "play"
  }

  /// Where `L` leads to; nil where that is on the screen already.
  var present: String? {
    guard settings.isReplay else { return "live" }
    let isThere = settings.follows ? playback.timeline == .following : isAtEnd
    return isThere ? nil : "newest"
  }

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
