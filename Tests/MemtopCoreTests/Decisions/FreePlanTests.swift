@testable import TestSupport
import Testing

@testable import MemtopCore

@Suite(.timeLimit(.minutes(30))) struct FreePlanTests {
  private static let atLowest = "its target is already at the lowest safe size"

  @Test("what the host has free already needs no plan")
  func alreadyFree() {
    let plan = FreePlan.make(freeing: .gib(4), in: TestHost.snapshot([TestHost.guest()]))
    #expect(plan.orders.isEmpty)
    #expect(plan.alreadyFree == .gib(4))
    #expect(plan.missing == .zero)
  }

  @Test("the domains with a surplus give in proportion to it, the largest gift first")
  func proportion() {
    // 768 MiB and 2,816 MiB beyond busy and its reserve.
    let domains = [
      TestHost.guest(5), TestHost.guest(6, size: .gib(4)),
      TestHost.guest(7, size: .mib(1100)),
    ]
    let plan = FreePlan.make(freeing: .gib(2), in: TestHost.snapshot(domains, free: .mib(1000)))
    #expect(plan.alreadyFree == .mib(1000))
    #expect(plan.missing == .zero)
    #expect(plan.yields >= .mib(1048) && plan.yields <= .mib(1050))
    #expect(plan.orders.map(\.name) == ["g6", "g5"])
    let gifts = plan.orders.map { $0.from! - $0.to }
    let share = Double(gifts[1].count) / Double(gifts[0].count)
    #expect(abs(share - 768.0 / 2816.0) < 0.01)
    #expect(plan.declined.contains { $0.name == "g7" && $0.reason == Self.atLowest })
    #expect(plan.orders.allSatisfy { $0.isLower })
    #expect(plan.orders.allSatisfy { $0.reason == "to free 2.00G on the host" })
  }

  @Test(
    "nobody goes below the advisor's reserve while that is enough, and then never below the guard's warning"
  )
  func depth() {
    let domains = [TestHost.guest(5), TestHost.guest(6)]
    let snapshot = TestHost.snapshot(domains, free: .zero)
    let gentle = FreePlan.make(freeing: .mib(1500), in: snapshot)
    #expect(gentle.missing == .zero)
    #expect(gentle.orders.allSatisfy { $0.to >= .mib(1280) })
    let hard = FreePlan.make(freeing: .mib(1700), in: snapshot)
    #expect(hard.missing == .zero)
    #expect(hard.orders.allSatisfy { $0.to >= .mib(1152) && $0.to < .mib(1280) })
    let tooMuch = FreePlan.make(freeing: .gib(3), in: snapshot)
    #expect(tooMuch.orders.map(\.to) == [.mib(1152), .mib(1152)])
    #expect(tooMuch.yields == .mib(1792))
    #expect(tooMuch.missing == .gib(3) - .mib(1792))
  }

  @Test("every order of a plan is allowed by the guard as it stands")
  func guarded() {
    let domains = (1...40).map { (index: Int64) -> DomainSample in
      let (size, busy) = (300 + index * 37, 100 + index * 11)
      return TestHost.guest(UInt16(index), size: .mib(size), busy: .mib(busy))
    }
    let snapshot = TestHost.snapshot(domains, free: .mib(10))
    for wanted in [Bytes.mib(11), .mib(500), .gib(5), .gib(12), .gib(500)] {
      let plan = FreePlan.make(freeing: wanted, in: snapshot)
      for order in plan.orders {
        #expect(Guard.verdict(on: order.domain, to: order.to, in: snapshot).severity == .allow)
      }
      var given = Bytes.zero
      for order in plan.orders { given += order.from! - order.to }
      #expect(plan.yields == given)
      #expect(plan.alreadyFree + plan.yields + plan.missing >= wanted)
    }
  }

  @Test("who cannot be asked is named with the reason")
  func declined() {
    let now = SteadyTime(milliseconds: 0)
    let domains = [
      TestHost.guest(1, size: .gib(4)) { $0.health = .stale },
      TestHost.guest(2, size: .gib(4)) { ($0.health, $0.busy) = (.silent, nil) },
      TestHost.guest(3, size: .gib(4)) { $0.balloon.phase = .growing(since: now) },
      TestHost.guest(4, size: .gib(4)) { $0.pressure = .short },
      TestHost.guest(5, size: .gib(4)) { $0.selfBallooning = true },
      TestHost.guest(6, size: .gib(4)) { ($0.life, $0.state) = (.paused, .paused) },
      TestHost.guest(7, size: .gib(4)) { $0.dynamicMin = .gib(4) },
      TestHost.guest(8, size: .gib(4)) { ($0.kind, $0.balloon.hasFollowed) = (.pv, false) },
      TestHost.guest(9, size: .gib(4)) { $0.balloon.hasFollowed = false },
      TestHost.guest(10, size: .gib(4)) { $0.balloon.hasFollowed = false },
    ]
    let none = PopulateOnDemand(entries: .zero, cache: .zero)
    let facts = [domains[9].id: GuardFacts(populateOnDemand: .left(none))]
    let plan = FreePlan.make(
      freeing: .gib(1), in: TestHost.snapshot(domains, free: .zero), facts: facts)
    #expect(Set(plan.orders.map(\.name)) == ["g8", "g10"])
    let reasons = Dictionary(uniqueKeysWithValues: plan.declined.map { ($0.name, $0.reason) })
    #expect(
      reasons == [
        "g0": "dom0's size is only set by hand", "g1": "its report is stale",
        "g2": "it sends no report",
        "g3": "its last change is not finished", "g4": "it is short",
        "g5": "it is self-ballooning", "g6": "it is paused",
        "g7": Self.atLowest,
        "g9":
          "it was never seen to follow a target and may have populate-on-demand memory",
      ])
  }

  @Test("what is promised to a growing guest is not counted as free")
  func promised() {
    let growing = TestHost.guest(5) {
      ($0.target, $0.balloon.phase) = (.gib(3), .growing(since: SteadyTime(milliseconds: 0)))
    }
    let plan = FreePlan.make(freeing: .gib(1), in: TestHost.snapshot([growing], free: .gib(1)))
    #expect(plan.alreadyFree == .zero)
    #expect(plan.missing == .gib(1))
  }

  @Test("what is promised beyond what is free is freed first")
  func overpromised() {
    let growing = TestHost.guest(5) {
      ($0.target, $0.balloon.phase) = (.gib(4), .growing(since: SteadyTime(milliseconds: 0)))
    }
    let giver = TestHost.guest(6, size: .gib(8), max: .gib(8))
    let snapshot = TestHost.snapshot([growing, giver], free: .gib(1))
    let plan = FreePlan.make(freeing: .gib(2), in: snapshot)
    #expect(plan.alreadyFree == .zero && plan.overpromised == .gib(1))
    #expect(plan.yields == .gib(3) && plan.missing == .zero && plan.possible == .gib(2))
    let tooMuch = FreePlan.make(freeing: .gib(7), in: snapshot)
    #expect(tooMuch.possible == tooMuch.yields - .gib(1))
    #expect(tooMuch.missing == .gib(7) - tooMuch.possible)
  }
}
