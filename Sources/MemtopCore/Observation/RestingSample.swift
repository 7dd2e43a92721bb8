/// The sample of a domain in which nothing goes on: most of a thousand are like that, and need not be
/// judged anew each second. A class, so that to look at it copies nothing.
final class RestingSample {
  private let value: DomainSample
  let keys: StoreKeys
  /// When its report was written.
  let arrival: SteadyTime?
  /// Until when its report stays fresh; nil is for ever.
  let end: SteadyTime?

  init(value: DomainSample, keys: StoreKeys, arrival: SteadyTime?, end: SteadyTime?) {
    self.value = value
    self.keys = keys
    self.arrival = arrival
    self.end = end
  }

  /// The sample of a reading that differs in nothing but its time; nil where it does.
  func sample(_ reading: DomainReading, at time: Moment) -> DomainSample? {
    guard reading.keys === keys, reading.allocation == value.allocation,
      reading.life == value.life, reading.limit == value.limit, reading.claim == value.claim,
      reading.kind == value.kind, reading.overhead == value.overhead,
      reading.populateOnDemand == value.populateOnDemand
    else { return nil }
    if let end, time.steady > end { return nil }
    var sample = value
    if let arrival { sample.reportAge = time.steady - arrival }
    return sample
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
