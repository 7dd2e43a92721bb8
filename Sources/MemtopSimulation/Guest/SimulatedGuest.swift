import MemtopCore

/// One simulated domain: its memory, balloon, agent and xenstore keys.
struct SimulatedGuest: Sendable {
  /// From the start to the first report.
  static let bootSeconds: Int64 = 20

  let plan: GuestPlan
  private(set) var id: DomainID
  private(set) var memory: GuestMemory
  private(set) var limit: Bytes
  private(set) var target: Bytes
  private(set) var exists: Bool
  private var driver = BalloonDriver()
  private var agent: GuestAgent?
  private var random: SeededRandom
  private var values = StoreValues()
  private var reportWrites = ReportWrites()
  private var startedAt: WallTime
  private var cached: StoreKeys?
  /// Seconds since it booted, and until its killed program starts again.
  private var uptime: Int64 = 0
  private var restart: Int64 = 0

  init(plan: GuestPlan, id: DomainID, seed: UInt64, exists: Bool, startedAt: WallTime) {
    self.plan = plan
    self.id = id
    self.exists = exists
    self.startedAt = startedAt
    random = SeededRandom(seed: seed ^ SeededRandom.seed(of: plan.name))
    target = plan.memory - plan.videoram
    limit = plan.memory + .mib(1)
    let shape = GuestMemory.Shape(
      staticMax: plan.staticMax, swapTotal: plan.swap, fileSet: plan.fileSet,
      readRate: plan.readRate, hotPermille: plan.hotPermille)
    memory = GuestMemory(shape: shape, allocation: Self.built(plan))
    // A guest that was there before has been up for a while, at a moment of its own.
    uptime = exists ? 3_600 + Int64(random.next() % 3_600) : 0
    start()
  }

  /// libxl builds HVM and PVH domains 1 MiB below their target (libxl_dom.c).
  private static func built(_ plan: GuestPlan) -> Bytes {
    plan.memory - plan.videoram - (plan.kind == .pv ? .zero : .mib(1))
  }

  private var offset: Bytes { plan.kind == .pv ? .zero : -.mib(1) }
  var isPaused: Bool { plan.traits.contains(.paused) }
  private var hasBooted: Bool { uptime >= Self.bootSeconds }

  private mutating func start() {
    agent = plan.dialect.map { dialect in
      var lie = Bytes.zero
      for case .lies(let amount) in plan.traits { lie = amount }
      return GuestAgent(dialect: dialect, interval: plan.interval, lie: lie)
    }
    values = StoreValues()
    values[.name] = Array(plan.name.utf8)
    write(.target, kib: target)
    write(.staticMax, kib: plan.staticMax)
    if plan.videoram > .zero { write(.videoram, kib: plan.videoram) }
    if plan.announcesBalloon { values[.featureBalloon] = Array("1".utf8) }
    if hasBooted { announceSystem() }
    reportWrites = ReportWrites()
    cached = nil
  }

  private mutating func announceSystem() {
    guard plan.dialect != nil else { return }
    values[.osName] = Array(plan.system.utf8)
    values[.ipv4] = Array("10.20.\(id.domid / 256).\(id.domid % 256)".utf8)
    cached = nil
  }

  private mutating func write(_ key: StoreKey, kib amount: Bytes) {
    values[key] = Array(String(amount.kib).utf8)
    cached = nil
  }

  /// It appears on the host: `xl create`.
  mutating func create(at time: WallTime) {
    exists = true
    uptime = 0
    startedAt = time
    start()
  }

  /// The same uuid under a new domid, with nothing left of what was in its memory.
  mutating func reboot(domid: UInt16, at time: WallTime) {
    id = DomainID(domid: domid, uuid: id.uuid)
    memory.boot(allocation: Self.built(plan))
    driver = BalloonDriver()
    target = plan.memory - plan.videoram
    limit = plan.memory + .mib(1)
    create(at: time)
  }

