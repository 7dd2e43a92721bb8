import MemtopCore

/// A service that needs about the same always: a name server, a small web site.
enum QuietLoad {
  static func guest(hours: Int, _ random: inout SeededRandom) -> StudyGuest {
    let level = random.mib(150...700)
    let jitter = Jitter(permille: 20, &random)
    // Over hours it is a twentieth more or less.
    let drift = Jitter(permille: 50, &random)
    let memory = level.permille(1500) + .mib(128)
    return StudyGuest(
      load: "quiet", memory: memory.rounded(downTo: .mib(1)),
      staticMax: (memory * 2).rounded(downTo: .mib(1)),
      swap: level < .mib(400) ? .mib(256) : .mib(512), fileSet: random.mib(200...1000),
      readRate: random.mib(1...6), hotPermille: 60, commitPermille: Int64(random.pick(1050...1500)),
      series: DemandSeries(
        hours: hours, phase: random.pick(0...4),
        demand: { jitter.applied(to: drift.applied(to: level, at: $0 / 180), at: $0) },
        reading: { _ in 100 }))
  }
}
