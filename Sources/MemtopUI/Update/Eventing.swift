import MemtopCore

/// The page of events.
extension AppState {
  /// The domain whose page is open.
  var pageDomain: DomainID? {
    pages.isDomainOpen ? list.cursor : nil
  }

  /// Opens it at the instant shown; on it, `E` asks for everybody's events, or this domain's again.
  mutating func openEvents(_ history: any HistoryReader) {
    if case .events(let open) = pages.layers.last {
      guard open.domain != nil else { return }
      let isAll = open.filter.key == nil
      return changeEvents {
        $0.filter = EventFilter(open.filter.text, of: isAll ? open.domain : nil)
        $0.load(around: $0.selected?.place, history)
      }
    }
    pages.open(.events(EventList(of: pageDomain)))
    let place = playback.timeline.isNewest ? nil : instant.map { EventPlace.after($0) }
    changeEvents { $0.load(around: place, history) }
  }

  private mutating func changeEvents(_ change: (inout EventList) -> Void) {
    pages.changeEvents(rows: EventPlan(self).rows, change)
  }

  mutating func moveInEvents(_ step: Int, _ history: any HistoryReader) {
    let rows = EventPlan(self).rows
    changeEvents { list in
      if step.magnitude < 100_000 { return list.move(step, rows: rows, history) }
      list.go(to: step < 0 ? .later : .earlier, rows: rows, history)
    }
  }

  /// Follows a filter as it is typed.
  mutating func filterEvents(_ text: String, _ history: any HistoryReader) {
    changeEvents { list in
      let place = list.selected?.place
      list.filter = EventFilter(text, of: list.filter.key == nil ? nil : list.domain)
      list.load(around: place, history)
    }
  }

  mutating func askForEventFilter() {
    guard case .events(let list) = pages.layers.last else { return }
    ask(.eventFilter(before: list.filter.text), text: list.filter.text)
  }

  mutating func renewEvents(_ history: any HistoryReader) {
    let rows = EventPlan(self).rows
    changeEvents { $0.renew(rows: rows, history) }
  }

  /// Shows the moment of the event under the cursor, and whom it is about.
  mutating func goToEvent(_ history: any HistoryReader) {
    guard case .events(let page) = pages.layers.last, let found = page.selected else { return }
    guard history.range?.contains(found.place.at) == true else {
      return say("No history from that time")
    }
    pages.close()
    jump(to: found.place.at, playing: nil, history)
    if let shown, let sample = shown.domain(found.event.domain) {
      list.moveCursor(to: sample.id, in: shown)
    }
    say(EventText.line(found.event, settings, .ascii).text)
  }
}

/// How the rows of the page of events are shared.
struct EventPlan {
  /// Events that are in sight.
  let rows: Int
  /// Lines below, for the text of the event under the cursor where it does not fit.
  let detail: Int

  init(_ state: AppState) {
    let count = state.plan.overlay.count
    detail = count < 10 ? 0 : state.size.columns < 100 ? 2 : 1
    rows = max(1, count - 1 - detail)
  }
}
