import MemtopCore

/// When a sample was taken, by both clocks.
struct SampleTime {
  let id: Int64
  let at: SteadyTime
  let wall: WallTime
}

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
  private var offsets: [ClockReader.Offset] = []
  private(set) var sessions: [SessionTime] = []
  /// As of which rows offsets and sessions were read.
  private var newest: [Int64?] = []
  private var cache: [Int64: Int64] = [:]
  /// Most ask for the same sample as the one before them.
  private var lastAt: (id: Int64, at: Int64) = (0, 0)

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
    lastAt = (0, 0)
    let reader = ClockReader(database: database, damage: damage)
    let newest = try reader.newest()
    if newest != self.newest || before?.lowerBound != ids.lowerBound {
      sessions = try reader.sessions()
      offsets = try reader.offsets()
      self.newest = newest
    }
    let begin = at(ids.lowerBound)
    range =
      SteadyTime(milliseconds: begin)...SteadyTime(milliseconds: max(begin, at(ids.upperBound)))
    return true
  }

  private func value(_ statement: Statement, _ id: Int64) -> Int64? {
    statement.bind(1, id)
    defer { statement.reset() }
    do throws(DatabaseError) {
      return try statement.step() ? statement.time(0) : nil
    } catch {
      if error.isLoss { damage.note("the times of some samples cannot be read (\(error))") }
      return nil
    }
  }

  /// When a sample was taken, on the axis; where it cannot be read, when it should have been.
  func at(_ id: Int64) -> Int64 {
    if lastAt.id == id { return lastAt.at }
    if let known = cache[id] { return remember(id, known) }
    let late = value(lateStatement, id) ?? 0
    let at = session(of: id).at(id, late: late)
    if cache.count > 20_000 { cache.removeAll(keepingCapacity: true) }
    cache[id] = at
    return remember(id, at)
  }

  private func session(of id: Int64) -> SessionTime {
    sessions.lastPlace { $0.first <= id }.map { sessions[$0] }
      ?? SessionTime(first: id, at: 0, interval: SessionTime.usualInterval)
  }

  /// How far samples should be apart at the time of this one.
  func interval(of id: Int64) -> Span { Span(milliseconds: session(of: id).interval) }

  func interval(at sample: SteadyTime) -> Span {
    id(atOrBefore: sample).map(interval) ?? Span(milliseconds: SessionTime.usualInterval)
  }

  /// Whether nobody was looking between a sample and the next.
  func isGap(after sample: SampleTime, at next: SampleTime) -> Bool {
    SampleGap.isGap(after: sample.at, at: next.at, interval: interval(of: sample.id))
  }

  /// The sample before this one, as if it had been taken at `begin`, where it counts from then on; nil where
  /// there is none, or nobody was looking any more.
  func time(before id: Int64, from begin: WallTime) -> SampleTime? {
    guard let ids, id > ids.lowerBound, id <= ids.upperBound else { return nil }
    let (former, next) = (time(id - 1), time(id))
    guard former.wall < begin, begin < next.wall, !isGap(after: former, at: next) else {
      return nil
    }
    let at = next.at.milliseconds - (next.wall - begin).milliseconds
    return SampleTime(
      id: former.id, at: SteadyTime(milliseconds: max(at, former.at.milliseconds)), wall: begin)
  }

  /// This sample, as if it had been taken at `end`, where it counts until then; nil where it is the last one,
  /// or nobody was looking any more.
  func time(after last: SampleTime, until end: WallTime) -> SampleTime? {
    guard let ids, last.id < ids.upperBound else { return nil }
    let next = time(last.id + 1)
    guard last.wall < end, end < next.wall, !isGap(after: last, at: next) else { return nil }
    let at = last.at.milliseconds + (end - last.wall).milliseconds
    return SampleTime(
      id: last.id, at: SteadyTime(milliseconds: min(at, next.at.milliseconds)), wall: end)
  }

  private func time(_ id: Int64) -> SampleTime {
    SampleTime(id: id, at: SteadyTime(milliseconds: at(id)), wall: wall(id))
  }

  private func remember(_ id: Int64, _ at: Int64) -> Int64 {
    lastAt = (id, at)
    return at
  }

  func wall(_ id: Int64) -> WallTime {
    wall(id, at: at(id), skew: value(skewStatement, id) ?? 0)
  }

  private func wall(_ id: Int64, at: Int64, skew: Int64) -> WallTime {
    let offset = offsets.lastPlace { $0.sample <= id }.map { offsets[$0].offset } ?? 0
    return WallTime(milliseconds: Bounds.time(at + offset + skew))
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

  /// The times of the first so many of these samples, read in one go; on the axis, which never goes
  /// back, also where a damaged file does.
  ///
  /// - Parameter former: the sample before them.
  func times(_ ids: ClosedRange<Int64>, most: Int, after former: SampleTime?)
    throws(DatabaseError) -> [SampleTime]
  {
    let statement = try database.prepare(
      "SELECT id, late, skew FROM sample WHERE id BETWEEN ? AND ? ORDER BY id LIMIT \(most)")
    statement.bind(1, ids.lowerBound)
    statement.bind(2, ids.upperBound)
    var times: [SampleTime] = []
    var session = max(0, sessions.lastPlace { $0.first <= ids.lowerBound } ?? 0)
    var latest = former
    while try statement.step() {
      // In a damaged table they may come in any order.
      guard let id = statement.sample(0), ids.contains(id), id > latest?.id ?? 0 else { continue }
      while session + 1 < sessions.count, sessions[session + 1].first <= id { session += 1 }
      let told =
        sessions.indices.contains(session) ? sessions[session] : self.session(of: id)
      let at = max(told.at(id, late: statement.time(1) ?? 0), latest?.at.milliseconds ?? .min)
      let time = SampleTime(
        id: id, at: SteadyTime(milliseconds: at),
        wall: wall(id, at: at, skew: statement.time(2) ?? 0))
      times.append(time)
      latest = time
    }
    return times
  }

  var last: SteadyTime? { range?.upperBound }

  func atOrBefore(_ instant: SteadyTime) -> (steady: SteadyTime, wall: WallTime)? {
    guard let id = id(atOrBefore: instant) else { return nil }
    return (SteadyTime(milliseconds: at(id)), wall(id))
  }

  /// From the first sample that was taken at `begin` or later to the last one at `end` or earlier, by
  /// the wall clock; where that was set back, with all that lies between. nil where there is none.
  func ids(from begin: WallTime?, to end: WallTime?) -> ClosedRange<Int64>? {
    guard let ids else { return nil }
    let stretches = stretches(of: ids)
    var (first, last): (Int64?, Int64?) = (ids.lowerBound, ids.upperBound)
    if let begin {
      let stretch = stretches.first { wall($0.upperBound) >= begin }
      first = stretch.map { firstID(in: $0) { self.wall($0) >= begin } }
    }
    if let end {
      let stretch = stretches.last { wall($0.lowerBound) <= end }
      last = stretch.map { lastID(in: $0, atOrBefore: end) }
    }
    guard let first, let last, first <= last else { return nil }
    return first...last
  }

  /// Between two settings of the clock; ascending.
  private func stretches(of ids: ClosedRange<Int64>) -> [ClosedRange<Int64>] {
    offsets.indices.compactMap { index in
      let next = index + 1 < offsets.count ? offsets[index + 1].sample : Int64.max
      let (low, high) = (max(offsets[index].sample, ids.lowerBound), min(next &- 1, ids.upperBound))
      return low <= high ? low...high : nil
    }
  }

  /// The first for which this is so, of a range at whose end it is.
  private func firstID(in range: ClosedRange<Int64>, where isLate: (Int64) -> Bool) -> Int64 {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = low + (high - low) / 2
      if isLate(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The last of a stretch that was taken at this time or earlier; the first one was.
  private func lastID(in stretch: ClosedRange<Int64>, atOrBefore wall: WallTime) -> Int64 {
    firstID(in: stretch.lowerBound...stretch.upperBound + 1) {
      $0 > stretch.upperBound || self.wall($0) > wall
    } - 1
  }

  /// The newest sample not later than this, else the first; where the clock was set back and an hour
  /// came twice, its second coming is meant. A time that the clock passed over is that of the sample before.
  func id(atOrBefore wall: WallTime) -> Int64? {
    guard let ids else { return nil }
    let stretches = stretches(of: ids)
    if let stretch = stretches.last(where: {
      self.wall($0.lowerBound) <= wall && wall <= self.wall($0.upperBound)
    }) {
      return lastID(in: stretch, atOrBefore: wall)
    }
    let passed = stretches.filter { self.wall($0.upperBound) < wall }
    return passed.max { self.wall($0.upperBound) < self.wall($1.upperBound) }?.upperBound
      ?? ids.lowerBound
  }
}

/// Where in a recording nobody was looking: found by going once through the times of its samples, and
/// from then on through those that are new.
final class GapIndex {
  private let database: Database
  /// On the axis, each from a sample to the next; ascending.
  private var gaps: [ClosedRange<Int64>] = []
  /// The last sample gone through.
  private var through: SampleTime?

  init(_ database: Database) { self.database = database }

  /// The earliest gap that begins before `to` and ends after `from`.
  func gap(from: Int64, to: Int64, in samples: SampleIndex) throws(DatabaseError)
    -> ClosedRange<Int64>?
  {
    guard let first = samples.range?.lowerBound.milliseconds else { return nil }
    try goOn(samples)
    // What was before the first sample that counts is forgotten.
    let ended = gaps.lastPlace { $0.upperBound <= from || $0.lowerBound < first }
    let next = ended.map { $0 + 1 } ?? 0
    return next < gaps.count && gaps[next].lowerBound < to ? gaps[next] : nil
  }

  private func goOn(_ samples: SampleIndex) throws(DatabaseError) {
    guard let ids = samples.ids, (through?.id ?? .min) < ids.upperBound else { return }
    var chosen = ChosenSamples(
      samples, max(ids.lowerBound, (through?.id ?? 0) + 1)...ids.upperBound)
    while let time = try chosen.next() {
      if let through, samples.isGap(after: through, at: time) {
        gaps.append(through.at.milliseconds...time.at.milliseconds)
      }
      through = time
    }
  }
}
