import MemtopCore

/// A recording as the screen asks for the past: any instant of it, and what led there.
///
/// Its steady times are the recording's axis. Where the file cannot be read, what is asked for is not
/// there, and `problem` says why.
package final class RecordedPast: HistoryReader {
  let file: RecordingFile
  private let walker: RecordingWalker
  private let filler: RecordingWalker
  let eventReader: EventReader
  var keyframes: KeyframeIndex { file.keyframes }
  let gapIndex: GapIndex
  /// The stretches that were asked for last, the latest at the end.
  var series: [Series] = []
  private var longSeries: (key: HistoryKey, ids: ClosedRange<Int64>, series: Series)?
  private var lastGaps: (cells: ChartCells, last: SteadyTime?, gaps: [Bool])?
  /// What was asked of the events last.
  var answers: [(question: EventQuestion, search: EventSearch)] = []
  /// Events that are looked at for one question, at most.
  var mostLooked = 300_000
  /// What could not be read last; nil where all could.
  package private(set) var problem: RecordingError?

  private static let mostSeries = 8
  /// A chart over more stretches than this is made of one domain's rows alone.
  private static let mostStretches = 3

  /// The past in a file that was opened.
  ///
  /// - Throws: where the tables of samples and events cannot be read.
  package init(_ file: RecordingFile) throws(RecordingError) {
    self.file = file
    walker = try RecordingWalker(file)
    filler = try RecordingWalker(file)
    eventReader = try file.reading { () throws(DatabaseError) in
      try EventReader(file.database, file.found)
    }
    gapIndex = GapIndex(file.database)
  }

  package var range: ClosedRange<SteadyTime>? { file.range }

  /// Looks whether somebody has written more; returns whether there is anything new.
  package func refresh() -> Bool {
    tried(false) { () throws(RecordingError) in
      guard try file.refresh() else { return false }
      answers = []
      longSeries = nil
      return true
    }
  }

  package func snapshot(at time: SteadyTime) -> Snapshot? {
    guard let sample = file.samples.id(atOrBefore: time) else { return nil }
    return tried(nil) { () throws(RecordingError) in
      _ = try stretch(through: sample)
      if filler.sample == sample { return filler.snapshot() }
      try walker.go(to: sample)
      return walker.snapshot()
    }
  }

  /// The place in `series` of the stretch that holds this sample, known that far.
  private func stretch(through sample: Int64) throws(RecordingError) -> Int {
    let place = touch(try keyframe(of: sample))
    let through = series[place].through
    guard through < sample else { return place }
    guard series[place].lostAt == nil else { return place }
    do throws(RecordingError) {
      // What is known already leads to what is not.
      if through >= series[place].first {
        try filler.go(to: through)
      } else {
        filler.stand(before: series[place].first)
      }
      try filler.go(to: sample) { changed, at, placeState in
        guard at > through, at >= series[place].first else { return }
        series[place].note(changed, placeState, at: file.samples.at(at))
      }
    } catch {
      guard let lost = file.lost(sample) else {
        // What was come by twice would be told twice.
        series.remove(at: place)
        throw error
      }
      series[place].lose(from: file.samples.at(lost.lowerBound))
      return place
    }
    series[place].reach(sample)
    return place
  }

  /// Where the stretch of this sample begins; the first sample of all where no keyframe can be found.
  private func keyframe(of sample: Int64) throws(RecordingError) -> Int64 {
    try file.reading { () throws(DatabaseError) in try keyframes.atOrBefore(sample) }
      ?? file.samples.ids?.lowerBound ?? sample
  }

  /// The place of the stretch that begins with this keyframe, as the one that was asked for last.
  private func touch(_ keyframe: Int64) -> Int {
    let known =
      series.firstIndex { $0.first == keyframe }.map { series.remove(at: $0) }
      ?? Series(first: keyframe, start: file.samples.at(keyframe))
    if series.count == Self.mostSeries { series.removeFirst() }
    series.append(known)
    return series.count - 1
  }

  func tried<T>(_ otherwise: T, _ body: () throws(RecordingError) -> T) -> T {
    do throws(RecordingError) {
      let result = try body()
      problem = nil
      return result
    } catch {
      problem = error
      return otherwise
    }
  }

  func asked<T>(_ otherwise: T, _ body: () throws(DatabaseError) -> T) -> T {
    tried(otherwise) { () throws(RecordingError) in try file.reading(body) }
  }
}

