import MemtopCore

/// The samples of a range one after another, or of each step of time the newest; their times are read
/// some thousands at a time.
struct ChosenSamples {
  private let index: SampleIndex
  private let last: Int64
  private let step: Int64?
  private var block: [SampleTime] = []
  private var place = 0
  private var nextID: Int64

  private static let blockLength = 4096

  init(_ index: SampleIndex, _ ids: ClosedRange<Int64>, step: Span? = nil) {
    self.index = index
    self.step = step.map { max(1, $0.milliseconds) }
    nextID = ids.lowerBound
    last = ids.upperBound
  }

  mutating func next() throws(DatabaseError) -> SampleTime? {
    while let time = try take() {
      if let step, let following = try peek(), following.wall.isInStep(step, of: time.wall) {
        continue
      }
      return time
    }
    return nil
  }

  private mutating func take() throws(DatabaseError) -> SampleTime? {
    guard let time = try peek() else { return nil }
    place += 1
    return time
  }

  private mutating func peek() throws(DatabaseError) -> SampleTime? {
    if place == block.count {
      guard nextID <= last else { return nil }
      let former = block.last
      block = try index.times(nextID...last, most: Self.blockLength, after: former)
      (place, nextID) = (0, (block.last?.id ?? last) + 1)
    }
    return place < block.count ? block[place] : nil
  }
}

extension WallTime {
  /// Whether both lie in the same step, counted from 1970.
  fileprivate func isInStep(_ step: Int64, of other: WallTime) -> Bool {
    milliseconds.floored(to: step) == other.milliseconds.floored(to: step)
  }
}
