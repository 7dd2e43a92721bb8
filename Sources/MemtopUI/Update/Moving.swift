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
    switch pages.layers.last {
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
    guard case .review(let review) = pages.layers.last else { return true }
    return review.top + plan.overlay.count >= overlayLength(history)
  }

  private var pageRows: Int {
    let plan = self.plan
    if case .events = pages.layers.last { return EventPlan(self).rows }
    return pages.layers.isEmpty ? plan.listRows : plan.overlay.count
  }

  private mutating func moveCursor(_ step: Int) {
    if let shown { list.moveCursor(step, in: shown) }
  }

  private mutating func scroll(_ step: Int, _ history: any HistoryReader) {
    pages.scroll(step, most: max(0, overlayLength(history) - plan.overlay.count))
  }

  mutating func keepCursorInSight() {
    if let shown { list.keepCursorInSight(rows: max(1, plan.listRows), in: shown) }
  }
}

extension AppState {
  mutating func openPage() {
    guard shown != nil else { return }
    selected == nil ? say(noDomainReason) : pages.open(.page(DomainPage()))
  }

  mutating func askForFilter() {
    ask(.filter(before: list.filter.text), text: list.filter.text)
  }

  /// Trouble first, then the columns shown from left to right, then round again.
  mutating func sort(by step: Int) {
    guard mayReorder() else { return }
    list.sort(
      by: step, among: layout.columns.map(\.field).filter { !$0.isDrawing }.map(\.id))
    relist()
    saySort()
  }

  mutating func showNextGraph() {
    list.showNextGraph()
    if layout.column(.spark) == nil {
      say("Graph: \(list.spark.title) (needs a wider screen)")
    }
  }

  private mutating func saySort() {
    switch list.sort {
    case .trouble:
      say(list.isReversed ? "Sorted by trouble, the least first" : "Sorted by trouble, then size")
    case .field(let id):
      say("Sorted by \(Field.of(id).title)" + (list.isReversed ? ", reversed" : ""))
    }
  }

  mutating func reverse() {
    guard mayReorder() else { return }
    list.reverse()
    relist()
    saySort()
  }

  private mutating func mayReorder() -> Bool {
    if staging.isEmpty { return true }
    say("Sorting is fixed while targets are staged")
    return false
  }

  mutating func tagSelected() {
    list.tagCursor()
    move(.down)
  }

  mutating func tagAll() {
    if let shown { list.tagAll(in: shown) }
  }
}

extension ColumnLayout {
  /// The columns of the list of these domains.
  init(_ digest: HostDigest, width: Int) {
    self.init(
      width: width, longestName: digest.longestName, longestID: digest.longestID,
      longestHost: digest.longestHost, hidden: digest.hidden)
  }
}
