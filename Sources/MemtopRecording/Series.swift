import MemtopCore

/// What charts draw of one domain: points, each a time and one level per column. They lie in one array,
/// whatever the number of columns.
private struct Points {
  private var numbers: [Int64] = []
  private let stride: Int

  init(columns: Int) { stride = columns + 1 }

  var count: Int { numbers.count / stride }

  func at(_ point: Int) -> Int64 { numbers[point * stride] }

  func level(_ point: Int, _ column: Int) -> Int64 { numbers[point * stride + 1 + column] }

  /// - Parameter row: nil if the domain is absent from then on.
  mutating func append(_ at: Int64, _ row: Row?, _ places: [Int]) {
    numbers.append(at)
    for place in places { numbers.append(row?[place] ?? SampleRow.missing) }
  }

  /// The last point before this time; else the first.
  func last(before at: Int64) -> Int {
    (0..<count).lastPlace { self.at($0) < at } ?? 0
  }
}

/// The levels of all domains over one stretch of a recording, from keyframe to keyframe, as they were
/// come by.
struct Series {
  static let columns: [SampleRow.Column] =
    Metric.allCases.map { SampleRow.column(of: $0) } + [.pressure]

  /// The place of one of `columns` among them.
  static func place(of column: SampleRow.Column) -> Int { columns.firstIndex(of: column)! }

  /// The first sample, and when it was taken.
  let first: Int64
  let start: Int64
  /// The last sample that has been come by.
  private(set) var through: Int64
  private var slots: [HistoryKey: Int] = [:]
  private var points: [Points] = []
  /// Where its columns are in a row.
  private let places: [Int]
  /// Whose points those of each place are, of the stands seen last.
  private var placeKeys: [HistoryKey?] = []
  /// From when on nothing can be read.
  private(set) var lostAt: Int64?

  init(first: Int64, start: Int64, columns: [SampleRow.Column] = Series.columns) {
    self.first = first
    self.start = start
    places = columns.map(\.rawValue)
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
      append(at, nil, key)
    }
  }

  /// Takes note of what changed at a place.
  mutating func note(_ place: Int, _ stand: RecordedState.Stand, at: Int64) {
    while placeKeys.count <= place { placeKeys.append(nil) }
    if let id = stand.identity?.id, stand.isPresent {
      let key = HistoryKey(id)
      placeKeys[place] = key
      append(at, stand.row, key)
    } else if let key = placeKeys[place] {
      placeKeys[place] = nil
      // A reboot: its next life may have begun before this one ended.
      guard !placeKeys.contains(key) else { return }
      append(at, nil, key)
    }
  }

  private mutating func append(_ at: Int64, _ row: Row?, _ key: HistoryKey) {
    let slot: Int
    if let known = slots[key] {
      slot = known
    } else {
      slot = points.count
      slots[key] = slot
      points.append(Points(columns: places.count))
    }
    points[slot].append(at, row, places)
  }

  /// Hands the domain's levels to `filler`: what held at `from`, and each change up to `to`.
  func fill(
    _ filler: inout CellFiller, _ column: Int, of key: HistoryKey, from: Int64, to: Int64
  ) {
    let own = slots[key].map { points[$0] } ?? Points(columns: places.count)
    if own.count == 0 || own.at(0) > start, start <= to {
      filler.note(SteadyTime(milliseconds: start), nil)
    }
    // What held before counts in the first cell, as in the live history, also where it changes with it.
    for point in own.last(before: from)..<own.count {
      let at = own.at(point)
      guard at <= to, lostAt.map({ at < $0 }) ?? true else { break }
      let level = own.level(point, column)
      filler.note(SteadyTime(milliseconds: at), level == SampleRow.missing ? nil : level)
    }
    if let lostAt, lostAt <= to { filler.note(SteadyTime(milliseconds: lostAt), nil) }
  }
}
