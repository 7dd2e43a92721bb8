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

/// Which samples a recording holds: from its first keyframe to the last one that was written.
struct SampleBounds {
  private let database: Database
  private let damage: Damage

  init(_ database: Database, _ damage: Damage) {
    self.database = database
    self.damage = damage
  }

  func ids() throws(DatabaseError) -> ClosedRange<Int64>? {
    let most = RowID.mostSamples - 1
    guard
      let first = try first([
        "SELECT min(sample) FROM keyframe WHERE sample BETWEEN 1 AND \(most)",
        "SELECT min(id) FROM sample WHERE id BETWEEN 1 AND \(most)",
        "SELECT min(id) >> \(RowID.placeBits) FROM base WHERE id > 0",
      ])
    else { return nil }
    guard let last = try last(from: first), last >= first else { return nil }
    return first...last
  }

  private func last(from first: Int64) throws(DatabaseError) -> Int64? {
    let most = try mostSamples(from: first)
    let last = try self.first([
      "SELECT max(id) FROM sample WHERE id BETWEEN 1 AND \(RowID.mostSamples - 1)"
    ])
    if let last, last <= most { return last }
    // A last sample that nothing leads to, or none that can be read.
    damage.note("the times of the last samples cannot be read")
    let bound = RowID.make(sample: most, place: 0)
    return try self.first(
      ["SELECT max(id) FROM sample WHERE id BETWEEN 1 AND \(most)"]
        + ["allocation", "report", "base"].map {
          "SELECT max(id) >> \(RowID.placeBits) FROM \($0) WHERE id BETWEEN 1 AND \(bound)"
        })
  }

  /// A file of this length holds none beyond: each sample has a row, of three bytes at the least.
  private func mostSamples(from first: Int64) throws(DatabaseError) -> Int64 {
    let pages = max(1, try database.count("PRAGMA page_count") ?? 0)
    let size = max(512, try database.count("PRAGMA page_size") ?? 0)
    return min(RowID.mostSamples - 1, first + min(pages, 1 << 32) * size / 3)
  }

  /// The answer to the first of these questions that can be answered.
  private func first(_ questions: [String]) throws(DatabaseError) -> Int64? {
    for question in questions {
      do throws(DatabaseError) {
        if let answer = try database.sample(question) { return answer }
      } catch  where error.isLoss {
        damage.note("the list of samples is incomplete (\(error))")
      }
    }
    return nil
  }
}
