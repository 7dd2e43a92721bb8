import MemtopCore

/// A service that loses memory all day; somebody has it started anew each night, before it matters.
enum LeakLoad {
  static func guest(hours: Int, _ random: inout SeededRandom) -> StudyGuest {
    let base = random.mib(150...400)
    let perHour = random.mib(12...54)
    let restart = random.pick(3 * 3600...5 * 3600)
    let jitter = Jitter(permille: 20, &random)
    let worst = base + perHour * 24
    var series = DemandSeries(
      hours: hours, phase: random.pick(0...4), demand: { jitter.applied(to: base, at: $0) },
      reading: { _ in 100 })
    series.leak = DemandSeries.Leak(
      perHour: perHour, age: DayClock.beginning - restart,
      restarts: DayClock.dates(in: hours).dropFirst().map { DayClock.second(of: restart, on: $0) })
    return StudyGuest(
      load: "leak", memory: worst, staticMax: worst * 2, swap: .mib(512),
      fileSet: random.mib(200...800), readRate: random.mib(1...6), hotPermille: 60,
      commitPermille: Int64(random.pick(1050...1500)), series: series)
  }
}
