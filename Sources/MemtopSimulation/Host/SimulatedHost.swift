import MemtopCore

/// A deterministic Xen host: the same scenario and seed give the same bytes.
///
/// Time is what the caller says; it is lived in whole seconds. A value, and its guests are values: of
/// a class, each access to a property would be checked while the program runs.
package struct SimulatedHost: Sendable {
  private let scenario: Scenario
  private var guests: [SimulatedGuest] = []
  private var dom0: GuestMemory
  private var dom0Target: Bytes
  private var dom0Beat: RegulatorBeat?
  private var dom0Mark: (size: Bytes, author: String)?
  private var random: SeededRandom
  private var nextDomid: UInt16 = 1
  private let beginning: (wall: WallTime, steady: SteadyTime)
  private var lived: Int64 = 0
  private var dom0Keys: StoreKeys?

  /// - Parameters:
  ///   - startingAt: the wall clock at the beginning of the scenario's history.
  ///   - steady: the steady clock at the same moment.
  package init(scenario: Scenario, seed: UInt64, startingAt: WallTime, steady: SteadyTime) {
    self.scenario = scenario
    beginning = (startingAt, steady)
    random = SeededRandom(seed: seed)
    dom0Target = scenario.dom0
    let shape = GuestMemory.Shape(
      staticMax: scenario.dom0, swapTotal: .gib(2), fileSet: scenario.dom0 / 2, readRate: .mib(2),
      hotPermille: 20)
    dom0 = GuestMemory(shape: shape, allocation: scenario.dom0)
    for plan in scenario.guests {
      var boot: Int64?
      for case .boots(let at) in plan.traits { boot = at }
      let id = DomainID(domid: boot == nil ? takeDomid() : 0, uuid: Self.uuid(of: plan.name))
      let started = startingAt - Span.seconds(Int64(random.next() % 900_000) + 3_600)
      guests.append(
        SimulatedGuest(plan: plan, id: id, seed: seed, exists: boot == nil, startedAt: started))
    }
  }

  /// A version-4 uuid that a name always has.
  private static func uuid(of name: String) -> DomainUUID {
    var random = SeededRandom(seed: SeededRandom.seed(of: name))
    let high = random.next() & ~0xF000 | 0x4000
    let low = random.next() & ~(3 << 62) | 1 << 63
    return DomainUUID(high: high, low: low)
  }

  /// As Xen does: upwards, and from the beginning again where its own domids begin.
  private mutating func takeDomid() -> UInt16 {
    defer { nextDomid = nextDomid + 1 < DomainID.firstReserved ? nextDomid + 1 : 1 }
    return nextDomid
  }

  /// Seconds since the end of the history; negative within it.
  private var second: Int64 { lived - scenario.history.wholeSeconds }
  private var steady: SteadyTime { beginning.steady + .seconds(lived) }
  private var wall: WallTime { beginning.wall + .seconds(lived) }

  /// Lives on up to `time`, in whole seconds; what is left of a second waits.
  package mutating func advance(to time: SteadyTime) {
    let due = (time - beginning.steady).wholeSeconds
    while lived < due { step() }
  }

  private mutating func step() {
    lived += 1
    for index in guests.indices { happen(to: index) }
    var free = hostFree
    for index in guests.indices { free -= guests[index].step(hostFree: free, second: second) }
    let wanted = scenario.dom0 / 5 + Bytes.mib(24).scaled(by: random.swing())
    let distance = dom0Target - dom0.allocation
    if distance > .zero { dom0.grow(by: min(distance, .mib(256), free)) }
    if distance < .zero { _ = dom0.shrink(by: min(-distance, .mib(256))) }
    _ = dom0.step(demand: wanted)
  }

  /// What the scenario has in store for this second.
  private mutating func happen(to index: Int) {
    for trait in guests[index].plan.traits {
      switch trait {
      case .boots(let at) where at == second:
        guests[index].reboot(domid: takeDomid(), at: wall)
      case .reboots(let at) where at == second && guests[index].exists:
        guests[index].reboot(domid: takeDomid(), at: wall)
      case .retargeted(let at, let size) where at == second:
        guests[index].setTarget(size: size, author: nil)
      case .boots, .reboots, .retargeted, .balloonStuck, .noBalloonDriver, .quietBalloon, .paused,
        .agentDies, .lies:
        break
      }
    }
  }

  private var hostFree: Bytes {
    var held = dom0.allocation
    for index in guests.indices where guests[index].exists {
      held += guests[index].memory.allocation
    }
    return scenario.total - scenario.xen - held
  }

  /// The host as it is now.
  package mutating func reading() -> Reading {
    var domains: [DomainReading] = []
    for index in guests.indices where guests[index].exists {
      domains.append(guests[index].reading())
    }
    domains.sort { $0.id.domid < $1.id.domid }
    let dom0Reading = DomainReading(
      id: Self.dom0ID, kind: .pv, allocation: dom0.allocation, limit: dom0Target + .mib(1),
      keys: keysOfDom0())
    let host = HostReading(
      hostname: scenario.hostname, xenVersion: "4.17.7 (simulated)", total: scenario.total,
      free: hostFree, dom0: dom0Report())
    return Reading(time: wall, steady: steady, host: host, domains: [dom0Reading] + domains)
  }

  private static let dom0ID = DomainID(domid: 0, uuid: .zero)

  private mutating func keysOfDom0() -> StoreKeys {
    if let dom0Keys { return dom0Keys }
    var entries: [(key: StoreKey, value: [UInt8])] = [
      (.name, Array("Domain-0".utf8)), (.target, Array(String(dom0Target.kib).utf8)),
      (.staticMax, Array(String(scenario.dom0.kib).utf8)),
    ]
    if let dom0Mark {
      entries.append((.changeMark, Array("\(dom0Mark.size.kib) \(dom0Mark.author)".utf8)))
    }
    if let dom0Beat { entries.append((.regulation, dom0Beat.bytes)) }
    let keys = StoreKeys(entries: entries)
    dom0Keys = keys
    return keys
  }

  private func dom0Report() -> GuestReport {
    var report = GuestReport(dialect: .proc)
    report.total = dom0.total
    report.free = dom0.free
    report.available = dom0.available
    report.cache = dom0.cache
    report.swapTotal = dom0.shape.swapTotal
    report.swapUsed = dom0.swapUsed
    report.swapIn = dom0.swapIn
    report.swapOut = dom0.swapOut
    report.psiSome = Int(dom0.psiSome * 10_000)
    report.psiFull = Int(dom0.psiFull * 10_000)
    return report
  }

  /// Does to the simulated host what `libxl_set_memory_target` does to a real one (libxl_mem.c):
  /// it has no lower bound for guests; guarding is the caller's business.
  package mutating func setTarget(_ order: TargetOrder, author: String) -> TargetOutcome {
    if order.domain == Self.dom0ID { return setDom0(order, author) }
    guard let index = place(of: order.domain) else {
      return TargetOutcome(ending: .failed("the domain is gone (ERROR_DOMAIN_NOTFOUND)"))
    }
    let plan = guests[index].plan
    guard order.to <= plan.staticMax, order.to > plan.videoram else {
      return outcome(
        of: index, .failed("libxl refuses a target above static-max (ERROR_INVAL)"))
    }
    guests[index].setTarget(size: order.to, author: author)
    return outcome(of: index, .written)
  }

  private func place(of domain: DomainID) -> Int? {
    guests.firstIndex { $0.exists && $0.id == domain }
  }

  private func outcome(of index: Int, _ ending: TargetOutcome.Ending) -> TargetOutcome {
    TargetOutcome(ending: ending, target: guests[index].target, limit: .at(guests[index].limit))
  }

  /// What a domain is told to be at, videoram included; nil where it does not exist.
  package func size(of domain: DomainID) -> Bytes? {
    if domain == Self.dom0ID { return dom0Target }
    return place(of: domain).map { guests[$0].target + guests[$0].plan.videoram }
  }

  /// As if it were written to the domain's `memory/memtop-regulation`.
  package mutating func setRegulation(_ domain: DomainID, _ regulation: Regulation?) {
    place(of: domain).map { guests[$0].setRegulation(regulation) }
  }

  /// The regulator's sign of life, in dom0's key.
  package mutating func setBeat(_ beat: RegulatorBeat?) {
    dom0Beat = beat
    dom0Keys = nil
  }

  private mutating func setDom0(_ order: TargetOrder, _ author: String) -> TargetOutcome {
    guard order.to >= Guard.dom0Least, order.to <= scenario.dom0 else {
      return TargetOutcome(
        ending: .failed("libxl refuses this target for dom0 (ERROR_INVAL)"), target: dom0Target)
    }
    dom0Target = order.to
    dom0Mark = (order.to, author)
    dom0Keys = nil
    return TargetOutcome(
      ending: .written, target: dom0Target, limit: .at(dom0Target + .mib(1)))
  }
}
