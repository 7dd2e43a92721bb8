import MemtopCore

/// When the samples of a recording were taken, by both clocks; looked up, not read in.
final class SampleIndex: SampleLookup {
  private let database: Database
  private let atStatement: Statement
  private let wallStatement: Statement
  /// The first and the last sample that count.
  private(set) var ids: ClosedRange<Int64>?
  private(set) var range: ClosedRange<SteadyTime>?
  /// From which sample on the wall clock is how far from the axis; seldom more than a few.
  private var offsets: [(sample: Int64, offset: Int64)] = []
  private var cache: [Int64: Int64] = [:]

  init(_ database: Database) throws(DatabaseError) {
    self.database = database
    atStatement = try database.prepare("SELECT at FROM sample WHERE id = ?")
    wallStatement = try database.prepare("SELECT skew FROM sample WHERE id = ?")
    _ = try refresh()
  }

  /// Looks anew; returns whether anything is different.
  func refresh() throws(DatabaseError) -> Bool {
    let before = ids
    let first = try database.number("SELECT min(sample) FROM keyframe")
    let last = try database.number("SELECT max(id) FROM sample")
    guard let first, let last, first <= last else {
      (ids, range) = (nil, nil)
      return before != nil
    }
    if before == first...last { return false }
    ids = first...last
    let statement = try database.prepare("SELECT sample, wall_offset FROM clock ORDER BY sample")
    offsets = []
    while try statement.step() {
      offsets.append((statement.number(0) ?? 0, statement.number(1) ?? 0))
    }
    let begin = Self.bounded(try value(atStatement, first) ?? 0)
    let end = Self.bounded(try value(atStatement, last) ?? 0)
    range = SteadyTime(milliseconds: begin)...SteadyTime(milliseconds: max(begin, end))
    return true
  }

  /// A damaged file may hold anything; no sum of two times may end the program.
  static func bounded(_ time: Int64) -> Int64 { min(max(time, -1 << 60), 1 << 60) }

  private func value(_ statement: Statement, _ id: Int64) throws(DatabaseError) -> Int64? {
    statement.bind(1, id)
    defer { statement.reset() }
    return try statement.step() ? statement.number(0) : nil
  }

  /// When a sample was taken, on the axis; where it cannot be read, when the first was.
  func at(_ id: Int64) -> Int64 {
    if let known = cache[id] { return known }
    let at = Self.bounded(((try? value(atStatement, id)) ?? nil) ?? range?.lowerBound.milliseconds ?? 0)
    if cache.count > 20_000 { cache.removeAll(keepingCapacity: true) }
    cache[id] = at
    return at
  }

  func wall(_ id: Int64) -> WallTime {
    let skew = ((try? value(wallStatement, id)) ?? nil) ?? 0
    let offset = offsets.last { $0.sample <= id }?.offset ?? 0
    return WallTime(milliseconds: Self.bounded(at(id) &+ Self.bounded(offset) &+ Self.bounded(skew)))
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
      let instant = SteadyTime(milliseconds: wall.milliseconds &- Self.bounded(offset))
      if let found = id(atOrBefore: instant), found >= from { return found }
    }
    return ids.lowerBound
  }
}