  /// What libxl does to a domain; the caller has checked what libxl checks.
  mutating func setTarget(size: Bytes, author: String?) {
    target = size - plan.videoram
    limit = size + .mib(1)
    write(.target, kib: target)
    if let author { values[.changeMark] = Array("\(target.kib) \(author)".utf8) }
  }

  /// What dom0 says of regulating it, or nothing.
  mutating func setRegulation(_ regulation: Regulation?) {
    values[.regulation] = regulation?.bytes(for: id.uuid)
    cached = nil
  }

  /// One second; `hostFree` is what the balloon could take of the host. Returns what it took
  /// (negative: gave).
  mutating func step(hostFree: Bytes, second: Int64) -> Bytes {
    guard exists, !isPaused else { return .zero }
    uptime += 1
    // One number a second is not used: without it, a seed would give other loads than it always did.
    _ = random.next()
    let taken = hasBooted ? moveBalloon(hostFree) : .zero
    if memory.step(demand: demand()) { restart = 30 }
    if uptime == Self.bootSeconds { announceSystem() }
    if hasBooted, !agentIsDead(second) { report() }
    return taken
  }

  private mutating func demand() -> Bytes {
    guard hasBooted else { return memory.total / 8 * uptime / Self.bootSeconds }
    if restart > 0 {
      restart -= 1
      // The killed program comes back with an empty memory, and a leak begins anew.
      if case .leak = plan.load { uptime = Self.bootSeconds }
      return memory.total / 10
    }
    return plan.load.demand(at: uptime, &random)
  }

  private func agentIsDead(_ second: Int64) -> Bool {
    for case .agentDies(let at) in plan.traits where second >= at { return true }
    return false
  }

  private mutating func report() {
    guard let keys = agent?.report(memory, at: uptime), !keys.isEmpty else { return }
    for (key, value) in keys {
      values[key] = value
      if let group = key.group { reportWrites[group] += 1 }
    }
    cached = nil
  }

  private mutating func moveBalloon(_ hostFree: Bytes) -> Bytes {
    guard plan.traits.isDisjoint(with: [.noBalloonDriver, .balloonStuck]) else { return .zero }
    let goal = target + offset
    guard driver.tries(goal - memory.allocation) else { return .zero }
    let taken = memory.balloon(to: goal, hostFree: hostFree)
    driver.tried(moved: taken, left: goal - memory.allocation)
    return taken
  }

  mutating func reading() -> DomainReading {
    DomainReading(
      id: id, kind: plan.kind, life: isPaused ? .paused : .running,
      allocation: memory.allocation, limit: limit, keys: keys())
  }

  private mutating func keys() -> StoreKeys {
    if let cached { return cached }
    let made = StoreKeys(
      values, reportWrites: reportWrites, startedAt: startedAt)
    cached = made
    return made
  }
}

/// When a Linux balloon driver tries to reach its target, second by second.
///
/// After a failure it waits for 2, 4 and 8 seconds; after the fourth, 14 s after the first, it sleeps for
/// an hour. Another distance to its target wakes it at once (drivers/xen/balloon.c: update_schedule,
/// balloon_thread_cond).
struct BalloonDriver: Sendable {
  private static let mostFailures: Int64 = 4
  private static let sleep: Int64 = 3600

  private var failures: Int64 = 0
  private var pause: Int64 = 0
  private var distance = Bytes.zero

  /// Whether it tries now.
  mutating func tries(_ distance: Bytes) -> Bool {
    guard distance.magnitude >= .kib(4) else {
      self = BalloonDriver()
      return false
    }
    if distance != self.distance { (self.distance, pause) = (distance, 0) }
    guard pause > 0 else { return true }
    pause -= 1
    return false
  }

  /// It tried.
  mutating func tried(moved: Bytes, left: Bytes) {
    distance = left
    guard moved == .zero else { return failures = 0 }
    failures += 1
    let hasGivenUp = failures == Self.mostFailures
    pause = (hasGivenUp ? Self.sleep : 1 << failures) - 1
    if hasGivenUp { failures = 0 }
  }
}
