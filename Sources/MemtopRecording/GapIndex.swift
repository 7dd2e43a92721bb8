import MemtopCore

/// Where in a recording nobody was looking: found by going once through the times of its samples, and
/// from then on through those that are new.
final class GapIndex {
  private let database: Database
  /// On the axis, each from a sample to the next; ascending.
  private var gaps: [ClosedRange<Int64>] = []
  /// The last sample gone through, and when it and the one before it were taken.
  private var through: (sample: Int64, at: Int64, before: Int64?)?

  init(_ database: Database) { self.database = database }

  /// The earliest gap that begins before `to` and ends after `from`.
  func gap(from: Int64, to: Int64, in samples: SampleIndex) throws(DatabaseError)
    -> ClosedRange<Int64>?
  {
    guard let first = samples.range?.lowerBound.milliseconds else { return nil }
    try goOn(samples)
    var low = 0
    var high = gaps.count
    while low < high {
      let middle = (low + high) / 2
      if gaps[middle].upperBound <= from { low = middle + 1 } else { high = middle }
    }
    // What was before the first sample that counts is forgotten.
    while low < gaps.count, gaps[low].lowerBound < first { low += 1 }
    return low < gaps.count && gaps[low].lowerBound < to ? gaps[low] : nil
  }

  private func goOn(_ samples: SampleIndex) throws(DatabaseError) {
    guard let ids = samples.ids, (through?.sample ?? .min) < ids.upperBound else { return }
    let first = max(ids.lowerBound, (through?.sample ?? .min) &+ 1)
    let statement = try database.prepare("SELECT id, late FROM sample WHERE id >= ? ORDER BY id")
    statement.bind(1, first)
    var session = 0
    while try statement.step() {
      guard let id = statement.number(0), id <= ids.upperBound else { break }
      while session + 1 < samples.sessions.count, samples.sessions[session + 1].first <= id {
        session += 1
      }
      note(id, at: samples.at(id, late: statement.number(1) ?? 0, session: session))
    }
  }

  private func note(_ sample: Int64, at: Int64) {
    defer { through = (sample, at, through?.at) }
    guard let through else { return }
    let quiet = SampleGap.longestQuiet.milliseconds
    let limit = max(quiet, through.before.map { (through.at - $0) * 2 } ?? quiet)
    if at - through.at >= limit { gaps.append(through.at...at) }
  }
}
