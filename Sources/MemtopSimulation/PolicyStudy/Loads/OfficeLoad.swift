import MemtopCore

/// A desktop of somebody's who works there: idle at night, three to five times as large in office
/// hours, smaller over lunch, and now and then much larger for some minutes.
enum OfficeLoad {
  static func guest(hours: Int, _ random: inout SeededRandom) -> StudyGuest {
    let night = random.mib(180...420)
    let day = night.permille(random.pick(3_000...5_000))
    let jitter = Jitter(permille: 20, &random)
    // Its own random stream, so that a longer study has the same guests and the same first days.
    var future = SeededRandom(seed: random.next())
    let days = DayClock.dates(in: hours).map { _ in OfficeDay(&future) }
    return StudyGuest(
      load: "office", memory: day.permille(1100).rounded(downTo: .mib(1)),
      staticMax: day.permille(2500).rounded(downTo: .mib(1)),
      swap: random.pick(of: [.mib(256), .mib(384), .mib(512)]), fileSet: random.mib(300...1500),
      readRate: random.mib(4...12), hotPermille: 60,
      commitPermille: Int64(random.pick(1050...1500)),
      series: DemandSeries(
        hours: hours, phase: random.pick(0...4),
        demand: { second in
          let today = days[min(days.count - 1, DayClock.date(at: second))]
          let level = today.level(at: DayClock.time(at: second), night: night, day: day)
          return jitter.applied(to: level, at: second)
        },
        reading: { second in
          let today = days[min(days.count - 1, DayClock.date(at: second))]
          return today.isAtWork(DayClock.time(at: second)) ? 100 : 10
        }))
  }
}

/// When one person comes, eats, needs more, and goes; times are seconds since midnight.
private struct OfficeDay {
  private struct Spike {
    var time: Range<Int>
    /// Thousandths of what is usual in hours, or at night.
    var more: Int
  }

  private let arrives: Int
  private let leaves: Int
  private let lunch: Range<Int>
  /// What is left of the usual over lunch, in thousandths.
  private let lunchShare: Int
  /// When the next of the usual programs is opened.
  private let openings: [Int]
  private let closes: Int
  private var spikes: [Spike] = []
  private let job: Spike

  init(_ random: inout SeededRandom) {
    let arrives = random.pick(7 * 3600 + 2400...9 * 3600 + 1200)
    self.arrives = arrives
    leaves = random.pick(16 * 3600 + 1800...18 * 3600 + 2400)
    let eats = random.pick(11 * 3600 + 2700...12 * 3600 + 2700)
    lunch = eats..<(eats + random.pick(1800...3600))
    lunchShare = random.pick(550...750)
    openings = (0..<5).map { _ in arrives + random.pick(0...1500) }
    closes = leaves + random.pick(60...600)
    for _ in 0..<random.pick(3...7) {
      let begins = random.pick(arrives + 1800...leaves - 1800)
      let length = random.pick(180...1500)
      spikes.append(Spike(time: begins..<(begins + length), more: random.pick(200...600)))
    }
    let begins = random.pick(1 * 3600...4 * 3600)
    job = Spike(time: begins..<(begins + random.pick(600...1800)), more: random.pick(300...800))
  }

  func isAtWork(_ time: Int) -> Bool { time >= arrives && time < leaves }

  func level(at time: Int, night: Bytes, day: Bytes) -> Bytes {
    guard time >= arrives, time < closes else {
      return job.time.contains(time) ? night + night.permille(job.more) : night
    }
    var opened = 0
    for opening in openings where opening <= time { opened += 1 }
    let usual = night + (day - night) / Int64(openings.count) * Int64(opened)
    var more = 0
    for spike in spikes where spike.time.contains(time) { more = max(more, spike.more) }
    if more > 0 { return usual + usual.permille(more) }
    return lunch.contains(time) ? max(night, usual.permille(lunchShare)) : usual
  }
}
