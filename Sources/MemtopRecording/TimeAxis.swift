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
  }

  /// More than this beside the offset is a step of the clock, not its unsteadiness.
  private static let mostSkew: Int64 = 127

  /// Of the last sample: its place, and its wall-clock time.
  private var lastAt: Int64?
  private var lastWall: Int64 = 0
  private var offset: Int64?
  private var shift: Int64?

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
    var place = Place(at: at, shift: shift)
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

  /// A domain's row, with its times on this axis.
  func row(_ domain: DomainSample, _ place: Place) -> Row {
    var row = SampleRow.row(of: domain, at: SteadyTime(milliseconds: place.at))
    for column in RecordTable.unrecorded { row[column] = SampleRow.missing }
    if row[.phaseSince] != SampleRow.missing { row[.phaseSince] &+= place.shift }
    return row.bounded
  }
}
