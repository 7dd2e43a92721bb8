import MemtopCore

/// The page of events: a window onto all that there are, newest first, and where the cursor is.
///
/// A day of a thousand domains has more events than a screen wants to hold: rows are fetched as the
/// cursor comes near them, and those far from it are forgotten.
package struct EventList: Sendable {
  static let chunk = 200
  static let most = 600

  /// Whose page it was opened from: its events alone, until `E` asks for all.
  let domain: DomainID?
  package internal(set) var filter: EventFilter
  package internal(set) var rows: [PastEvent] = []
  package internal(set) var cursor = 0
  package internal(set) var top = 0
  /// There is nothing newer, or older, than what is in `rows`.
  var hasNewest = true
  var hasOldest = true
  /// Where the searches for newer and for older ones stopped; nil where they found what was wanted.
  private(set) var newestEnd: EventSearch.End?
  private(set) var oldestEnd: EventSearch.End?

  init(of domain: DomainID?) {
    self.domain = domain
    filter = EventFilter(of: domain)
  }

  var selected: PastEvent? { rows.indices.contains(cursor) ? rows[cursor] : nil }

  /// Fetches what is around a place, with the cursor on the last event not after it; nil is the newest.
  mutating func load(around place: EventPlace?, _ history: any HistoryReader) {
    let older = search(.earlier, than: place?.justAfter, history)
    (newestEnd, hasNewest) = (nil, true)
    let newer = place == nil ? [] : search(.later, than: place, history)
    rows = newer.reversed() + older
    cursor = max(0, min(newer.count, rows.count - 1))
    top = 0
  }

  private mutating func search(
    _ direction: TimeDirection, than place: EventPlace?, _ history: any HistoryReader
  ) -> [PastEvent] {
    let found = history.search(direction, than: place, where: filter, limit: Self.chunk)
    let isAll = found.events.count < Self.chunk && found.end == nil
    switch direction {
    case .earlier: (oldestEnd, hasOldest) = (found.end, isAll)
    case .later: (newestEnd, hasNewest) = (found.end, isAll)
    }
    return found.events
  }

  /// Moves the cursor, and fetches what comes next.
  mutating func move(_ step: Int, rows count: Int, _ history: any HistoryReader) {
    cursor = max(0, min(rows.count - 1, cursor + step))
    if cursor + count >= rows.count { fetchOlder(history) }
    if cursor < count { fetchNewer(history) }
    keepCursorInSight(rows: count)
  }

  /// The newest event, or the oldest.
  mutating func go(to end: TimeDirection, rows count: Int, _ history: any HistoryReader) {
    switch end {
    case .later: load(around: nil, history)
    case .earlier:
      rows = search(.later, than: nil, history).reversed()
      (oldestEnd, hasOldest) = (nil, true)
      cursor = max(0, rows.count - 1)
    }
    keepCursorInSight(rows: count)
  }

  /// What has happened meanwhile; the cursor stays with its event, but at the top it stays there.
  mutating func renew(rows count: Int, _ history: any HistoryReader) {
    guard hasNewest else { return }
    let isAtTop = cursor == 0
    guard isAtTop || rows.count < Self.most else { return hasNewest = false }
    fetchNewer(history, isForced: true)
    if isAtTop { cursor = 0 }
    keepCursorInSight(rows: count)
  }

  private mutating func fetchOlder(_ history: any HistoryReader) {
    guard !hasOldest, let from = oldestEnd?.place ?? rows.last?.place else { return }
    rows += search(.earlier, than: from, history)
    let surplus = rows.count - Self.most
    guard surplus > 0 else { return }
    newestEnd = nil
    rows.removeFirst(surplus)
    (cursor, top, hasNewest) = (max(0, cursor - surplus), max(0, top - surplus), false)
  }

  private mutating func fetchNewer(_ history: any HistoryReader, isForced: Bool = false) {
    guard isForced || !hasNewest else { return }
    let newer = search(.later, than: newestEnd?.place ?? rows.first?.place, history)
    guard !newer.isEmpty else { return }
    (cursor, top) = (cursor + newer.count, top + newer.count)
    rows = newer.reversed() + rows
    guard rows.count > Self.most else { return }
    rows.removeLast(rows.count - Self.most)
    oldestEnd = nil
    (cursor, hasOldest) = (min(cursor, rows.count - 1), false)
  }

  /// Keeps the cursor's row on the screen with the least scrolling.
  mutating func keepCursorInSight(rows count: Int) {
    let count = max(1, count)
    top = min(top, cursor, max(0, rows.count - count))
    top = max(0, top, cursor - count + 1)
  }
}

extension EventPlace {
  /// So that what stands there is earlier.
  fileprivate var justAfter: EventPlace {
    EventPlace(at: at, number: number == .max ? number : number + 1)
  }
}
