import MemtopCore

/// The list: its order, what is shown of it, and where the cursor is. Only its own functions change it.
package struct ListState: Sendable {
  package enum Sort: Hashable, Sendable {
    /// Trouble first, then size.
    case trouble
    case field(FieldID)
  }

  /// The domain under the cursor; it follows its domain wherever that moves.
  package private(set) var cursor: DomainID?
  /// Until the first key the cursor is at the top, where the worst trouble is.
  private var isUntouched = true
  /// The first visible row.
  package private(set) var top = 0
  package private(set) var sort: Sort
  package private(set) var isReversed: Bool
  package private(set) var filter = Filter.none
  /// Nothing was listed through this filter yet.
  private var isFilterNew = true
  private(set) var tagged: Set<HistoryKey> = []
  package private(set) var spark = SparkMetric.available

  /// Indices into the shown snapshot's domains, in order.
  package private(set) var rows: [Int] = []
  /// What `rows` were made of, where they hold for as long as that is the same.
  private var listed: Listed?
  private var trouble = TroubleOrder()
  /// The order to keep while anything is staged.
  private var held: [DomainID]?

  init(sort: Sort = .trouble, isReversed: Bool = false, filter: Filter = .none) {
    self.sort = sort
    self.isReversed = isReversed
    self.filter = filter
  }

  package func isTagged(_ id: DomainID) -> Bool {
    !tagged.isEmpty && tagged.contains(HistoryKey(id))
  }
}

extension AppState {
  /// "3 tagged", and how many of them the filter hides: keys act on those in sight only.
  var taggedCount: String? {
    guard let shown, !list.tagged.isEmpty else { return nil }
    let all = shown.domains.count { list.isTagged($0.id) }
    let inSight = list.rows.count { list.isTagged(shown.domains[$0].id) }
    guard all > 0 else { return nil }
    return inSight == all ? "\(all) tagged" : "\(all) tagged, \(all - inSight) hidden"
  }
}

/// What the sparkline shows.
package enum SparkMetric: CaseIterable, Hashable, Sendable {
  case available, busy, allocation, target, swapIn, pressure

  package var title: String {
    switch self {
    case .available: "AVAIL, 2 min"
    case .busy: "BUSY, 2 min"
    case .allocation: "ALLOC, 2 min"
    case .target: "TARGET 2 min"
    case .swapIn: "IN/s, 2 min"
    case .pressure: "PRESS, 2 min"
    }
  }

  var next: SparkMetric {
    let all = Self.allCases
    return all[(all.firstIndex(of: self)! + 1) % all.count]
  }
}

extension ListState {
  /// Takes a snapshot to show: order, filter, and a cursor that stays with its domain.
  mutating func show(_ snapshot: Snapshot, before: Snapshot?, live: Bool) {
    if let listed, listed.isLive == live, listed.domains.areSame(as: snapshot.domains) { return }
    let place = before.flatMap { old in cursor.flatMap { row(of: $0, in: old) } }
    let stubs = snapshot.stubPlaces
    rows = Snapshot.withStubsUnderGuests(ordered(snapshot, stubs, live: live), stubs)
    if !filter.isEmpty {
      let kept = keptByCursor
      rows.removeAll {
        !filter.shows(snapshot.domains[$0], of: snapshot.host.hostname)
          && snapshot.domains[$0].id != kept
      }
    }
    isFilterNew = false
    follow(in: snapshot, from: place ?? 0)
    listed =
      !snapshot.isOfSeveral && isTimeless(live: live)
      ? Listed(domains: snapshot.domains, isLive: live) : nil
  }

  /// Keys act on the domain under the cursor: it stays in the list when a filter that it was chosen
  /// through stops showing it, or the next key would act on its neighbour.
  private var keptByCursor: DomainID? { isUntouched || isFilterNew ? nil : cursor }

  private struct Listed {
    let domains: DomainSamples
    let isLive: Bool
  }

  /// Whether time alone changes neither the order nor what is shown of it.
  private func isTimeless(live: Bool) -> Bool {
    (!live || trouble.isSettled) && sort != .field(.age) && !filter.asks(.age)
  }

