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
