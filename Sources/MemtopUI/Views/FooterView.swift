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
      canvas.put(Hints(state).line(width: canvas.columns), x: 0, y: plan.hints)
    }
  }

  private func drawSentence(on canvas: inout Canvas) {
    guard let y = plan.sentence, let shown = state.shown, let sample = state.selected else {
      return
    }
    let line = staged(sample) ?? condition(sample, now: shown.steady)
    let place = ListPlace(state, plan)?.text ?? ""
    canvas.put(line, x: 0, y: y, most: max(0, canvas.columns - place.utf8.count - 2))
    canvas.putRight(place, x: 0, y: y, width: canvas.columns, style: .dim)
  }

  /// What is staged for the domain under the cursor, and the worst that the guard says of it alone.
  private func staged(_ sample: DomainSample) -> StyledLine? {
    guard let order = state.staging.order(for: sample.id), let live = state.live else { return nil }
    let verdict = Guard.verdict(on: order, in: live)
    let word = verdict.severity < .refuse ? "Staged: " : "Refused: "
    var line = StyledLine(word, verdict.severity < .refuse ? .staged : .alarm)
    line.add(
      verdict.findings.first?.text ?? "safe",
      verdict.severity.style)
    return line
  }

  private func condition(_ sample: DomainSample, now: SteadyTime) -> StyledLine {
    var line = StyledLine(sample.name + ": ", .strong)
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
