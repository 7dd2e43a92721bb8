import MemtopCore

/// The recording's own time: milliseconds that never go back, over all its sessions.
///
/// The first session's is its steady clock; another's, which begins anywhere, is laid behind the
/// sessions before it by as much as the wall clock says, or right behind them where that was set back.
struct TimeAxis {
  /// Where one snapshot stands.
  struct Place {
    var at: Int64
    /// at − steady, of this session.
    var shift: Int64
    /// wall − at from here on, where that changed.
    var newOffset: Int64?
    /// What is left of the wall clock beside the offset; NULL where nothing is.
    var skew: Int64?
    /// By the wall clock.
    var wall: Int64
  }

  /// More than this beside the offset is a step of the clock, not its unsteadiness.
  private static let mostSkew: Int64 = 127

  /// Of the last sample: its place, and its wall-clock time.
  private var lastAt: Int64?
  private var lastWall: Int64 = 0
  private var offset: Int64?
  private var shift: Int64?
  /// Of the session's first sample: its place, and how far that is behind the session before.
  private(set) var began: (at: Int64, gap: Int64)?

  init(after database: Database) throws(DatabaseError) {
    lastAt = try Self.lastAt(database)
    let clock = try database.prepare("SELECT wall_offset FROM clock ORDER BY sample DESC LIMIT 1")
    offset = try clock.step() ? clock.time(0) : nil
    lastWall = (lastAt ?? 0) &+ (offset ?? 0)
  }

  /// When the last sample was taken, as its session says.
  private static func lastAt(_ database: Database) throws(DatabaseError) -> Int64? {
    let samples = try database.prepare("SELECT id, late FROM sample ORDER BY id DESC LIMIT 1")
    guard try samples.step(), let last = samples.sample(0) else { return nil }
    let session = try database.prepare(
      "SELECT first_sample, at, interval FROM session WHERE first_sample <= \(last) "
        + "ORDER BY first_sample DESC LIMIT 1")
    guard try session.step(), let told = SessionTime(session, first: 0) else { return nil }
    return told.at(last, late: samples.time(1) ?? 0)
  }

  mutating func place(_ snapshot: Snapshot) -> Place {
    let wall = snapshot.time.milliseconds
    let steady = snapshot.steady.milliseconds
    let shift = self.shift ?? begin(wall: wall, steady: steady)
    self.shift = shift
    let at = max(steady + shift, (lastAt ?? -1) + 1)
    began = began ?? (at, lastAt.map { at - $0 } ?? 0)
    var place = Place(at: at, shift: shift, wall: wall)
    if let offset, abs(wall - at - offset) <= Self.mostSkew {
      let skew = wall - at - offset
      place.skew = skew == 0 ? nil : skew
    } else {
      offset = wall - at
      place.newOffset = wall - at
    }
    (lastAt, lastWall) = (at, wall)
    return place
  }

  private func begin(wall: Int64, steady: Int64) -> Int64 {
    guard let lastAt else { return 0 }
    return lastAt + max(1, wall - lastWall) - steady
  }

  /// Writes a domain's numbers into `row`, with its times on this axis.
  func fill(_ row: inout Row, from domain: DomainSample, _ place: Place) {
    SampleRow.fill(&row, from: domain, at: SteadyTime(milliseconds: place.at))
    for column in RecordTable.unrecorded { row[column] = SampleRow.missing }
    if row[.phaseSince] != SampleRow.missing { row[.phaseSince] &+= place.shift }
    row.keepToBounds()
  }
}

/// Reads how the times of a recording's samples are told; where that is damaged, makes do with what else
/// tells of them.
struct ClockReader {
  let database: Database
  let damage: Damage

  typealias Offset = (sample: Int64, offset: Int64)

