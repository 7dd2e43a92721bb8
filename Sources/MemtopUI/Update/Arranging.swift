import MemtopCore

extension AppState {
  mutating func openPage() {
    if selected != nil { layers.append(.page(DomainPage())) }
  }

  mutating func askForFilter() {
    ask(.filter(before: list.filter.text), text: list.filter.text)
  }

  mutating func zoom(_ next: KeyPath<ChartRange, ChartRange>) {
    guard case .page(var page) = layers.last else { return }
    page.range = page.range[keyPath: next]
    layers[layers.count - 1] = .page(page)
  }

  /// Trouble first, then the columns shown from left to right, then round again.
  mutating func sort(by step: Int) {
    guard mayReorder() else { return }
    let columns = ColumnLayout(self).columns.map(\.field).filter { !$0.isDrawing }
    let sorts: [ListState.Sort] = [.trouble] + columns.map { .field($0.id) }
    let place = sorts.firstIndex(of: list.sort) ?? 0
    list.sort = sorts[(place + step + sorts.count) % sorts.count]
    list.isReversed = false
    relist()
    switch list.sort {
    case .trouble: say("Sorted by trouble, then size")
    case .field(let id): say("Sorted by \(Field.of(id).title)")
    }
  }

  mutating func reverse() {
    guard mayReorder() else { return }
    list.isReversed.toggle()
    relist()
  }

  private mutating func mayReorder() -> Bool {
    if staged.isEmpty { return true }
    say("Sorting is fixed while targets are staged")
    return false
  }

  mutating func tagSelected() {
    guard let id = list.cursor else { return }
    let key = HistoryKey(id)
    if list.tagged.remove(key) == nil { list.tagged.insert(key) }
    move(.down)
  }

  mutating func tagAll() {
    guard let shown else { return }
    let keys = list.rows.map { HistoryKey(shown.domains[$0].id) }
    if keys.contains(where: { !list.tagged.contains($0) }) {
      list.tagged.formUnion(keys)
    } else {
      list.tagged.subtract(keys)
    }
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
