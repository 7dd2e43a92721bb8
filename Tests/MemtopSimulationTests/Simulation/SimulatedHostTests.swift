import Testing

@testable import MemtopCore
@testable import MemtopSimulation

/// A scenario that is lived second by second and observed as memtop would.
private struct Life {
  var host: SimulatedHost
  let observer = Observer()
  let scenario: Scenario
  private(set) var snapshot: Snapshot
  private(set) var second: Int64 = 0

  init(_ scenario: Scenario, seed: UInt64 = 1) {
    self.scenario = scenario
    host = SimulatedHost(
      scenario: scenario, seed: seed, startingAt: WallTime(milliseconds: 1_700_000_000_000),
      steady: SteadyTime(milliseconds: 0))
    snapshot = observer.observe(host.reading())
  }

  mutating func live(_ seconds: Int64, each: (Snapshot) -> Void = { _ in }) {
    for _ in 0..<seconds {
      second += 1
      host.advance(to: SteadyTime(milliseconds: second * 1000))
      snapshot = observer.observe(host.reading())
      each(snapshot)
    }
  }

  mutating func liveHistory() { live(scenario.history.wholeSeconds) }

  func domain(_ name: String) -> DomainSample? { snapshot.domains.first { $0.name == name } }

  mutating func set(_ name: String, to size: Bytes) -> TargetOutcome? {
    domain(name).map {
      host.setTarget(
        TargetOrder(domain: $0.id, name: name, from: $0.size, to: size, reason: "test"),
        author: "tester")
    }
  }
}