// Levels.
extension RecordedPast {
  package func levels(
    _ metric: Metric, of domain: DomainID, ending: SteadyTime, cells: Int, cell: Span
  ) -> [Bytes?] {
    columns(
      Series.place(of: SampleRow.column(of: metric)), of: domain,
      ChartCells(ending: ending, count: cells, length: cell), isPeak: metric.isPeak
    ).map { $0.map { Bytes($0) } }
  }

  package func pressures(
    of domain: DomainID, ending: SteadyTime, cells: Int, cell: Span
  ) -> [Pressure?] {
    columns(
      Series.place(of: .pressure), of: domain,
      ChartCells(ending: ending, count: cells, length: cell),
      isPeak: true
    ).map { $0.flatMap { Pressure(rawValue: UInt8(clamping: $0)) } }
  }

  private func columns(_ column: Int, of domain: DomainID, _ cells: ChartCells, isPeak: Bool)
    -> [Int64?]
  {
    guard cells.count > 0 else { return [] }
    var filler = CellFiller(cells, isPeak: isPeak)
    tried(()) { () throws(RecordingError) in
      try fill(&filler, column, HistoryKey(domain), from: cells.start, to: cells.ending)
    }
    var values = filler.finish()
    for (index, isGap) in gaps(in: cells).enumerated() where isGap { values[index] = nil }
    return values
  }

  private func fill(
    _ filler: inout CellFiller, _ column: Int, _ key: HistoryKey, from: SteadyTime,
    to: SteadyTime
  ) throws(RecordingError) {
    guard let ids = file.samples.ids, let last = file.samples.id(atOrBefore: to) else { return }
    let first = file.samples.id(atOrBefore: from) ?? ids.lowerBound
    let stretches = try keyframes(first...last)
    guard stretches.count <= Self.mostStretches else {
      let long = try longSeries(of: key, first...last)
      return long.fill(
        &filler, column, of: key, from: from.milliseconds, to: to.milliseconds)
    }
    for (index, keyframe) in stretches.enumerated() {
      let end = index + 1 < stretches.count ? stretches[index + 1] - 1 : last
      let place = try stretch(through: max(keyframe, end))
      series[place].fill(
        &filler, column, of: key, from: from.milliseconds, to: to.milliseconds)
    }
  }

  /// The keyframes of the stretches that hold these samples.
  private func keyframes(_ samples: ClosedRange<Int64>) throws(RecordingError) -> [Int64] {
    try file.reading { () throws(DatabaseError) in
      let first = try keyframes.atOrBefore(samples.lowerBound) ?? samples.lowerBound
      return [first] + (try keyframes.within(first + 1, samples.upperBound))
    }
  }

  /// One domain's levels over these samples, of its own rows alone.
  private func longSeries(of key: HistoryKey, _ ids: ClosedRange<Int64>) throws(RecordingError)
    -> Series
  {
    if let longSeries, longSeries.key == key, longSeries.ids.contains(ids.lowerBound),
      longSeries.ids.contains(ids.upperBound)
    {
      return longSeries.series
    }
    let first = try keyframe(of: ids.lowerBound)
    let series = try file.reading { () throws(DatabaseError) in
      try LongSeries.read(file, key, first...ids.upperBound)
    }
    longSeries = (key, first...ids.upperBound, series)
    return series
  }

  /// In which of `cells` nobody was looking.
  func gaps(in cells: ChartCells) -> [Bool] {
    if let lastGaps, lastGaps.cells == cells, lastGaps.last == file.samples.last {
      return lastGaps.gaps
    }
    let gaps = cells.gaps(in: file.samples)
    lastGaps = (cells, file.samples.last, gaps)
    return gaps
  }
}

// From sample to sample.
extension RecordedPast {
  package func sampleTime(_ direction: TimeDirection, than time: SteadyTime) -> SteadyTime? {
    guard let ids = file.samples.ids else { return nil }
    switch direction {
    case .earlier:
      return file.samples.atOrBefore(time + Span(milliseconds: -1))?.steady
    case .later:
      let next = file.samples.id(atOrBefore: time).map { $0 + 1 } ?? ids.lowerBound
      return next <= ids.upperBound ? SteadyTime(milliseconds: file.samples.at(next)) : nil
    }
  }

  package func sampleTime(at wall: WallTime) -> SteadyTime? {
    file.samples.id(atOrBefore: wall).map { SteadyTime(milliseconds: file.samples.at($0)) }
  }
}
