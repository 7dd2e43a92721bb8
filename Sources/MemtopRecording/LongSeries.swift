import MemtopCore

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
    _ chunk: Chunk, upTo last: Int64, _ state: inout RecordedState, _ series: inout Series,
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