@Suite(.timeLimit(.minutes(30))) struct SimulatedHostTests {
  @Test("the same scenario and seed give the same bytes", arguments: Scenario.all.map(\.id))
  func determinism(id: String) throws {
    let scenario = try #require(Scenario.named(id))
    var (one, two) = (Life(scenario, seed: 5), Life(scenario, seed: 5))
    let seconds: Int64 = id == "crowd" ? 12 : 90
    one.live(seconds)
    two.live(seconds)
    for (a, b) in zip(one.host.reading().domains, two.host.reading().domains) {
      #expect(a.allocation == b.allocation)
      #expect(a.keys.entries.map(\.value) == b.keys.entries.map(\.value))
    }
  }

  @Test("another seed takes another course")
  func seeds() {
    var (one, two) = (Life(.datacenter, seed: 1), Life(.datacenter, seed: 2))
    one.live(60)
    two.live(60)
    #expect(one.domain("web1")?.busy != two.domain("web1")?.busy)
  }

  @Test("memory is neither made nor lost", arguments: Scenario.all.map(\.id))
  func conservation(id: String) throws {
    let scenario = try #require(Scenario.named(id))
    var life = Life(scenario)
    life.live(id == "crowd" ? 12 : 1_200) { snapshot in
      let held = snapshot.domains.reduce(Bytes.zero) { $0 + $1.allocation }
      #expect(held + snapshot.host.free + scenario.xen == scenario.total)
      #expect(snapshot.host.free >= .zero)
      #expect(snapshot.domains.allSatisfy { $0.allocation > .zero })
    }
  }

  @Test("the datacenter has one of everything at the end of its history")
  func characters() throws {
    var life = Life(.datacenter)
    life.liveHistory()
    func state(_ name: String) -> String? {
      life.domain(name).map {
        "\($0.state.rawValue) \($0.health.word) \($0.pressure?.word ?? "-")"
      }
    }
    #expect(state("web1") == "running fresh ok")
    #expect(state("db2") == "running fresh thrashing")
    #expect(state("vpn") == "stuck fresh ok")
    #expect(state("legacy") == "running silent -")
    #expect(state("wiki")?.hasPrefix("running stale") == true)
    #expect(state("tenant9") == "running implausible -")
    #expect(state("test-vm") == "paused silent -")
    #expect(state("ci-runner")?.hasPrefix("booting silent") == true)
    #expect(life.domain("work")?.report?.dialect == .qubes)
    #expect(life.domain("win2019")?.report?.dialect == .xapi)
    #expect(life.domain("win2019")?.videoram == .mib(16))
    #expect(life.domain("cache1")?.report?.dialect == .xenballoond)
    #expect(life.snapshot.domains.first?.name == "Domain-0")
    let hoarder = try #require(life.domain("files"))
    #expect(try #require(hoarder.available) > .gib(8))
  }

  @Test("giving the database memory ends its thrashing in little more than a minute")
  func cure() throws {
    var life = Life(.datacenter)
    life.liveHistory()
    let outcome = life.set("db2", to: .gib(11))
    #expect(outcome?.ending == .written)
    life.live(70)
    #expect(try #require(life.domain("db2")?.pressure) < .thrashing)
    life.live(60)
    #expect(try #require(life.domain("db2")?.pressure) <= .tight)
  }

  @Test("the hoarder gives its cache back, and its programs keep what they have")
  func hoarder() throws {
    var life = Life(.datacenter)
    life.liveHistory()
    let busy = try #require(life.domain("files")?.busy)
    let outcome = life.set("files", to: .gib(4))
    #expect(outcome?.ending == .written)
    life.live(60)
    let after = try #require(life.domain("files"))
    #expect(after.allocation <= .gib(4))
    #expect(try #require(after.busy) <= busy + .mib(256))
    #expect(after.swapUsed == .zero)
    #expect(after.pressure == .ok)
  }

  private static func memory(swap: Bytes) -> GuestMemory {
    GuestMemory(
      shape: .init(
        staticMax: .gib(2), swapTotal: swap, fileSet: .mib(100), readRate: .mib(10),
        hotPermille: 50), allocation: .gib(1))
  }

  @Test("a balloon takes what is available and no more: it swaps nothing out and kills no program")
  func squeezed() {
    var memory = Self.memory(swap: .mib(64))
    for _ in 0..<20 { _ = memory.step(demand: .mib(600)) }
    for _ in 0..<60 {
      let (available, cache) = (memory.available, memory.cache)
      let got = memory.shrink(by: .mib(64))
      #expect(got <= available)
      #expect(memory.swapOut == .zero && memory.cache <= cache)
      _ = memory.step(demand: .mib(600))
    }
    #expect(memory.resident == .mib(600) && memory.oomKills == 0)
    #expect(memory.allocation > .mib(650) && memory.allocation < .mib(800))
    #expect(memory.available < .mib(1))
  }

  @Test("what programs want above a squeezed guest's memory is swapped, and then they are killed")
  func starved() {
    var memory = Self.memory(swap: .mib(64))
    for _ in 0..<20 {
      _ = memory.step(demand: .mib(600))
      _ = memory.shrink(by: .mib(64))
    }
    for second in 0..<20 { _ = memory.step(demand: .mib(600) + .mib(10) * Int64(second)) }
    #expect(memory.swapOut > .mib(32))
    #expect(memory.oomKills > 0)
  }

  @Test("a guest that lacks a little for more than five seconds is killed, once swap is full")
  func patience() {
    func kills(_ seconds: Int) -> Int {
      var memory = Self.memory(swap: .mib(64))
      // With swap full it holds some 955 MiB of programs; 20 MiB more is less than a sixteenth.
      for _ in 0..<30 { _ = memory.step(demand: .mib(940)) }
      let room = memory.resident + memory.swapped
      #expect(memory.oomKills == 0 && memory.swapped < .mib(64))
      let full = room + .mib(64) - memory.swapped
      for _ in 0..<10 { _ = memory.step(demand: full) }
      #expect(memory.oomKills == 0)
      for _ in 0..<seconds { _ = memory.step(demand: full + .mib(20)) }
      return memory.oomKills
    }
    #expect(kills(5) == 0)
    #expect(kills(6) == 1)
  }

  @Test("a swap device never moves more than its throughput in a second, whatever the balloon does")
  func throughput() {
    var memory = Self.memory(swap: .gib(2))
    for second in 0..<120 {
      let before = memory.swapIn + memory.swapOut
      _ = second % 2 == 0 ? memory.shrink(by: .mib(256)) : .zero
      _ = memory.step(demand: second < 30 ? .mib(500) : .mib(1500))
      #expect(memory.swapIn + memory.swapOut - before <= GuestMemory.swapThroughput)
    }
    #expect(memory.swapOut > .mib(300))
  }

  @Test("a reboot keeps the uuid, takes a new domid and is told as an event")
  func reboot() throws {
    var life = Life(.datacenter)
    life.liveHistory()
    let before = try #require(life.domain("web3")?.id)
    var kinds: [HostEvent.Kind] = []
    life.live(65) { kinds += $0.events.filter { $0.name == "web3" }.map(\.kind) }
    let after = try #require(life.domain("web3")?.id)
    #expect(after.uuid == before.uuid)
    #expect(after.domid != before.domid)
    #expect(kinds.contains(.rebooted(formerDomid: before.domid)))
  }

  @Test("somebody else's xl mem-set is told as not memtop's; memtop's own by its author's name")
  func authors() throws {
    var life = Life(.datacenter)
    life.liveHistory()
    var changes: [HostEvent.Kind] = []
    life.live(45) { changes += $0.events.filter { $0.name == "dns" }.map(\.kind) }
    #expect(changes.contains(.targetChanged(from: .mib(192), to: .mib(256), by: nil)))
    _ = life.set("dns", to: .mib(200))
    changes = []
    life.live(3) { changes += $0.events.filter { $0.name == "dns" }.map(\.kind) }
    let mine = HostEvent.Kind.targetChanged(
      from: .mib(256), to: .mib(200), by: .operatorNamed("tester"))
    #expect(changes.contains(mine))
  }

  @Test("what libxl refuses is refused here")
  func refusals() throws {
    var life = Life(.datacenter)
    life.liveHistory()
    func failed(_ outcome: TargetOutcome?) -> Bool {
      if case .failed = outcome?.ending { true } else { false }
    }
    let tooMuch = life.set("web1", to: .gib(5))
    #expect(failed(tooMuch))
    let tooLittle = life.set("Domain-0", to: .mib(100))
    #expect(failed(tooLittle))
    let ghost = TargetOrder(
      domain: DomainID(domid: 3, uuid: .zero), name: "ghost", from: nil, to: .gib(1), reason: "")
    let outcome = life.host.setTarget(ghost, author: "tester")
    #expect(failed(outcome))
  }
}
