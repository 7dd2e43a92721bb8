import MemtopCore

/// When the samples of a recording were taken, by both clocks; looked up, not read in.
final class SampleIndex: SampleLookup {
  private let database: Database
  private let damage: Damage
  private let lateStatement: Statement
  private let skewStatement: Statement
  /// The first and the last sample that count.
  private(set) var ids: ClosedRange<Int64>?
  private(set) var range: ClosedRange<SteadyTime>?
  /// From which sample on the wall clock is how far from the axis; seldom more than a few.
  private var offsets: [(sample: Int64, offset: Int64)] = []
  /// Where each session begins, and how far its samples should be apart.
  private(set) var sessions: [(first: Int64, at: Int64, interval: Int64)] = []
  private var cache: [Int64: Int64] = [:]

  init(_ database: Database, _ damage: Damage) throws(DatabaseError) {
    self.database = database
    self.damage = damage
    lateStatement = try database.prepare("SELECT late FROM sample WHERE id = ?")
    skewStatement = try database.prepare("SELECT skew FROM sample WHERE id = ?")
    _ = try refresh()
  }

  /// Looks anew; returns whether anything is different.
  func refresh() throws(DatabaseError) -> Bool {
    let before = ids
    guard let ids = try SampleBounds(database, damage).ids() else {
      (self.ids, range) = (nil, nil)
      return before != nil
    }
    if before == ids { return false }
    self.ids = ids
    let reader = ClockReader(database: database, damage: damage)
    sessions = try reader.sessions()
    offsets = try reader.offsets()
    let begin = at(ids.lowerBound)
    range =
      SteadyTime(milliseconds: begin)...SteadyTime(milliseconds: max(begin, at(ids.upperBound)))
    return true
  }

  /// A damaged file may hold anything; no sum or multiple of times may end the program.
  static func bounded(_ time: Int64) -> Int64 { min(max(time, -1 << 50), 1 << 50) }

  private func value(_ statement: Statement, _ id: Int64) -> Int64? {
    statement.bind(1, id)
    defer { statement.reset() }
    do throws(DatabaseError) {
      return try statement.step() ? statement.number(0) : nil
    } catch {
      if error.isLoss { damage.note("when some samples were taken: cannot be read (\(error))") }
      return nil
    }
  }

  /// When a sample was taken, on the axis; where it cannot be read, when it should have been.
  func at(_ id: Int64) -> Int64 {
    if let known = cache[id] { return known }
    let late = value(lateStatement, id) ?? 0
    let at = at(id, late: late, session: sessions.lastIndex { $0.first <= id })
    if cache.count > 20_000 { cache.removeAll(keepingCapacity: true) }
    cache[id] = at
    return at
  }

  /// - Parameter session: the place of its session in `sessions`.
  func at(_ id: Int64, late: Int64, session place: Int?) -> Int64 {
    let session =
      place.flatMap { sessions.indices.contains($0) ? sessions[$0] : nil }
      ?? (first: id, at: 0, interval: 0)
    let nominal = (id &- session.first).multipliedReportingOverflow(by: session.interval)
    return Self.bounded(
      session.at &+ Self.bounded(nominal.overflow ? 0 : nominal.partialValue)
        &+ Self.bounded(late))
  }

  func wall(_ id: Int64) -> WallTime {
    let skew = value(skewStatement, id) ?? 0
    let offset = offsets.last { $0.sample <= id }?.offset ?? 0
    return WallTime(milliseconds: Self.bounded(at(id) &+ offset &+ Self.bounded(skew)))
  }

  /// The sample at this instant, or the last one before it; nil before the first.
  func id(atOrBefore instant: SteadyTime) -> Int64? {
    guard let ids, let range, range.lowerBound <= instant else { return nil }
    if instant >= range.upperBound { return ids.upperBound }
    var low = ids.lowerBound
    var high = ids.upperBound
    while low < high {
      let middle = low + (high - low + 1) / 2
      if at(middle) <= instant.milliseconds { low = middle } else { high = middle - 1 }
    }
    return low
  }

  var last: SteadyTime? { range?.upperBound }

  func atOrBefore(_ instant: SteadyTime) -> (steady: SteadyTime, wall: WallTime)? {
    guard let id = id(atOrBefore: instant) else { return nil }
    return (SteadyTime(milliseconds: at(id)), wall(id))
  }

  /// The newest sample not later than this, else the first; where the clock was set back and an hour
  /// came twice, its second coming is meant.
  func id(atOrBefore wall: WallTime) -> Int64? {
    guard let ids else { return nil }
    for (from, offset) in offsets.reversed() {
      let instant = SteadyTime(milliseconds: wall.milliseconds &- offset)
      if let found = id(atOrBefore: instant), found >= from { return found }
    }
    return ids.lowerBound
  }
}
