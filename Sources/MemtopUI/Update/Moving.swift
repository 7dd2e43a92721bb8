import MemtopCore

extension AppState {
  /// By how much the cursor moves, or what lies over the list scrolls.
  enum Move {
    case up, down, pageUp, pageDown, halfUp, halfDown, first, last

    func rows(page: Int) -> Int {
      switch self {
      case .up: -1
      case .down: 1
      case .pageUp: -page
      case .pageDown: page
      case .halfUp: -max(1, page / 2)
      case .halfDown: max(1, page / 2)
      case .first: -1_000_000
      case .last: 1_000_000
      }
    }
  }

  /// Moves the cursor, or scrolls what lies over the list.
  mutating func move(_ move: Move, _ history: any HistoryReader = EmptyHistory()) {
    let step = move.rows(page: max(1, pageRows))
    switch layers.last {
    case .page where step.magnitude == 1: moveCursor(step)
    case nil: moveCursor(step)
    case .events: moveInEvents(step, history)
    case .page, .help, .prompt, .review, .progress: scroll(step, history)
    }
  }

  private func overlayLength(_ history: any HistoryReader) -> Int {
    Overlay(state: self, history: history, glyphs: .ascii).content()?.lines.count ?? 0
  }

  /// The last line of what lies over the list is on the screen.
  func isSeenToItsEnd(_ history: any HistoryReader) -> Bool {
    guard case .review(let review) = layers.last else { return true }
    return review.top + plan.overlay.count >= overlayLength(history)
  }

  private var pageRows: Int {
    let plan = self.plan
    if case .events = layers.last { return EventPlan(self).rows }
    return layers.isEmpty ? plan.listRows : plan.overlay.count
  }

  private mutating func moveCursor(_ step: Int) {
    guard let shown, !list.rows.isEmpty else { return }
    let row = list.cursor.flatMap { list.row(of: $0, in: shown) } ?? 0
    let next = min(max(0, row + step), list.rows.count - 1)
    list.cursor = shown.domains[list.rows[next]].id
  }

  private mutating func scroll(_ step: Int, _ history: any HistoryReader) {
    let most = max(0, overlayLength(history) - plan.overlay.count)
    func moved(_ top: Int) -> Int { min(max(0, top + step), most) }
    switch layers.popLast() {
    case .page(var page):
      page.top = moved(page.top)
      layers.append(.page(page))
    case .help(let top): layers.append(.help(top: moved(top)))
    case .review(var review):
      review.top = moved(review.top)
      layers.append(.review(review))
    case .prompt(let prompt): layers.append(.prompt(prompt))
    case .progress(let top): layers.append(.progress(top: moved(top)))
    case .events(let list): layers.append(.events(list))
    case nil: break
    }
  }

  /// Keeps the cursor's row on the screen with the least scrolling.
  mutating func keepCursorInSight() {
    guard let shown else { return }
    let rows = max(1, plan.listRows)
    let row = list.cursor.flatMap { list.row(of: $0, in: shown) } ?? 0
    list.top = min(list.top, row, max(0, list.rows.count - rows))
    list.top = max(0, list.top, row - rows + 1)
  }
}
