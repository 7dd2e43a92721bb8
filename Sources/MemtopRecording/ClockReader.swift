/// Reads how the times of a recording's samples are told; where that is damaged, makes do with what else
/// tells of them.
struct ClockReader {
  let database: Database
  let damage: Damage

  typealias Session = (first: Int64, at: Int64, interval: Int64)

  func sessions() throws(DatabaseError) -> [Session] {
    let told = try rows(
      "SELECT first_sample, at, interval FROM session ORDER BY first_sample", "the sessions")
    if let told, !told.isEmpty {
      return told.map { ($0[0], SampleIndex.bounded($0[1]), SampleIndex.bounded($0[2])) }
    }
    let keyframes =
      try rows("SELECT sample, at FROM keyframe ORDER BY sample", "the keyframes") ?? []
    guard !keyframes.isEmpty else { return [] }
    damage.note("when samples were taken: known only roughly, between keyframes")
    return keyframes.indices.map { index in
      let (here, next) = (keyframes[index], keyframes[min(index + 1, keyframes.count - 1)])
      let span = SampleIndex.bounded(next[1]) - SampleIndex.bounded(here[1])
      let count = next[0] &- here[0]
      return (here[0], SampleIndex.bounded(here[1]), count > 0 ? span / count : 1000)
    }
  }

  /// From which sample on the wall clock is how far from the axis.
  func offsets() throws(DatabaseError) -> [(sample: Int64, offset: Int64)] {
    let told = try rows("SELECT sample, wall_offset FROM clock ORDER BY sample", "the wall clock")
    if let told, !told.isEmpty { return told.map { ($0[0], SampleIndex.bounded($0[1])) } }
    let began = try rows(
      "SELECT first_sample, began, at FROM session ORDER BY first_sample", "the sessions")
    return (began ?? []).map {
      ($0[0], SampleIndex.bounded($0[1]) - SampleIndex.bounded($0[2]))
    }
  }

  /// Rows of whole numbers; nil where they cannot be read to their end.
  private func rows(_ sql: String, _ what: String) throws(DatabaseError) -> [[Int64]]? {
    do throws(DatabaseError) {
      let statement = try database.prepare(sql)
      var rows: [[Int64]] = []
      while try statement.step() {
        rows.append((0..<statement.columnCount).map { statement.number($0) ?? 0 })
      }
      return rows
    } catch  where error.isLoss {
      damage.note("\(what): cannot be read (\(error))")
      return nil
    }
  }
}
