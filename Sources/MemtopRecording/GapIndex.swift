import MemtopCore

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
