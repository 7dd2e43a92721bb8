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
