/// How long an amount was how large; from it come its mean and its percentiles.
struct TimeWeighted {
  private struct Level {
    var value: Int64
    var time: Int64
  }

  /// In milliseconds: for how long it was known.
  private(set) var known: Int64 = 0
  /// Amount × milliseconds; exact.
  private(set) var sum: Int128 = 0
  private(set) var least = Int64.max
  private(set) var most = Int64.min
  private var levels: [Level] = []
  /// Bits of the amounts that were given up to keep few levels.
  private var coarse: Int64 = 0

  /// More different levels than this are put together in steps, of 4 KiB, 8 KiB and so on.
  var mostLevels = Self.limit(domains: 1)
  private static let firstCoarse: Int64 = 12

  /// How many of each amount are kept where there are so many domains: of all
  /// together three million, of 16 bytes.
  static func limit(domains: Int) -> Int { min(16_384, max(512, 1_000_000 / max(1, domains))) }

  mutating func add(_ value: Int64, for time: Int64) {
    guard time > 0 else { return }
    known += time
    sum += Int128(value) * Int128(time)
    least = min(least, value)
    most = max(most, value)
    levels.append(Level(value: rounded(value), time: time))
    if levels.count >= 2 * mostLevels { unite() }
  }

  /// Up to the end of its step.
  private func rounded(_ value: Int64) -> Int64 {
    coarse == 0 ? value : ((value + (1 << coarse) - 1) >> coarse) << coarse
  }

  private mutating func unite() {
    merge()
    while levels.count > mostLevels {
      coarse = coarse == 0 ? Self.firstCoarse : coarse + 1
      for index in levels.indices { levels[index].value = rounded(levels[index].value) }
      merge()
    }
  }

  private mutating func merge() {
    levels.sort { $0.value < $1.value }
    var last = 0
    for index in levels.indices.dropFirst() {
      if levels[index].value == levels[last].value {
        levels[last].time += levels[index].time
      } else {
        last += 1
        levels[last] = levels[index]
      }
    }
    levels.removeSubrange(min(last + 1, levels.count)...)
  }

  /// To the nearest whole.
  var mean: Int64? {
    known == 0 ? nil : Int64(clamping: (sum * 2 + Int128(known)) / (Int128(known) * 2))
  }

  /// The smallest level that was not passed in `percent` of the time.
  func percentile(_ percent: Int64) -> Int64? {
    var all = self
    all.merge()
    let wanted = Int128(known) * Int128(percent)
    var passed: Int128 = 0
    for level in all.levels {
      passed += Int128(level.time) * 100
      if passed >= wanted { return min(level.value, most) }
    }
    return nil
  }
}
