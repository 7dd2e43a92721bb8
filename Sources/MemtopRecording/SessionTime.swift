import MemtopCore

/// How a session tells when its samples were taken.
struct SessionTime {
  let first: Int64
  let at: Int64
  /// How far its samples should be apart.
  let interval: Int64

  /// Where a damaged file does not say.
  static let usualInterval: Int64 = 1000

  init(first: Int64, at: Int64, interval: Int64) {
    (self.first, self.at, self.interval) = (first, at, interval)
  }

  /// Of the columns `first_sample`, `at` and `interval`; nil where the first is no sample.
  init?(_ row: Statement, first column: Int) {
    guard let sample = row.sample(column) else { return nil }
    self.init(
      first: sample, at: row.time(column + 1) ?? 0,
      interval: row.interval(column + 2) ?? Self.usualInterval)
  }

  /// When a sample was taken, on the axis, that came so much later than it should have.
  func at(_ sample: Int64, late: Int64) -> Int64 {
    let (nominal, isTooFar) = (sample &- first).multipliedReportingOverflow(by: interval)
    return Bounds.time(at &+ (isTooFar ? 0 : Bounds.time(nominal)) &+ late)
  }
}

/// Where in ascending elements the last one is that `isAtOrBefore`; nil where none is.
extension RandomAccessCollection where Index == Int {
  func lastPlace(_ isAtOrBefore: (Element) -> Bool) -> Int? {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = (low + high) / 2
      if isAtOrBefore(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low == startIndex ? nil : low - 1
  }
}
