/// Where a recording tells everything anew.
///
/// Where the table of keyframes is damaged there are none: everything is then read from the start.
final class KeyframeIndex {
  private let before: Statement
  private let next: Statement
  private let between: Statement
  private let damage: Damage

  init(_ database: Database, _ damage: Damage) throws(DatabaseError) {
    self.damage = damage
    before = try database.prepare(
      "SELECT max(sample) FROM keyframe WHERE sample BETWEEN 1 AND ?")
    next = try database.prepare(
      "SELECT min(sample) FROM keyframe WHERE sample > ? AND sample < \(RowID.mostSamples)")
    between = try database.prepare(
      "SELECT sample FROM keyframe WHERE sample BETWEEN ? AND ? ORDER BY sample")
  }

  func atOrBefore(_ sample: Int64) throws(DatabaseError) -> Int64? {
    before.bind(1, sample)
    return try number(before).flatMap { $0 <= sample ? $0 : nil }
  }

  func after(_ sample: Int64) throws(DatabaseError) -> Int64? {
    next.bind(1, sample)
    return try number(next).flatMap { $0 > sample ? $0 : nil }
  }

  /// Ascending.
  func within(_ first: Int64, _ last: Int64) throws(DatabaseError) -> [Int64] {
    between.bind(1, first)
    between.bind(2, last)
    defer { between.reset() }
    var found: [Int64] = []
    try readable { () throws(DatabaseError) in
      while try between.step() {
        // In a damaged table they need not ascend.
        if let sample = between.sample(0), sample > found.last ?? (first &- 1), sample <= last {
          found.append(sample)
        }
      }
    }
    return found
  }

  private func number(_ statement: Statement) throws(DatabaseError) -> Int64? {
    defer { statement.reset() }
    var number: Int64?
    try readable { () throws(DatabaseError) in
      number = try statement.step() ? statement.sample(0) : nil
    }
    return number
  }

  private func readable(_ body: () throws(DatabaseError) -> Void) throws(DatabaseError) {
    do throws(DatabaseError) {
      try body()
    } catch  where error.isLoss {
      damage.note("keyframes cannot be read (\(error)); reading is slower")
    }
  }
}
