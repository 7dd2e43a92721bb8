import MemtopCore

/// What charts draw of a domain, at one moment.
struct Point {
  let at: Int64
  let isPresent: Bool
  /// The columns of `Series.columns`; a vector, so that a point is one piece of memory.
  let values: SIMD8<Int64>
}

/// The levels of all domains over one stretch of a recording, from keyframe to keyframe, as they were
/// come by.
struct Series {
  static let columns: [SampleRow.Column] =
    Metric.allCases.map { SampleRow.column(of: $0) } + [.pressure]

  /// The first sample, and when it was taken.
  let first: Int64
  let start: Int64
  /// The last sample that has been come by.
  private(set) var through: Int64
  private var slots: [HistoryKey: Int] = [:]
  private var points: [[Point]] = []
  /// Whose points those of each place are, of the stands seen last.
  private var placeKeys: [HistoryKey?] = []
  /// From when on nothing can be read.
  private(set) var lostAt: Int64?

  init(first: Int64, start: Int64) {
    self.first = first
    self.start = start
    through = first - 1
  }

  mutating func reach(_ sample: Int64) { through = max(through, sample) }

  /// What comes after this cannot be read.
  mutating func lose(from at: Int64) { lostAt = min(lostAt ?? at, at) }

  /// Nobody is known any more from here on, until there is word of them again.
  mutating func end(at: Int64) {
    for place in placeKeys.indices {
      guard let key = placeKeys[place] else { continue }
      placeKeys[place] = nil
      append(Point(at: at, isPresent: false, values: SIMD8()), key)
    }
  }

  /// Takes note of what changed at a place.
  mutating func note(_ place: Int, _ stand: RecordedState.Stand, at: Int64) {
    while placeKeys.count <= place { placeKeys.append(nil) }
    if let id = stand.identity?.id, stand.isPresent {
      let key = HistoryKey(id)
      placeKeys[place] = key
      append(Point(at: at, isPresent: true, values: Self.values(stand.row)), key)
    } else if let key = placeKeys[place] {
      placeKeys[place] = nil
      // A reboot: its next life may have begun before this one ended.
      guard !placeKeys.contains(key) else { return }
      append(Point(at: at, isPresent: false, values: SIMD8()), key)
    }
  }

  private static let places = columns.map(\.rawValue)

  private static func values(_ row: Row) -> SIMD8<Int64> {
    var values = SIMD8<Int64>()
    for (index, place) in places.enumerated() { values[index] = row[place] }
    return values
  }

  private mutating func append(_ point: Point, _ key: HistoryKey) {
    let slot: Int
    if let known = slots[key] {
      slot = known
    } else {
      slot = points.count
      slots[key] = slot
      points.append([])
    }
    points[slot].append(point)
  }

  /// Hands the domain's levels to `filler`: what held at `from`, and each change up to `to`.
  func fill(
    _ filler: inout CellFiller, _ column: Int, of key: HistoryKey, from: Int64, to: Int64
  ) {
    let own = slots[key].map { points[$0] } ?? []
    if own.first.map({ $0.at > start }) ?? true, start <= to {
      filler.note(SteadyTime(milliseconds: start), nil)
    }
    // What held before counts in the first cell, as in the live history, also where it changes with it.
    for point in own[(own.lastPlace { $0.at < from } ?? 0)...] {
      guard point.at <= to, lostAt.map({ point.at < $0 }) ?? true else { break }
      let value = point.isPresent ? point.values[column] : SampleRow.missing
      filler.note(
        SteadyTime(milliseconds: point.at), value == SampleRow.missing ? nil : value)
    }
    if let lostAt, lostAt <= to { filler.note(SteadyTime(milliseconds: lostAt), nil) }
  }
}