  /// Ascending.
  func sessions() throws(DatabaseError) -> [SessionTime] {
    let told = try rows(
      "SELECT first_sample, at, interval FROM session ORDER BY first_sample", "the sessions"
    ) { SessionTime($0, first: 0) }
    if let told, !told.isEmpty { return told }
    let keyframes =
      try rows("SELECT sample, at FROM keyframe ORDER BY sample", "the keyframes") {
        row -> Offset? in row.sample(0).map { ($0, row.time(1) ?? 0) }
      } ?? []
    guard !keyframes.isEmpty else { return [] }
    damage.note("sample times are approximate between keyframes")
    return keyframes.indices.map { index in
      let (here, next) = (keyframes[index], keyframes[min(index + 1, keyframes.count - 1)])
      let count = next.sample - here.sample
      let interval = count > 0 ? (next.offset - here.offset) / count : SessionTime.usualInterval
      return SessionTime(
        first: here.sample, at: here.offset, interval: min(max(1, interval), Bounds.interval))
    }
  }

  /// From which sample on the wall clock is how far from the axis; ascending.
  func offsets() throws(DatabaseError) -> [Offset] {
    let told = try rows("SELECT sample, wall_offset FROM clock ORDER BY sample", "the wall clock") {
      row -> Offset? in
      guard let sample = row.sample(0), let offset = row.time(1) else { return nil }
      return (sample, offset)
    }
    if let told, !told.isEmpty { return told }
    let began = try rows(
      "SELECT first_sample, began, at FROM session ORDER BY first_sample", "the sessions"
    ) { row -> Offset? in
      row.sample(0).map { ($0, (row.time(1) ?? 0) - (row.time(2) ?? 0)) }
    }
    return began ?? []
  }

  /// What is told of these by their last rows: another answer, and there is more to be read.
  func newest() throws(DatabaseError) -> [Int64?] {
    var newest: [Int64?] = []
    for question in ["SELECT max(sample) FROM clock", "SELECT max(id) FROM session"] {
      do throws(DatabaseError) {
        newest.append(try database.count(question))
      } catch  where error.isLoss {
        newest.append(nil)
      }
    }
    return newest
  }

  /// Rows of which something can be made; nil where they cannot be read to their end.
  private func rows<T>(_ sql: String, _ what: String, _ made: (Statement) -> T?)
    throws(DatabaseError) -> [T]?
  {
    do throws(DatabaseError) {
      let statement = try database.prepare(sql)
      var rows: [T] = []
      while try statement.step() { if let row = made(statement) { rows.append(row) } }
      return rows
    } catch  where error.isLoss {
      damage.note("\(what) cannot be read (\(error))")
      return nil
    }
  }
}

/// How a session tells when its samples were taken.
struct SessionTime {
  let first: Int64
  let at: Int64
  /// How far its samples should be apart.
  let interval: Int64

  /// Where a damaged file does not say.
  static let usualInterval: Int64 = 1000

  init(first: Int64, at: Int64, interval: Int64) {
    (self.first, self.at, self.interval) = (first, at, interval)
  }

  /// Of the columns `first_sample`, `at` and `interval`; nil where the first is no sample.
  init?(_ row: Statement, first column: Int) {
    guard let sample = row.sample(column) else { return nil }
    self.init(
      first: sample, at: row.time(column + 1) ?? 0,
      interval: row.interval(column + 2) ?? Self.usualInterval)
  }

  /// When a sample was taken, on the axis, that came so much later than it should have.
  func at(_ sample: Int64, late: Int64) -> Int64 {
    let (nominal, isTooFar) = (sample &- first).multipliedReportingOverflow(by: interval)
    return Bounds.time(at &+ (isTooFar ? 0 : Bounds.time(nominal)) &+ late)
  }
}

/// Where in ascending elements the last one is that `isAtOrBefore`; nil where none is.
extension RandomAccessCollection where Index == Int {
  func lastPlace(_ isAtOrBefore: (Element) -> Bool) -> Int? {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = (low + high) / 2
      if isAtOrBefore(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low == startIndex ? nil : low - 1
  }
}
