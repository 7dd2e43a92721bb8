/// The sample of a domain in which nothing goes on: most of a thousand are like that, and need not be
/// judged anew each second. A class, so that to look at it copies nothing.
final class RestingSample {
  private let value: DomainSample
  private let reading: DomainReading
  /// When its report was written.
  private let arrival: SteadyTime?
  /// Until when its report stays fresh; nil is for ever.
  private let end: SteadyTime?

  init(value: DomainSample, reading: DomainReading, arrival: SteadyTime?, end: SteadyTime?) {
    self.value = value
    self.reading = reading
    self.arrival = arrival
    self.end = end
  }

  /// Adds the sample of a reading that differs in nothing but its time.
  /// - Returns: false where it differs, and nothing is added.
  @inline(__always)
  func append(_ reading: DomainReading, at now: SteadyTime, to samples: inout [DomainSample])
    -> Bool
  {
    guard reading.isSame(as: self.reading) else { return false }
    if let end, now > end { return false }
    samples.append(value)
    if let arrival { samples[samples.count - 1].reportAge = now - arrival }
    return true
  }
}

/// What a guest's kernel believes to have beyond its allocation, while it populates on demand.
///
/// A report tells of a moment that is over, so the most of the last minute counts.
struct UncoveredMemory {
  private static let memory = Span.seconds(60)

  private var most = Bytes.zero
  private var end: SteadyTime?

  mutating func note(_ left: PopulateOnDemand?, now: SteadyTime) {
    if let end, now >= end { (most, self.end) = (.zero, nil) }
    guard let uncovered = left?.uncovered, uncovered > .zero else { return }
    most = max(most, uncovered)
    end = now + Self.memory
  }

  func recent(at now: SteadyTime) -> Bytes {
    guard let end, now < end else { return .zero }
    return most
  }
}

/// An instant by both clocks.
struct Moment {
  var wall: WallTime
  var steady: SteadyTime
}
