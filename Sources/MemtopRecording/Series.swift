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

  /// Takes the place of a point at the same time: one of two runs may have had the domain elsewhere.
  ///
  /// - Parameter row: nil if the domain is absent from then on.
  mutating func append(_ at: Int64, _ row: Row?, _ places: [Int]) {
    if count > 0, self.at(count - 1) == at { numbers.removeLast(stride) }
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
  mutating func note(_ place: Int, _ placeState: RecordedState.PlaceState, at: Int64) {
    while placeKeys.count <= place { placeKeys.append(nil) }
    if let id = placeState.identity?.id, placeState.isPresent {
      let key = HistoryKey(id)
      // A later run of memtop has another domain at this place.
      if placeKeys[place] != key { leave(place, at) }
      placeKeys[place] = key
      append(at, placeState.row, key)
    } else {
      leave(place, at)
    }
  }

  private mutating func leave(_ place: Int, _ at: Int64) {
    guard let key = placeKeys[place] else { return }
    placeKeys[place] = nil
    // A reboot: its next life may have begun before this one ended.
    if !placeKeys.contains(key) { append(at, nil, key) }
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

/// One domain's levels over a long time: its own rows are looked for, all others passed over.
enum LongSeries {
  /// Samples read at a time.
  private static let step: Int64 = 20_000

  static func read(_ file: RecordingFile, _ key: HistoryKey, _ samples: ClosedRange<Int64>)
    throws(DatabaseError) -> Series
  {
    var series = Series(first: samples.lowerBound, start: file.samples.at(samples.lowerBound))
    let places = try Self.places(file.database, key)
    guard !places.isEmpty else { return series }
    let reader = try ChunkReader(file.database, file.found, places: places)
    var state = RecordedState()
    var first = samples.lowerBound
    while first <= samples.upperBound {
      var last = min(first + step - 1, samples.upperBound)
      do throws(DatabaseError) {
        let chunk = try reader.read(first...last)
        try add(chunk, upTo: last, &state, &series, reader, file)
        if chunk.isEmpty { last = max(last, (try reader.sample(after: last) ?? .max) - 1) }
      } catch  where error.isLoss {
        try readByStretches(first...last, &state, &series, reader, file)
      }
      first = last + 1
    }
    series.reach(samples.upperBound)
    return series
  }

  private static func add(
    _ chunk: RowChunk, upTo last: Int64, _ state: inout RecordedState, _ series: inout Series,
    _ reader: ChunkReader, _ file: RecordingFile
  ) throws(DatabaseError) {
    var next = 0
    try state.apply(chunk, next: &next, upTo: last, reader: reader, samples: file.samples) {
      series.note($0, $2, at: file.samples.at($1))
    }
  }

  /// Past what is damaged: a stretch between keyframes that cannot be read whole shows nothing.
  private static func readByStretches(
    _ samples: ClosedRange<Int64>, _ state: inout RecordedState, _ series: inout Series,
    _ reader: ChunkReader, _ file: RecordingFile
  ) throws(DatabaseError) {
    let begins =
      [samples.lowerBound]
      + (try file.keyframes.within(samples.lowerBound + 1, samples.upperBound))
    for (index, begin) in begins.enumerated() {
      let end = index + 1 < begins.count ? begins[index + 1] - 1 : samples.upperBound
      do throws(DatabaseError) {
        try add(try reader.read(begin...end), upTo: end, &state, &series, reader, file)
      } catch  where error.isLoss {
        series.end(at: file.samples.at(begin))
        state = RecordedState()
        if file.lost(begin) == nil, file.lost(end) == nil { file.lose(from: begin, error) }
      }
    }
  }

  /// Where it ever stood.
  static func places(_ database: Database, _ key: HistoryKey) throws(DatabaseError)
    -> [Int64]
  {
    let statement = try database.prepare(
      key.uuid == .zero
        ? "SELECT DISTINCT place FROM identity WHERE domid = \(key.domid) AND uuid = ?"
        : "SELECT DISTINCT place FROM identity WHERE uuid = ?")
    statement.bind(1, key.uuid.description)
    var places: [Int64] = []
    while try statement.step() { if let place = statement.place(0) { places.append(place) } }
    return places
  }
}

/// A recording's state that is moved on, a chunk at a time.
struct ChunkCursor {
  var state: RecordedState
  /// The sample that `state` shows; 0 before the first.
  private(set) var sample: Int64
  private var chunk = RowChunk()
  private var chunkIDs: ClosedRange<Int64>?
  private var next = 0

  /// Samples read at a time.
  static let chunkLength: Int64 = 128

  init(at sample: Int64 = 0, _ state: RecordedState = RecordedState()) {
    self.sample = sample
    self.state = state
  }

  /// The next sample is in a chunk that is yet to be read.
  var isAtChunkEnd: Bool { chunkIDs?.contains(sample + 1) != true }

  /// Goes on to `wanted`, or to the end of the chunk that holds the next sample.
  ///
  /// - Parameter note: called with each place that changed on the way, the sample, and who stands there.
  mutating func advance(
    upTo wanted: Int64, in samples: SampleIndex, _ reader: ChunkReader,
    note: (Int, Int64, RecordedState.PlaceState) -> Void
  ) throws(DatabaseError) {
    if isAtChunkEnd { try readChunk(from: sample + 1, samples, reader) }
    guard let chunkIDs else { return }
    let last = min(wanted, chunkIDs.upperBound)
    try state.apply(chunk, next: &next, upTo: last, reader: reader, samples: samples, note: note)
    sample = last
  }

  private mutating func readChunk(
    from first: Int64, _ samples: SampleIndex, _ reader: ChunkReader
  ) throws(DatabaseError) {
    // What is not written yet must not be taken for read.
    let last = min(first + Self.chunkLength - 1, max(first, samples.ids?.upperBound ?? first))
    let (chunk, read) = try Self.readable(first, last, reader)
    var end = read.upperBound
    if chunk.isEmpty {
      let next = try reader.sample(after: end) ?? .max
      end = max(end, min(next - 1, samples.ids?.upperBound ?? first))
    }
    (self.chunk, chunkIDs) = (chunk, first...end)
    next = 0
  }

  /// The samples from the first to the last, or as many of them as can be read.
  private static func readable(_ first: Int64, _ last: Int64, _ reader: ChunkReader)
    throws(DatabaseError) -> (RowChunk, ClosedRange<Int64>)
  {
    var last = last
    while true {
      do throws(DatabaseError) {
        return (try reader.read(first...last), first...last)
      } catch {
        guard error.isLoss, last > first else { throw error }
        last = first + (last - first) / 2
      }
    }
  }
}
