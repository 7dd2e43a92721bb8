import Testing

@testable import MemtopCore
@testable import MemtopSimulation

@Suite("Trials", .timeLimit(.minutes(30))) struct TrialTests {
  private static func trial(
    _ load: TrialLoad = .mixed, guests: Int = 6, hours: Int = 1, seed: UInt64 = 1,
    host: TrialHost = .standard
  ) -> Trial {
    Trial(load: load, guests: guests, hours: hours, interval: 10, seed: seed, host: host)
  }

  @Test("the same seed has the same outcome, another seed another", arguments: TrialRule.allCases)
  func deterministic(rule: TrialRule) {
    #expect(Self.trial().run(rule) == Self.trial().run(rule))
    #expect(Self.trial().run(rule) != Self.trial(seed: 2).run(rule))
  }

  @Test(
    "guests together never hold more than the host has",
    arguments: [TrialRule.selfBallooning, .regulator, .qmemman, .squeezed], TrialLoad.allCases)
  func conservation(rule: TrialRule, load: TrialLoad) {
    let host = TrialHost(forGuests: .gib(3))
    let account = Self.trial(load, guests: 8, host: host).run(rule)
    #expect(account.peakHeld <= .gib(3))
    #expect(account.peakHeld > .gib(1))
    #expect(account.guests == 8)
  }

  @Test("what is held is the integral of allocations, and no less than fixed sizes times the time")
  func held() {
    let fixed = Self.trial(.office).run(.fixed)
    #expect(fixed.heldKiBSeconds == fixed.peakHeld.kib * 3600)
    #expect(fixed.targetChanges == 0)
    let moved = Self.trial(.office).run(.regulator)
    #expect(moved.heldKiBSeconds > 0)
    #expect(moved.heldKiBSeconds <= moved.peakHeld.kib * 3600)
    #expect(moved.targetChanges > 0)
  }

  @Test("a host that has twice as much for guests fits twice as many")
  func fit() {
    var account = TrialAccount()
    (account.guests, account.peakHeld, account.forGuests) = (10, .gib(20), .gib(60))
    #expect(account.guestsThatFit == 30)
    account.forGuests = .gib(120)
    #expect(account.guestsThatFit == 60)
  }

  @Test("several seeds add up, and of their peaks the worst counts")
  func sums() {
    let one = Self.trial().run(.regulator)
    let two = Self.trial(seed: 2).run(.regulator)
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
    let accounts = TrialRule.allCases.map { Self.trial().run($0) }
    for account in accounts {
      #expect(account.reads == accounts[0].reads)
      #expect(account.hitShare > 0 && account.hitShare <= 1)
    }
  }

  @Test("with 16 MiB less than its fixed size a guest is killed; calm, it thrashes")
  func minimal() {
    for (isCalm, load) in [(false, TrialLoad.burst), (false, .office), (true, .office)] {
      let trial = Self.trial(load, guests: 2, hours: 2)
      let fixed = FixedAllocation(trial: trial, isCalm: isCalm)
      for guest in trial.guests {
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
    let trial = Self.trial(.office, guests: 2, hours: 2)
    #expect(trial.run(.fixedCalm).heldKiBSeconds >= trial.run(.fixed).heldKiBSeconds)
    #expect(trial.run(.fixedCalm).thrashingSeconds == 0)
    #expect(trial.run(.fixed).oomKills == 0)
  }
}
