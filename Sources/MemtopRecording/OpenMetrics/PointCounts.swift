import MemtopCore

/// How many changes there are at each place of a recording, at most, where some samples are chosen.
struct PointCounts {
  private var counts: [Int64: Int64] = [:]
  /// That are chosen, at most.
  let samples: Int64
  var sum: Int64 { counts.values.reduce(0, +) }

  init(_ extract: Extract, _ ids: ClosedRange<Int64>) throws(DatabaseError) {
    samples = Self.samples(extract, ids)
    for table in RecordTable.allCases {
      let statement = try extract.file.database.prepare(
        "SELECT id & \(RowID.mostPlaces - 1), count(*) FROM \(table.name) "
          + "WHERE id BETWEEN ? AND ? GROUP BY 1")
      statement.bind(1, RowID.ids(ids).lowerBound)
      statement.bind(2, RowID.ids(ids).upperBound)
      while try statement.step() {
        counts[statement.place(0) ?? 0, default: 0] += statement.count(1) ?? 0
      }
    }
    // Whoever is there at the beginning has a point, though nothing may have changed since.
    let places = try extract.file.database.prepare("SELECT DISTINCT place FROM identity")
    while try places.step() { counts[places.place(0) ?? 0, default: 0] += 0 }
    for (place, count) in counts { counts[place] = min(count, samples) + 1 }
  }

  private static func samples(_ extract: Extract, _ ids: ClosedRange<Int64>) -> Int64 {
    let all = ids.upperBound - ids.lowerBound + 1
    guard let step = extract.step else { return all }
    let index = extract.file.samples
    // A clock that was set can make of a moment one step more.
    let length = index.at(ids.upperBound) - index.at(ids.lowerBound)
    return min(all, length / max(1, step.milliseconds) + 2)
  }

  /// The places in groups, each of which has not too many; nil stands for everybody.
  func groups(most: Int64) -> [[Int64]?] {
    if sum <= most { return [nil] }
    var groups: [[Int64]] = [[]]
    var held: Int64 = 0
    for (place, count) in counts.sorted(by: { $0.key < $1.key }) {
      if held + count > most, !groups[groups.count - 1].isEmpty {
        groups.append([])
        held = 0
      }
      groups[groups.count - 1].append(place)
      held += count
    }
    return groups
  }
}
