import MemtopCore

/// The same guests on the same host for some hours, under one rule: what it costs, and what it does.
///
/// Every rule sees the same demand; a guest lives as in the demo (`GuestMemory`), only without
/// xenstore between it and the rule. A day of fifty guests takes well under a second.
package struct PolicyStudy: Sendable {
  package let guests: [StudyGuest]
  package let hours: Int
  /// Seconds between memtop-agent's reports.
  package let interval: Int
  package let host: StudyHost
  /// Whether agents report before it is time where memory has moved.
  package let reportsEarly: Bool

  package init(
    guests: [StudyGuest], hours: Int, interval: Int, host: StudyHost = .standard,
    reportsEarly: Bool = true
  ) {
    self.guests = guests
    self.hours = hours
    self.interval = interval
    self.host = host
    self.reportsEarly = reportsEarly
  }

  /// The guests of a load; they are the same for the same seed.
  package init(
    load: StudyLoad, guests: Int, hours: Int, interval: Int, seed: UInt64,
    host: StudyHost = .standard
  ) {
    self.init(
      guests: load.guests(count: guests, hours: hours, seed: seed), hours: hours,
      interval: interval, host: host)
  }

  package func run(_ rule: StudyRule) -> StudyAccount {
    switch rule {
    case .fixed: FixedAllocation(study: self, isCalm: false).run()
    case .fixedCalm: FixedAllocation(study: self, isCalm: true).run()
    case .selfBallooning: run(SelfBallooning())
    case .regulator: run(ExternalRegulator())
    case .qmemman: run(Qmemman()) { _ in .meminfoWriter(MeminfoWriter()) }
    case .squeezed: run(Squeezed())
    }
  }

  /// All guests begin with what they are configured for, or with their share where that is too much.
  private func beginning() -> [Bytes] {
    let wanted = guests.reduce(Bytes.zero) { $0 + $1.memory }
    guard wanted > host.forGuests else { return guests.map(\.memory) }
    let share = host.forGuests.ratio(to: wanted)
    return guests.map { $0.memory.scaled(by: share).rounded(downTo: .mib(1)) }
  }

  /// memtop-agent as it is asked for; guests do not all report at once.
  private func agent(_ guest: Int) -> StudyReporter {
    .agent(StudyAgent(interval: interval, phase: guest, isEarly: reportsEarly))
  }

  /// - Parameter reporter: who reports from a guest, by its number; nil is memtop-agent.
  func run(_ rule: some TargetRule, reporter: ((Int) -> StudyReporter)? = nil) -> StudyAccount {
    var rule = rule
    let sizes = beginning()
    var views = zip(guests, sizes).map { StudyView($0, allocation: $1) }
    var machines = guests.indices.map {
      StudyMachine(guests[$0], allocation: sizes[$0], reporter: reporter?($0) ?? agent($0))
    }
    var account = StudyAccount()
    account.forGuests = host.forGuests
    var host = host
    var held = machines.reduce(Bytes.zero) { $0 + $1.allocation }
    for second in 0..<hours * 3600 {
      host.free = host.forGuests - held
      rule.act(second: second, host: host, guests: &views)
      for index in machines.indices {
        let before = machines[index].allocation
        machines[index].step(&views[index], second: second, free: host.forGuests - held)
        held += machines[index].allocation - before
      }
      account.hold(held)
      account.peakHeld = max(account.peakHeld, held)
    }
    for (machine, view) in zip(machines, views) { account.add(machine, view) }
    return account
  }
}

/// Guests of an operator's own, as a scenario file tells of them.
package struct StudyPlan: Sendable {
  package var name: String
  /// How many of that kind.
  package var count: Int
  package var memory: Bytes
  package var staticMax: Bytes
  package var swap: Bytes
  package var fileSet: Bytes
  /// A second.
  package var readRate: Bytes
  package var load: GuestLoad
  /// A leak's program is started anew after so many hours; nil is never.
  package var restartHours: Int?

  package init(
    name: String, count: Int, memory: Bytes, staticMax: Bytes, swap: Bytes, fileSet: Bytes,
    readRate: Bytes, load: GuestLoad, restartHours: Int? = nil
  ) {
    self.name = name
    self.count = count
    self.memory = memory
    self.staticMax = staticMax
    self.swap = swap
    self.fileSet = fileSet
    self.readRate = readRate
    self.load = load
    self.restartHours = restartHours
  }

  /// Its guests; each is at another place of its load, by the seed.
  package func guests(hours: Int, seed: UInt64) -> [StudyGuest] {
    (0..<count).map { number in
      var random = SeededRandom(seed: SeededRandom.seed(of: "\(name) \(number)") ^ seed)
      return guest(hours: hours, &random)
    }
  }

  private func guest(hours: Int, _ random: inout SeededRandom) -> StudyGuest {
    let ahead = Int64(random.next() % UInt64(max(1, period)))
    var jitter = SeededRandom(seed: random.next())
    var series = DemandSeries(
      hours: hours, phase: random.pick(0...4),
      demand: { base(at: Int64($0) + ahead, &jitter) }, reading: { _ in 100 })
    if case .leak(_, let perMinute) = load {
      let age = restartHours == nil ? 0 : Int(ahead)
      let every = restartHours.map { $0 * 3600 }
      series.leak = DemandSeries.Leak(
        perHour: perMinute * 60, age: age,
        restarts: every.map { Array(stride(from: $0 - age, to: hours * 3600, by: $0)) } ?? [])
    }
    return StudyGuest(
      load: name, memory: memory, staticMax: staticMax, swap: swap, fileSet: fileSet,
      readRate: readRate, hotPermille: 60, commitPermille: Int64(random.pick(1050...1500)),
      series: series)
  }

  /// After how many seconds its load begins again.
  private var period: Int64 {
    switch load {
    case .steady: 1
    case .wave(_, _, let period), .burst(_, _, let period, _): period.wholeSeconds
    case .leak: Int64(restartHours ?? 0) * 3600
    }
  }

  /// What the programs want, without what they have leaked.
  private func base(at second: Int64, _ random: inout SeededRandom) -> Bytes {
    if case .leak(let from, _) = load { return from }
    return load.demand(at: second, &random)
  }
}
