/// A domain in which nothing changes, as in most of a thousand. It is not judged again each second: its
/// last sample holds for as long as its reading is the same.
struct Rest {
  let reading: DomainReading
  /// Until when its report stays fresh; nil is for ever.
  let end: SteadyTime?

  /// Whether a reading at `now` would be judged as the last one was.
  func holds(for reading: DomainReading, at now: SteadyTime) -> Bool {
    guard reading.isSame(as: self.reading) else { return false }
    return end.map { now <= $0 } ?? true
  }
}

extension DomainSample {
  /// What Xen says of a domain whose values are yet to be read. Nothing of it is remembered.
  init(unread reading: DomainReading) {
    let figures = StoreFigures(reading.keys)
    self.init(
      DomainSample.Findings(
        id: reading.id, facts: DomainFacts(reading.keys), kind: reading.kind, life: reading.life,
        state: .reading, allocation: reading.allocation, limit: reading.limit,
        claim: reading.claim, target: figures.target, videoram: figures.videoram,
        balloon: BalloonState(), selfBallooning: false, health: .silent),
      reportAge: nil)
  }
}

extension DomainReading {
  /// Xen itself may make it larger.
  var isPopulating: Bool { populateOnDemand.map { $0.entries > .zero } ?? false }
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
  /// xenstore cannot be read: no key says anything of now.
  var isBlind = false
}
