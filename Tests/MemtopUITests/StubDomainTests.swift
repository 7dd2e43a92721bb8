import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

/// Stub domains: shown with their guest, and left alone.
@Suite(.timeLimit(.minutes(30))) struct StubDomainTests {
  private static func stub(
    _ domid: UInt16, of guest: UInt16, alloc: Bytes = .mib(32),
    _ change: (inout DomainSample) -> Void = { _ in }
  ) -> DomainSample {
    var sample = Samples.domain(
      domid, "web\(guest)-dm", alloc: alloc, max: alloc, swap: nil, swapIn: nil, pressure: nil,
      health: .silent, age: nil)
    sample.deviceModelOf = guest
    change(&sample)
    return sample
  }

  private static func guest(_ domid: UInt16, alloc: Bytes = .gib(2), stub: UInt16? = nil)
    -> DomainSample
  {
    var sample = Samples.domain(domid, "web\(domid)", alloc: alloc, busy: alloc / 2)
    sample.deviceModel = stub
    return sample
  }

  /// Two guests with a stub domain each, and one without.
  private static let domains = [
    Samples.twelve[0], guest(1, stub: 2), stub(2, of: 1), guest(3, alloc: .gib(3)),
    guest(4, alloc: .gib(1), stub: 5), stub(5, of: 4, alloc: .mib(128)),
  ]

  private static func board(
    _ domains: [DomainSample] = domains, columns: Int = 120
  ) -> Dashboard {
    Dashboard(columns: columns, rows: 24, snapshot: Samples.host(domains))
  }

  @Test("in every order each is in the row below its guest")
  func order() {
    var dashboard = Self.board()
    #expect(dashboard.names == ["Domain-0", "web3", "web1", "web1-dm", "web4", "web4-dm"])
    for id in FieldID.allCases where !Field.of(id).isDrawing {
      for isReversed in [false, true] {
        dashboard.state.list = ListState(sort: .field(id), isReversed: isReversed)
        dashboard.send(.snapshot(Samples.host(Self.domains, after: .seconds(1))))
        let names = dashboard.names
        for (name, stub) in [("web1", "web1-dm"), ("web4", "web4-dm")] {
          let place = names.firstIndex(of: name)!
          #expect(names[place + 1] == stub, "\(id) \(isReversed): \(names)")
        }
      }
    }
  }

  @Test("a sign before its name says so, as long as its guest is above it")
  func sign() {
    let frame = Self.board().frame()
    #expect(frame.contains(" web1 ") && frame.contains(" └ web1-dm "), "\(frame)")
    #expect(Self.board().frame(ascii: true).contains(" ` web1-dm "))
    #expect(Self.board(columns: 40).frame().contains("└ web1-dm"))
    var filtered = Self.board()
    filtered.press("/")
    filtered.type("-dm")
    filtered.press("Enter")
    #expect(filtered.names == ["web1-dm", "web4-dm"])
    #expect(!filtered.frame().contains("└"))
  }

  @Test("it counts with its guest: for the size, and for what is wrong")
  func rank() {
    var order = TroubleOrder()
    func names(_ domains: [DomainSample]) -> [String] {
      let snapshot = Samples.host(domains)
      return Snapshot.withStubsUnderGuests(
        order.update(snapshot, snapshot.stubPlaces), snapshot.stubPlaces
      ).map { domains[$0].name }
    }
    let large = [
      Self.guest(1, alloc: .gib(1), stub: 3), Self.guest(2, alloc: .mib(1100)),
      Self.stub(3, of: 1, alloc: .mib(128)),
    ]
    #expect(names(large) == ["web1", "web1-dm", "web2"])
    order = TroubleOrder()
    let crashed = [
      Self.guest(1, alloc: .gib(1), stub: 3), Self.guest(2, alloc: .gib(8)),
      Self.stub(3, of: 1) { $0.state = .crashed },
    ]
    #expect(names(crashed) == ["web1", "web1-dm", "web2"])
  }

  @Test("that it sends no report is no trouble")
  func silent() {
    #expect(Condition(Self.stub(2, of: 1)).word == .ok)
    #expect(Condition(Self.stub(2, of: 1) { $0.state = .crashed }).word == .crashed)
    let line = HostSummary([.init(Self.domains)], domains: Self.domains.count).line(width: 160)
      .pieces.map(\.text).joined()
    #expect(line.hasPrefix("6 domains: 4 reporting, 2 stub "), "\(line)")
  }

  @Test("both pages name the other")
  func pages() {
    var dashboard = Self.board()
    dashboard.press("Down", "Down", "Enter")
    #expect(dashboard.frame().contains("web1-dm, domain 2, runs its device model; 2.03G together"))
    dashboard.press("Down")
    let frame = dashboard.frame()
    #expect(frame.contains("domain 1; it runs that guest's device model"), "\(frame)")
    #expect(frame.contains("it is a stub domain, which runs a guest's device model"))
  }

  @Test(
    "a guest that is gone, or names another device model, has none of it",
    arguments: [
      [Samples.twelve[0], stub(2, of: 1)], [Samples.twelve[0], guest(1, stub: 9), stub(2, of: 1)],
      [Samples.twelve[0], stub(1, of: 2), stub(2, of: 1)], [Samples.twelve[0], stub(2, of: 0)],
      [Samples.twelve[0], stub(2, of: 2)],
    ])
  func unlinked(domains: [DomainSample]) {
    let snapshot = Samples.host(domains)
    #expect(snapshot.stubPlaces.isEmpty)
    let places = Array(domains.indices)
    #expect(Snapshot.withStubsUnderGuests(places, snapshot.stubPlaces) == places)
    #expect(!Self.board(domains).frame().contains("└"))
  }

  @Test("no target is set for it, and the guard says why")
  func guarded() throws {
    let snapshot = Samples.host(Self.domains)
    for size in [Bytes.mib(16), .mib(64)] {
      let verdict = Guard.verdict(on: Samples.id(2), to: size, in: snapshot)
      #expect(verdict.severity == .never)
      let finding = try #require(verdict.findings.first { $0.rule == .stubDomain })
      #expect(
        finding.text
          == "web1-dm is a stub domain: it runs the device model of web1, and libxl cannot change"
          + " its memory")
    }
    let advice = Advisor.advise(snapshot).advice(for: Samples.id(2))
    #expect(advice == .failure(NoAdvice(.hindered(.stubDomain))))
    let plan = FreePlan.make(freeing: .gib(60), in: snapshot)
    #expect(plan.declined.contains { $0.name == "web1-dm" && $0.reason == "it is a stub domain" })
  }

  @Test("[domain *] regulate leaves it out; who hands it over is told why it is not taken")
  func regulated() {
    var regulator = Regulator(policies: RegulatedHost.all)
    var domains = Self.domains
    for act in regulator.see(Samples.host(domains)) {
      if case .tell(let name, _) = act { #expect(!name.hasSuffix("-dm")) }
      if case .publish(let id, _) = act { #expect(![2, 5].contains(id.domid)) }
    }
    #expect(regulator.count == 3)
    domains[2].regulation = .wanted(by: "alice")
    let acts = regulator.see(Samples.host(domains, after: .seconds(1)))
    #expect(acts.contains(.publish(Samples.id(2), .released(why: "it is a stub domain"))))
    #expect(regulator.count == 3)
  }

  @Test("the policy takes nobody who boots: it may turn out to be a stub domain")
  func takenLate() {
    var regulator = Regulator(policies: RegulatedHost.all)
    var domains = Self.domains
    (domains[2].deviceModelOf, domains[2].state, domains[3].state) = (nil, .booting, .booting)
    _ = regulator.see(Samples.host(domains))
    #expect(regulator.count == 2)
    let acts = regulator.see(Samples.host(Self.domains, after: .seconds(1)))
    #expect(regulator.count == 3)
    #expect(!acts.contains(.publish(Samples.id(2), .released(why: "it is a stub domain"))))
  }

  @Test("one that was taken before it was known as a stub domain is released")
  func takenBefore() {
    var regulator = Regulator(policies: RegulatedHost.all)
    var domains = Self.domains
    domains[2].deviceModelOf = nil
    _ = regulator.see(Samples.host(domains))
    #expect(regulator.count == 4)
    let acts = regulator.see(Samples.host(Self.domains, after: .seconds(1)))
    #expect(acts.contains(.publish(Samples.id(2), .released(why: "it is a stub domain"))))
    #expect(regulator.count == 3)
  }

  @Test("its guest's domid is a field, and xenstore's two keys make the link")
  func observed() {
    var stub = ObservedHost.guest(6, size: .mib(32))
    stub.write(.stubTarget, "5")
    var guest = ObservedHost.guest(5)
    guest.write(.deviceModelDomid, "6")
    let host = ObservedHost([guest, stub])
    #expect(Field.of("stub_of").value(host.sample(6)) == .count(5))
    #expect(Field.of("stub_of").value(host.sample(5)) == .absent)
    #expect(host.snapshot.guest(of: host.sample(6))?.id.domid == 5)
    #expect(host.snapshot.stubDomains(of: host.sample(5)).map(\.id.domid) == [6])
  }

  @Test("it is never stuck, however far from its target it was built")
  func atRest() {
    var stub = ObservedHost.guest(6, size: .mib(160))
    stub.write(.stubTarget, "5")
    stub.allocation = .mib(100)
    var host = ObservedHost([ObservedHost.guest(5), stub])
    host.live(60)
    #expect(host.sample(6).state == .running && !host.sample(6).selfBallooning)
    #expect(host.kinds(6).isEmpty)
  }

  @Test("the run's past knows the link, too")
  func past() throws {
    let history = History()
    history.append(Samples.host(Self.domains))
    let snapshot = try #require(history.snapshot(at: Samples.steady))
    #expect(snapshot.stubPlaces.map(\.stub) == [2, 5])
    #expect(snapshot.stubPlaces.map(\.guest) == [1, 4])
  }

  @Test(
    "a target that is no domid makes no stub domain", arguments: ["", "x", "-1", "70000", "5 6"])
  func noDomid(text: String) {
    var stub = ObservedHost.guest(6)
    stub.write(.stubTarget, text)
    #expect(!ObservedHost([stub]).sample(6).isStubDomain)
  }
}
