import MemtopCore

/// Small programs that read, all day, far more files than memory could hold: a mirror, a file server.
enum CacheLoad {
  static func guest(hours: Int, _ random: inout SeededRandom) -> StudyGuest {
    let level = random.mib(100...250)
    let jitter = Jitter(permille: 20, &random)
    return StudyGuest(
      load: "cache", memory: .gib(1), staticMax: .gib(3), swap: .mib(256),
      fileSet: random.mib(4_096...12_288), readRate: random.mib(10...40), hotPermille: 60,
      commitPermille: Int64(random.pick(1050...1500)),
      series: DemandSeries(
        hours: hours, phase: random.pick(0...4), demand: { jitter.applied(to: level, at: $0) },
        reading: { _ in 100 }))
  }
}
