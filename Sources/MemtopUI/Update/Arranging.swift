import MemtopCore

extension AppState {
  mutating func openPage() {
    if selected != nil { pages.open(.page(DomainPage())) }
  }

  mutating func askForFilter() {
    ask(.filter(before: list.filter.text), text: list.filter.text)
  }

  /// Trouble first, then the columns shown from left to right, then round again.
  mutating func sort(by step: Int) {
    guard mayReorder() else { return }
    list.sort(
      by: step, among: ColumnLayout(self).columns.map(\.field).filter { !$0.isDrawing }.map(\.id))
    relist()
    switch list.sort {
    case .trouble: say("Sorted by trouble, then size")
    case .field(let id): say("Sorted by \(Field.of(id).title)")
    }
  }

  mutating func reverse() {
    guard mayReorder() else { return }
    list.reverse()
    relist()
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
  /// The columns of the list as it is shown.
  init(_ state: AppState) {
    let domains = state.shown?.domains ?? []
    var hidden: Set<FieldID> = []
    if !domains.indices.contains(where: { domains[$0].dynamicMin != nil }) {
      hidden.insert(.dynmin)
    }
    if !domains.indices.contains(where: { domains[$0].dynamicMax != nil }) {
      hidden.insert(.dynmax)
    }
    if !domains.indices.contains(where: { domains[$0].overhead != nil }) {
      hidden.insert(.overhead)
    }
    var longest = 8
    for index in domains.indices {
      let name = domains[index].facts.name
      // Bytes are at least columns: only names with many need to be measured.
      if name.utf8.count > longest { longest = max(longest, TextWidth.columns(of: name)) }
    }
    self.init(
      width: state.size.columns, longestName: longest,
      longestID: String(domains.last?.id.domid ?? 0).utf8.count, hidden: hidden)
  }
}
