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
