import MemtopCore

/// The list: its order, what is shown of it, and where the cursor is.
public struct ListState: Sendable {
  public enum Sort: Hashable, Sendable {
    /// Trouble first, then size.
    case trouble
    case field(FieldID)
  }

  /// The domain under the cursor; it follows its domain wherever that moves.
  public internal(set) var cursor: DomainID?
  /// Until the first key the cursor is at the top, where the worst trouble is.
  var isUntouched = true
  /// The first visible row.
  public internal(set) var top = 0
  public internal(set) var sort = Sort.trouble
  public internal(set) var isReversed = false
  public internal(set) var filter = Filter.none
  var tagged: Set<HistoryKey> = []
  public internal(set) var spark = SparkMetric.available

  /// Indices into the shown snapshot's domains, in order.
  public internal(set) var rows: [Int] = []
  var trouble = TroubleOrder()
  /// The order to keep while anything is staged.
  var held: [DomainID]?

  public func isTagged(_ id: DomainID) -> Bool {
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
public enum SparkMetric: CaseIterable, Hashable, Sendable {
  case available, busy, allocation, target, swapIn, pressure

  public var title: String {
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
    let place = before.flatMap { old in cursor.flatMap { row(of: $0, in: old) } }
    rows = snapshot.withStubsUnderGuests(ordered(snapshot, live: live)).filter {
      filter.shows(snapshot.domains[$0])
    }
    follow(in: snapshot, from: place ?? 0)
  }

  private mutating func ordered(_ snapshot: Snapshot, live: Bool) -> [Int] {
    // Learned from every live snapshot, so that the order is calm when it is wanted again.
    let byTrouble = live ? trouble.update(snapshot) : Self.troubleOfThePast(snapshot)
    if let held { return keep(held, in: snapshot) }
    switch sort {
    case .trouble: return isReversed ? byTrouble.reversed() : byTrouble
    case .field(let id): return Field.of(id).order(of: snapshot.domains, reversed: isReversed)
    }
  }

  private static func troubleOfThePast(_ snapshot: Snapshot) -> [Int] {
    var order = TroubleOrder()
    return order.update(snapshot)
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
    rows.firstIndex { $0 < snapshot.domains.count && snapshot.domains[$0].id == id }
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
