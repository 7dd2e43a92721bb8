/// Where a recording tells everything anew.
final class KeyframeIndex {
  private let before: Statement
  private let between: Statement

  init(_ database: Database) throws(DatabaseError) {
    before = try database.prepare("SELECT max(sample) FROM keyframe WHERE sample <= ?")
    between = try database.prepare(
      "SELECT sample FROM keyframe WHERE sample BETWEEN ? AND ? ORDER BY sample")
  }

  func atOrBefore(_ sample: Int64) throws(DatabaseError) -> Int64? {
    before.bind(1, sample)
    defer { before.reset() }
    return try before.step() ? before.number(0) : nil
  }

  func within(_ first: Int64, _ last: Int64) throws(DatabaseError) -> [Int64] {
    between.bind(1, first)
    between.bind(2, last)
    defer { between.reset() }
    var found: [Int64] = []
    while try between.step() { found.append(between.number(0) ?? 0) }
    return found
  }
}
