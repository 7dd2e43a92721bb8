/// Time in columns: what sparklines and charts draw.
///
/// Columns lie on multiples of their length, so that a chart moves only once a column.
extension History {
  package func levels(
    _ metric: Metric, of domain: DomainID, ending: SteadyTime, cells: Int, cell: Span
  ) -> [Bytes?] {
    columns(
      SampleRow.column(of: metric), of: domain, Cells(ending: ending, count: cells, length: cell),
      isPeak: metric.isPeak
    ).map { $0.map { Bytes($0) } }
  }

  package func pressures(
    of domain: DomainID, ending: SteadyTime, cells: Int, cell: Span
  ) -> [Pressure?] {
    columns(
      .pressure, of: domain, Cells(ending: ending, count: cells, length: cell), isPeak: true
    ).map { $0.flatMap { Pressure(rawValue: UInt8(clamping: $0)) } }
  }

  /// One value a cell.
  private func columns(
    _ column: SampleRow.Column, of domain: DomainID, _ cells: Cells,
    isPeak: Bool
  ) -> [Int64?] {
    guard cells.count > 0, let track = track(of: domain) else {
      return [Int64?](repeating: nil, count: max(0, cells.count))
    }
    var filler = CellFiller(cells, isPeak: isPeak)
    track.visit(from: cells.start, to: cells.ending) { time, row in
      let value = row[column.rawValue]
      let absent = row[SampleRow.Column.present.rawValue] == 0 || value == Track.missing
      filler.note(time, absent ? nil : value)
    }
    var result = filler.finish()
    clearGaps(&result, cells)
    return result
  }

  /// A cell in which no sample was taken shows nothing, however constant the number was.
  private func clearGaps(_ result: inout [Int64?], _ cells: Cells) {
    let gaps = gaps(in: cells)
    for index in result.indices where gaps[index] { result[index] = nil }
  }
}

/// Columns of time: `count` of `length`, the last of which holds `ending`.
package struct Cells: Hashable {
  package let ending: SteadyTime
  package let count: Int
  package let length: Span

  package init(ending: SteadyTime, count: Int, length: Span) {
    self.ending = ending
    self.count = count
    self.length = length
  }

  package var start: SteadyTime {
    let lastStart = ending.milliseconds.floored(to: length.milliseconds)
    return SteadyTime(milliseconds: lastStart) - length * (Int64(count) - 1)
  }

  package func index(of time: SteadyTime) -> Int {
    let step = max(1, length.milliseconds)
    return Int(clamping: (time - start).milliseconds.floored(to: step) / step)
  }

  /// In which cells nobody was looking, by the samples that there are.
  package func gaps(in samples: some SampleLookup) -> [Bool] {
    (0..<max(0, count)).map { index in
      let begin = start + length * Int64(index)
      guard let last = samples.last, begin <= last else { return true }
      let end = begin + length + Span(milliseconds: -1)
      guard let looked = samples.atOrBefore(end)?.steady else { return true }
      return samples.isGap(at: begin, after: looked)
    }
  }
}

/// Fills cells with a value each: of what it began with and every change within it, the last or the
/// highest.
package struct CellFiller {
  private let cells: Cells
  private let start: SteadyTime
  private let isPeak: Bool
  private var values: [Int64?]
  private var held: Int64?
  private var next = 0

  /// - Parameter isPeak: the highest value counts, else the last.
  package init(_ cells: Cells, isPeak: Bool) {
    self.cells = cells
    self.isPeak = isPeak
    start = cells.start
    values = [Int64?](repeating: nil, count: max(0, cells.count))
  }

  /// Takes a change; they come in order of time, and what held at the start of the cells comes first.
  package mutating func note(_ time: SteadyTime, _ value: Int64?) {
    let cell = max(0, cells.index(of: time))
    fill(upTo: min(cell, cells.count - 1))
    held = value
    if time < start {
      values[0] = value
    } else if cell < cells.count {
      values[cell] = value.map { value in
        values[cell].map { isPeak ? max($0, value) : value } ?? value
      }
    }
  }

  package mutating func finish() -> [Int64?] {
    fill(upTo: cells.count - 1)
    return values
  }

  private mutating func fill(upTo last: Int) {
    while next <= last {
      values[next] = held
      next += 1
    }
  }
}

/// When samples were taken, found by time.
package protocol SampleLookup {
  var last: SteadyTime? { get }
  /// The sample at this instant, or the last one before it.
  func atOrBefore(_ instant: SteadyTime) -> (steady: SteadyTime, wall: WallTime)?
  /// How far samples were meant to be apart when this one was taken.
  func interval(at sample: SteadyTime) -> Span
}

/// Whether anybody was looking between two samples: the one rule of charts, timeline, report and replay.
package enum SampleGap {
  package static let longestQuiet = Span.seconds(15)

  /// A sample stands for the time after it up to twice the interval, 15 s at the least.
  package static func isGap(after sample: SteadyTime, at instant: SteadyTime, interval: Span)
    -> Bool
  {
    instant - sample >= max(longestQuiet, interval * 2)
  }
}

extension SampleLookup {
  /// Whether nobody was looking any more at `instant`, after the sample before it.
  package func isGap(at instant: SteadyTime, after sample: SteadyTime) -> Bool {
    SampleGap.isGap(after: sample, at: instant, interval: interval(at: sample))
  }
}
