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
