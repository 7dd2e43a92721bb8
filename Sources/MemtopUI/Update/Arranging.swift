import MemtopCore

extension AppState {
  /// What is listed, and in which order.
  mutating func arrange(_ command: Command.ID) {
    switch command {
    case .openPage: if selected != nil { layers.append(.page(DomainPage())) }
    case .sortLeft: sort(by: -1)
    case .sortRight: sort(by: 1)
    case .reverse: reverse()
    case .filter: ask(.filter(before: list.filter.text), text: list.filter.text)
    case .tag: tagSelected()
    case .tagAll: tagAll()
    case .spark: list.spark = list.spark.next
    default: break
    }
  }

  mutating func zoom(_ command: Command.ID) {
    guard case .page(var page) = layers.last else { return }
    page.range = command == .longer ? page.range.longer : page.range.shorter
    layers[layers.count - 1] = .page(page)
  }

  /// Trouble first, then the columns shown from left to right, then round again.
  private mutating func sort(by step: Int) {
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

  private mutating func reverse() {
    guard mayReorder() else { return }
    list.isReversed.toggle()
    relist()
  }

  private mutating func mayReorder() -> Bool {
    if staged.isEmpty { return true }
    say("Sorting is fixed while targets are staged")
    return false
  }

  private mutating func tagSelected() {
    guard let id = list.cursor else { return }
    let key = HistoryKey(id)
    if list.tagged.remove(key) == nil { list.tagged.insert(key) }
    move(.down)
  }

  private mutating func tagAll() {
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
