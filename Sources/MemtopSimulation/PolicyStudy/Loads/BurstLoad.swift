import MemtopCore

/// A service that now and then takes 1 GiB at once: a nightly report, a build, a large query.
enum BurstLoad {
  private static let size = Bytes.gib(1)
  /// One in so many steps of five seconds begins a burst where none is: every three hours or so.
  private static let rarity = 3 * 3600 / 5

  static func guest(hours: Int, _ random: inout SeededRandom) -> StudyGuest {
    let base = random.mib(200...500)
    let jitter = Jitter(permille: 20, &random)
    // Its own random stream, so that a longer study has the same guests and the same first bursts.
    var future = SeededRandom(seed: random.next())
    let bursting = bursts(hours: hours, &future)
    let memory = base + .mib(768)
    return StudyGuest(
      load: "burst", memory: memory, staticMax: (base + size) * 2, swap: .mib(512),
      fileSet: random.mib(200...1000), readRate: random.mib(2...8), hotPermille: 60,
      commitPermille: Int64(random.pick(1050...1500)),
      series: DemandSeries(
        hours: hours, phase: random.pick(0...4),
        demand: { second in
          let extra = bursting[second / DemandSeries.step] ? size : .zero
          return jitter.applied(to: base, at: second) + extra
        }, reading: { _ in 100 }))
  }

  /// For each step whether a burst is on; one lasts two to twelve minutes.
  private static func bursts(hours: Int, _ random: inout SeededRandom) -> [Bool] {
    var left = 0
    return (0..<(hours * 3600 / DemandSeries.step + 2)).map { _ in
      if left > 0 {
        left -= 1
      } else if random.pick(1...rarity) == 1 {
        left = random.pick(24...144)
      }
      return left > 0
    }
  }
}
