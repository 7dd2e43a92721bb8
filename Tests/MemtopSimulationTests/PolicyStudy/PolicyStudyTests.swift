import Testing

@testable import MemtopCore
@testable import MemtopSimulation

@Suite("Studies", .timeLimit(.minutes(30))) struct PolicyStudyTests {
  private static func study(
    _ load: StudyLoad = .mixed, guests: Int = 6, hours: Int = 1, seed: UInt64 = 1,
    host: StudyHost = .standard
  ) -> PolicyStudy {
    PolicyStudy(load: load, guests: guests, hours: hours, interval: 10, seed: seed, host: host)
  }

  @Test("the same seed has the same outcome, another seed another", arguments: StudyRule.allCases)
  func deterministic(rule: StudyRule) {
    #expect(Self.study().run(rule) == Self.study().run(rule))
    #expect(Self.study().run(rule) != Self.study(seed: 2).run(rule))
  }

  @Test(
    "guests together never hold more than the host has",
    arguments: [StudyRule.selfBallooning, .regulator, .qmemman, .squeezed], StudyLoad.allCases)
  func conservation(rule: StudyRule, load: StudyLoad) {
    let host = StudyHost(forGuests: .gib(3))
    let account = Self.study(load, guests: 8, host: host).run(rule)
    #expect(account.peakHeld <= .gib(3))
    #expect(account.peakHeld > .gib(1))
    #expect(account.guests == 8)
  }

  @Test("what is held is the integral of allocations, and no less than fixed sizes times the time")
  func held() {
    let fixed = Self.study(.office).run(.fixed)
    #expect(fixed.heldKiBSeconds == fixed.peakHeld.kib * 3600)
    #expect(fixed.targetChanges == 0)
    let moved = Self.study(.office).run(.regulator)
    #expect(moved.heldKiBSeconds > 0)
    #expect(moved.heldKiBSeconds <= moved.peakHeld.kib * 3600)
    #expect(moved.targetChanges > 0)
  }

  @Test("a host that has twice as much for guests fits twice as many")
  func fit() {
    var account = StudyAccount()
    (account.guests, account.peakHeld, account.forGuests) = (10, .gib(20), .gib(60))
    #expect(account.guestsThatFit == 30)
    account.forGuests = .gib(120)
    #expect(account.guestsThatFit == 60)
  }

  @Test("several seeds add up, and of their peaks the worst counts")
  func sums() {
    let one = Self.study().run(.regulator)
    let two = Self.study(seed: 2).run(.regulator)
    var both = one
    both.add(two)
    #expect(both.heldKiBSeconds == one.heldKiBSeconds + two.heldKiBSeconds)
    #expect(both.swapIn == one.swapIn + two.swapIn)
    #expect(both.reads == one.reads + two.reads)
    #expect(both.targetChanges == one.targetChanges + two.targetChanges)
    #expect(both.peakHeld == max(one.peakHeld, two.peakHeld))
    #expect(both.guests == 6)
  }

  @Test("every rule is asked the same reads, and the cache answers no more than all")
  func reads() {
    let accounts = StudyRule.allCases.map { Self.study().run($0) }
    for account in accounts {
      #expect(account.reads == accounts[0].reads)
      #expect(account.hitShare > 0 && account.hitShare <= 1)
    }
  }

  @Test("with 16 MiB less than its fixed size a guest is killed; calm, it thrashes")
  func minimal() {
    for (isCalm, load) in [(false, StudyLoad.burst), (false, .office), (true, .office)] {
      let study = Self.study(load, guests: 2, hours: 2)
      let fixed = FixedAllocation(study: study, isCalm: isCalm)
      for guest in study.guests {
        let size = fixed.smallest(guest).size
        let isWell = { fixed.life(of: guest, size: $0, toTheEnd: false) != nil }
        #expect(isWell(size))
        // Below 128 MiB nothing is tried: no Linux boots.
        if size > .mib(128) { #expect(!isWell(size - .mib(16))) }
      }
    }
  }

  @Test("calm is never smaller than merely alive")
  func calm() {
    let study = Self.study(.office, guests: 2, hours: 2)
    #expect(study.run(.fixedCalm).heldKiBSeconds >= study.run(.fixed).heldKiBSeconds)
    #expect(study.run(.fixedCalm).thrashingSeconds == 0)
    #expect(study.run(.fixed).oomKills == 0)
  }
}
