@testable import TestSupport
import Testing

@testable import MemtopCore

@Suite(.timeLimit(.minutes(30))) struct GuardDetailTests {
  @Test("a domain that is gone, or whose domid is another's now, is never changed")
  func identity() {
    let snapshot = TestHost.snapshot([TestHost.guest()])
    let gone = Guard.verdict(on: TestHost.id(9), to: .gib(3), in: snapshot)
    #expect(gone.severity == .never)
    #expect(gone.findings.first?.text == "the domain is gone")
    let stranger = DomainID(domid: 5, uuid: DomainUUID(high: 1, low: 1))
    let replaced = Guard.verdict(on: stranger, to: .gib(3), in: snapshot)
    #expect(replaced.severity == .never)
    #expect(replaced.findings.first?.text == "domid 5 now belongs to another domain")
  }

  @Test("dom0 never goes below libxl's floor, whatever is busy in it")
  func dom0Floor() {
    let snapshot = TestHost.snapshot([TestHost.dom0 { $0.busy = .mib(1) }])
    let below = Guard.verdict(on: TestHost.id(0), to: .mib(127), in: snapshot)
    #expect(below.severity == .never)
    #expect(below.findings.contains { $0.rule == .dom0Floor && $0.severity == .never })
    let atFloor = Guard.verdict(on: TestHost.id(0), to: .mib(128), in: snapshot)
    #expect(atFloor.severity == .refuse)
  }

  @Test("a lower is refused while more is on demand than there is and no driver was seen")
  func populateOnDemand() {
    let domain = GuardTests.unproven
    let snapshot = TestHost.snapshot([domain])
    let facts = GuardFacts(populateOnDemand: .left(GuardTests.uncovered))
    let lower = Guard.verdict(on: domain.id, to: .mib(1536), in: snapshot, facts: facts)
    #expect(lower.findings.map(\.rule) == [.populateOnDemand, .neverFollowed])
    #expect(lower.severity == .refuse)
    let raise = Guard.verdict(on: domain.id, to: .gib(3), in: snapshot, facts: facts)
    #expect(raise.findings.map(\.rule) == [.neverFollowed])
  }

  @Test("a lower is warned of where Xen does not say what is on demand and no driver was seen")
  func populateOnDemandNotKnown() {
    func rules(_ size: Bytes, _ change: (inout DomainSample) -> Void = { _ in }) -> [GuardRule] {
      var domain = GuardTests.unproven
      change(&domain)
      let verdict = Guard.verdict(
        on: domain.id, to: size, in: TestHost.snapshot([domain]),
        facts: GuardFacts(populateOnDemand: .notKnown))
      #expect(verdict.severity == .warn)
      return verdict.findings.map(\.rule).filter { $0 == .populateOnDemand }
    }
    #expect(rules(.mib(1536)) == [.populateOnDemand])
    #expect(rules(.gib(3)).isEmpty)
    // One that cannot have any, and one of which the sample says more.
    #expect(rules(.mib(1536)) { $0.kind = .pv }.isEmpty)
    #expect(
      rules(.mib(1536)) {
        $0.populateOnDemand = PopulateOnDemand(entries: .mib(9), cache: .mib(9))
      }.isEmpty)
  }

  @Test("a raise cures what is on demand and not there, so booting does not refuse it")
  func populateOnDemandRaise() {
    func rules(_ left: PopulateOnDemand?, _ size: Bytes) -> [GuardRule] {
      let domain = TestHost.guest(5) { ($0.state, $0.populateOnDemand) = (.booting, left) }
      return Guard.verdict(on: domain.id, to: size, in: TestHost.snapshot([domain])).findings
        .map(\.rule)
    }
    #expect(rules(GuardTests.uncovered, .gib(3)).isEmpty)
    #expect(rules(nil, .gib(3)) == [.unsettled])
    #expect(rules(GuardTests.uncovered, .mib(2040)) == [.unsettled, .populateOnDemand])
  }

  @Test("the command that does it is named where another program owns the targets")
  func commands() throws {
    func text(_ owner: TargetOwner) throws -> String {
      let snapshot = TestHost.snapshot([TestHost.guest()]) { $0.owner = owner }
      let verdict = Guard.verdict(on: TestHost.id(5), to: .gib(3), in: snapshot)
      return try #require(verdict.findings.first?.text)
    }
    let (squeezed, qmemman) = (try text(.squeezed), try text(.qmemman))
    let range = "uuid=\(TestHost.id(5).uuid) min=3221225472 max=3221225472"
    #expect(squeezed.hasSuffix("xe vm-memory-dynamic-range-set \(range)"))
    #expect(qmemman.hasSuffix("qvm-prefs g5 maxmem 3072"))
  }

  @Test("an owner does not mind a target that stays as it is")
  func ownedUnchanged() {
    let snapshot = TestHost.snapshot([TestHost.guest()]) { $0.owner = .squeezed }
    #expect(Guard.verdict(on: TestHost.id(5), to: .gib(2), in: snapshot).severity == .allow)
  }

  @Test("the worst word stands first, and all that speak are told")
  func order() {
    let domain = TestHost.guest(5) {
      ($0.health, $0.state) = (.stale, .booting)
      $0.balloon.hasFollowed = false
    }
    let verdict = Guard.verdict(on: domain.id, to: .mib(500), in: TestHost.snapshot([domain]))
    #expect(
      Set(verdict.findings.map(\.rule))
        == [.belowBusy, .reportStale, .unsettled, .neverFollowed])
    #expect(verdict.findings.last?.rule == .neverFollowed)
  }

  @Test("the lowest size agrees with the rules")
  func lowest() throws {
    for busy in [Bytes.mib(3), .mib(100), .mib(255) + .kib(4), .gib(1), .gib(3)] {
      let domain = TestHost.guest(5, size: .gib(4), busy: busy) { $0.videoram = .mib(8) }
      let snapshot = TestHost.snapshot([domain])
      let lowest = try #require(Guard.lowest(for: domain))
      func word(_ size: Bytes) -> Verdict.Severity {
        Guard.verdict(on: domain.id, to: size, in: snapshot).severity
      }
      #expect(word(lowest.withoutWarning) == .allow)
      #expect(word(lowest.withoutWarning - .mib(1)) == .warn)
      #expect(word(lowest.atAll) == .warn)
      #expect(word(lowest.atAll - .mib(1)) == .refuse)
    }
  }

  @Test("the highest size agrees with the rules")
  func highest() {
    for free in [Bytes.mib(300), .gib(1), .gib(2) + .kib(4), .gib(20)] {
      let domain = TestHost.guest(5, size: .gib(2), busy: .gib(1)) {
        ($0.videoram, $0.balloon.offset, $0.staticMax) = (.mib(8), -.mib(4), .gib(8))
      }
      let snapshot = TestHost.snapshot([domain]) { $0.free = free }
      let highest = Guard.highest(for: domain, in: snapshot)
      func rules(_ size: Bytes) -> Set<GuardRule> {
        Set(Guard.verdict(on: domain.id, to: size, in: snapshot).findings.map(\.rule))
      }
      let isOfHost = highest.atAll < .gib(8)
      #expect(!rules(highest.withoutWarning).contains(.hostReserve), "\(free)")
      if highest.withoutWarning < .gib(8) {
        let above = highest.withoutWarning + .mib(1)
        #expect(!rules(above).isDisjoint(with: [.hostReserve, .hostShort]), "\(free)")
      }
      #expect(!rules(highest.atAll).contains(.hostShort), "\(free)")
      if isOfHost { #expect(rules(highest.atAll + .mib(1)).contains(.hostShort), "\(free)") }
    }
  }
}