  private mutating func ordered(
    _ snapshot: Snapshot, _ stubs: [(stub: Int, guest: Int)], live: Bool
  ) -> [Int] {
    // Learned from every live snapshot, so that the order is calm when it is wanted again.
    let byTrouble =
      live ? trouble.update(snapshot, stubs) : Self.troubleOfThePast(snapshot, stubs)
    if let held { return keep(held, in: snapshot) }
    switch sort {
    case .trouble: return isReversed ? byTrouble.reversed() : byTrouble
    case .field(let id): return Field.of(id).order(of: snapshot.domains, reversed: isReversed)
    }
  }

  private static func troubleOfThePast(
    _ snapshot: Snapshot, _ stubs: [(stub: Int, guest: Int)]
  ) -> [Int] {
    var order = TroubleOrder()
    return order.update(snapshot, stubs)
  }

  private func keep(_ order: [DomainID], in snapshot: Snapshot) -> [Int] {
    let places = Dictionary(
      uniqueKeysWithValues: snapshot.domains.enumerated().map { ($1.id, $0) })
    let known = Set(order)
    return order.compactMap { places[$0] }
      + snapshot.domains.indices.filter { !known.contains(snapshot.domains[$0].id) }
  }

  /// The row of a domain, or nil where it is not shown.
  func row(of id: DomainID, in snapshot: Snapshot) -> Int? {
    guard let place = snapshot.index(of: id) else { return nil }
    return rows.firstIndex(of: place)
  }

  /// A domain that is gone leaves the cursor with its successor by uuid, else where it was.
  private mutating func follow(in snapshot: Snapshot, from place: Int) {
    if isUntouched { return cursor = rows.first.map { snapshot.domains[$0].id } }
    if let cursor, row(of: cursor, in: snapshot) != nil { return }
    let reborn = cursor.flatMap { old in
      rows.first { HistoryKey(snapshot.domains[$0].id) == HistoryKey(old) }
    }
    let index = reborn ?? (rows.isEmpty ? nil : rows[min(max(0, place), rows.count - 1)])
    cursor = index.map { snapshot.domains[$0].id }
  }
}

extension ListState {
  /// A key was pressed: the cursor stays where the operator has it.
  mutating func touch() { isUntouched = false }

  /// Trouble first, then these columns from left to right, then round again.
  mutating func sort(by step: Int, among columns: [FieldID]) {
    let sorts: [Sort] = [.trouble] + columns.map { .field($0) }
    let place = sorts.firstIndex(of: sort) ?? 0
    sort = sorts[(place + step + sorts.count) % sorts.count]
    isReversed = false
    listed = nil
  }

  mutating func reverse() { (isReversed, listed) = (!isReversed, nil) }

  mutating func show(only filter: Filter) {
    (self.filter, listed, isFilterNew) = (filter, nil, true)
  }

  mutating func showNextGraph() { spark = spark.next }

  mutating func tagCursor() {
    guard let cursor else { return }
    let key = HistoryKey(cursor)
    if tagged.remove(key) == nil { tagged.insert(key) }
  }

  /// Tags all rows, or none where all are tagged.
  mutating func tagAll(in snapshot: Snapshot) {
    let keys = rows.map { HistoryKey(snapshot.domains[$0].id) }
    if keys.contains(where: { !tagged.contains($0) }) {
      tagged.formUnion(keys)
    } else {
      tagged.subtract(keys)
    }
  }

  /// Keeps its order until `release`.
  mutating func hold(in snapshot: Snapshot) {
    if held == nil { (held, listed) = (rows.map { snapshot.domains[$0].id }, nil) }
  }

  mutating func release() { (held, listed) = (nil, nil) }

  mutating func moveCursor(_ step: Int, in snapshot: Snapshot) {
    guard !rows.isEmpty else { return }
    let row = cursor.flatMap { self.row(of: $0, in: snapshot) } ?? 0
    cursor = snapshot.domains[rows[min(max(0, row + step), rows.count - 1)]].id
  }

  /// Puts the cursor on a domain, where that is in the list.
  mutating func moveCursor(to id: DomainID, in snapshot: Snapshot) {
    if row(of: id, in: snapshot) != nil { cursor = id }
  }

  /// Keeps the cursor's row on the screen with the least scrolling.
  mutating func keepCursorInSight(rows count: Int, in snapshot: Snapshot) {
    let row = cursor.flatMap { self.row(of: $0, in: snapshot) } ?? 0
    top = min(top, row, max(0, rows.count - count))
    top = max(0, top, row - count + 1)
  }
}
