import MemtopCore

/// The samples of a range one after another, or of each step of time the newest; their times are read
/// some thousands at a time.
struct ChosenSamples {
  private let index: SampleIndex
  private let last: Int64
  private let step: Int64?
  private let isRising: Bool
  private var block: [SampleTime] = []
  private var place = 0
  private var nextID: Int64
  private var latest: WallTime?

  private static let blockLength: Int64 = 4096

  /// - Parameter isRising: samples that are not later than all before them by the wall clock, which was
  ///   set back, are passed over.
  init(
    _ index: SampleIndex, _ ids: ClosedRange<Int64>, step: Span? = nil, isRising: Bool = false
  ) {
    self.index = index
    self.isRising = isRising
    self.step = step.map { max(1, $0.milliseconds) }
    nextID = ids.lowerBound
    last = ids.upperBound
  }

  mutating func next() throws(DatabaseError) -> SampleTime? {
    while let time = try take() {
      if let step, let following = try peek(), following.wall.isInStep(step, of: time.wall) {
        continue
      }
      if isRising, let latest, time.wall <= latest { continue }
      latest = time.wall
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
    while place == block.count {
      guard nextID <= last else { return nil }
      let end = min(last, nextID + Self.blockLength - 1)
      block = try index.times(nextID...end)
      (place, nextID) = (0, end + 1)
    }
    return block[place]
  }
}

extension WallTime {
  /// Whether both lie in the same step, counted from 1970.
  fileprivate func isInStep(_ step: Int64, of other: WallTime) -> Bool {
    milliseconds.floored(to: step) == other.milliseconds.floored(to: step)
  }
}
