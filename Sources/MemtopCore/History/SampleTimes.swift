/// When samples were taken, by both clocks: four bytes a sample for the steady one, and the wall
/// clock only where its distance from the steady one changed.
struct SampleTimes: SampleLookup {
  private var base = SteadyTime(milliseconds: 0)
  private var steady: [UInt32] = []
  /// From this sample on, wall = steady + offset.
  private var offsets: [(from: SteadyTime, offset: Int64)] = []
  /// From this sample on, samples are meant to be that far apart.
  private var intervals: [(from: SteadyTime, interval: Span)] = []

  var count = 0
  var weight: Int { steady.count * 4 + offsets.count * 16 }
  var first: SteadyTime? { steady.first.map(time) }
  package var last: SteadyTime? { steady.last.map(time) }

  mutating func append(_ instant: SteadyTime, wall: WallTime, interval: Span) {
    if intervals.last?.interval != interval { intervals.append((instant, interval)) }
    // Where samples are so seldom that they never weigh anything, the zero moves along as well.
    if let first, (instant - first).milliseconds > Int64(UInt32.max) {
      drop(before: instant - Span(milliseconds: Int64(UInt32.max / 2)))
    }
    if steady.isEmpty { base = instant }
    steady.append(UInt32(clamping: (instant - base).milliseconds))
    count += 1
    let offset = wall.milliseconds.subtractingClamped(instant.milliseconds)
    // Clocks drift against each other by a hair each second; a step is what matters.
    if let known = offsets.last, (-199...199).contains(known.offset.subtractingClamped(offset)) {
      return
    }
    offsets.append((instant, offset))
  }

  mutating func drop(before horizon: SteadyTime) {
    let gone = lowerBound(horizon)
    steady.removeFirst(gone)
    if let shift = steady.first, shift > 0 {
      // 32 bits of milliseconds last 49 days; the zero moves along.
      base = time(shift)
      for index in steady.indices { steady[index] -= min(shift, steady[index]) }
    }
    while offsets.count > 1, offsets[1].from <= horizon { offsets.removeFirst() }
    while intervals.count > 1, intervals[1].from <= horizon { intervals.removeFirst() }
  }

  /// The sample at this instant, or the last one before it.
  package func atOrBefore(_ instant: SteadyTime) -> (steady: SteadyTime, wall: WallTime)? {
    let index = lowerBound(instant + Span(milliseconds: 1)) - 1
    guard index >= 0 else { return nil }
    let found = time(steady[index])
    return (found, wall(of: found))
  }

  func after(_ instant: SteadyTime) -> (steady: SteadyTime, wall: WallTime)? {
    let index = lowerBound(instant + Span(milliseconds: 1))
    guard index < steady.count else { return nil }
    let found = time(steady[index])
    return (found, wall(of: found))
  }

  package func interval(at sample: SteadyTime) -> Span {
    (intervals.last { $0.from <= sample } ?? intervals.first)?.interval ?? .zero
  }

  /// The newest sample not later than `wall`, else the first one kept. Where the clock was set
  /// back and an hour came twice, its second coming is meant. A time that the clock passed over is that of the
  /// sample before.
  func at(wall: WallTime) -> SteadyTime? {
    var end: SteadyTime?
    for (from, offset) in offsets.reversed() {
      var instant = SteadyTime(milliseconds: wall.milliseconds.subtractingClamped(offset))
      if let end { instant = min(instant, end - Span(milliseconds: 1)) }
      if instant >= from, let found = atOrBefore(instant) { return found.steady }
      end = from
    }
    return first
  }

  private func wall(of instant: SteadyTime) -> WallTime {
    let offset = offsets.last { $0.from <= instant }?.offset ?? 0
    return WallTime(milliseconds: instant.milliseconds.addingClamped(offset))
  }

  private func time(_ value: UInt32) -> SteadyTime { base + Span(milliseconds: Int64(value)) }

  /// The index of the first sample at or after `instant`.
  private func lowerBound(_ instant: SteadyTime) -> Int {
    var low = 0
    var high = steady.count
    while low < high {
      let middle = (low + high) / 2
      if time(steady[middle]) < instant { low = middle + 1 } else { high = middle }
    }
    return low
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

/// Whether samples are missing between two of them: the one rule of charts, timeline, report and replay.
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
  /// Whether samples are missing at `instant`, after the sample before it.
  package func isGap(at instant: SteadyTime, after sample: SteadyTime) -> Bool {
    SampleGap.isGap(after: sample, at: instant, interval: interval(at: sample))
  }
}
