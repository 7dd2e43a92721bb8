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
