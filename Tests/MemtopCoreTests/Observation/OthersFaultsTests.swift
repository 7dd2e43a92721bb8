import Testing

@testable import MemtopCore
@testable import TestSupport

/// Memory faults that libxl, Xen, squeezed and qmemman once had, tried on memtop.
@Suite(.timeLimit(.minutes(30))) struct OthersFaultsTests {
  /// qubes-core-admin, tests/qmemman.py, test_000_meminfo.
  @Test(
    "what is not one number is no figure of Qubes'",
    arguments: ["", "a4096", "4096a", "4096 1024", "4096\n1024", "-4096", "+4096", "4096.5"])
  func meminfo(text: String) {
    var host = ObservedHost()
    host.live(3) { $0[5].write(.meminfo, text) }
    #expect(host.sample().busy == nil && host.sample().available == nil)
    #expect(Guard.lowest(for: host.sample()) == nil)
  }

  /// qubes-core-admin e3b4d420, "Skip memory assignment on domain still starting": its node is there, empty.
  @Test("one that is starting and has an empty meminfo is left alone")
  func starting() {
    var host = ObservedHost([])
    host.domains = [ObservedHost.guest(5)]
    host.live(10) { $0[5].write(.meminfo, "") }
    #expect(host.sample().state == .booting)
    #expect(host.sample().health == .silent)
    let advice = Advisor.advise(host.snapshot).advice(for: host.sample().id)
    #expect(advice == .failure(NoAdvice(.hindered(.state(.booting)))))
    let verdict = Guard.verdict(on: host.sample().id, to: .gib(1), in: host.snapshot)
    #expect(verdict.severity == .refuse)
  }

  /// xen 77bbea1baf: since 4.17 xl mem-max writes static-max while the domain runs.
  @Test("xl mem-max moves the most that it can have at once, also of a domain at rest")
  func memMax() {
    var host = ObservedHost()
    host.live(60)
    for most in [Bytes.gib(8), .gib(2), .gib(3)] {
      host.live(1) { $0[5].write(.staticMax, String(most.kib)) }
      #expect(host.sample().staticMax == most)
      let verdict = Guard.verdict(on: host.sample().id, to: .gib(4), in: host.snapshot)
      #expect(verdict.findings.contains { $0.rule == .aboveStaticMax } == (most < .gib(4)))
    }
  }

  /// xen 2379ca04fe: a claim made while a domain dies is never given back.
  @Test("a dying domain's target promises nothing, and its claim is not free")
  func claimOfTheDying() {
    var dying = ObservedHost.guest(6)
    dying.write(.target, String(Bytes.gib(4).kib))
    dying.life = .dying
    var host = ObservedHost([ObservedHost.guest(5), dying])
    host.host.claimed = .gib(3)
    host.live(1)
    #expect(host.sample(6).promise == .zero)
    #expect(host.snapshot.host.uncommitted == .gib(17))
  }

  /// xen 3652268543: pages have left the free ones before they are the domain's, while they are scrubbed.
  @Test("pages on their way to a domain are neither free nor promised away, and the bar sums up")
  func scrubbedOnTheWay() {
    var host = ObservedHost()
    host.live(60)
    host.live(1) { $0[5].write(.target, String(Bytes.gib(4).kib)) }
    let before = host.snapshot.host.uncommitted
    #expect(before == .gib(18))
    host.live(1) { $0.host.free = .gib(19) }
    let memory = host.snapshot.host
    #expect(memory.uncommitted <= before)
    var sum = memory.dom0 + memory.guests + memory.dying
    sum += memory.xen + memory.free
    #expect(sum == memory.total)
    host.live(1) {
      $0[5].allocation = .gib(3)
      $0.host.free = .gib(19)
    }
    #expect(host.snapshot.host.uncommitted == before)
  }

  /// xen-api 0c3aaca7d4, CP-311475: a build of more than a tebibyte takes longer than any patience.
  @Test("a domain that is built for ten minutes is neither stuck nor moved nor promised to others")
  func builtForLong() {
    var host = ObservedHost([ObservedHost.guest(3)])
    var guest = ObservedHost.guest(5, size: .gib(16))
    (guest.life, guest.allocation) = (.paused, .gib(1))
    host.domains.append(guest)
    host.live(600) { $0[5].allocation += .mib(16) }
    let sample = host.sample()
    #expect(!sample.balloon.isStuck && !sample.selfBallooning)
    #expect(sample.promise == .gib(16) - sample.allocation)
    for size in [Bytes.gib(8), .gib(20)] {
      #expect(Guard.verdict(on: sample.id, to: size, in: host.snapshot).severity >= .refuse)
    }
    #expect(host.kinds() == [.started])
  }

  /// xen-api, ocaml/squeezed/test/squeeze_test.ml: "a small domain with a hidden limit".
  @Test("one that cannot go below a limit of its own is stuck there, and is asked for no more")
  func hiddenLimit() {
    var host = ObservedHost()
    host.live(60)
    host.live(1) { $0[5].write(.target, String(Bytes.gib(1).kib)) }
    host.balloon(to: .mib(1500))
    host.live(25)
    #expect(host.sample().state == .stuck)
    #expect(host.sample().balloon.hasFollowed, "it went half of the way")
    #expect(host.sample().balloon.offset == .zero)
    let plan = FreePlan.make(freeing: .gib(30), in: host.snapshot)
    #expect(!plan.orders.contains { $0.domain.domid == 5 })
  }

  /// The same file: "a small domain with a hidden upper limit".
  @Test("one that cannot go above a limit of its own keeps its promise: it may find a way")
  func hiddenUpperLimit() {
    var host = ObservedHost()
    host.live(60)
    host.live(1) { $0[5].write(.target, String(Bytes.gib(4).kib)) }
    host.balloon(to: .gib(3))
    host.live(25)
    #expect(host.sample().state == .stuck)
    #expect(host.sample().promise == .gib(1))
  }

  /// The same file: "'sticky' behaviour with different periods".
  @Test("one that sticks for 25 s and moves for 5 arrives, and is told of as stuck once")
  func sticky() {
    var host = ObservedHost()
    host.live(60)
    host.live(1) { $0[5].write(.target, String(Bytes.gib(1).kib)) }
    while host.sample().allocation > .gib(1) {
      host.live(25)
      host.live(5) { $0[5].allocation = max(.gib(1), $0[5].allocation - .mib(32)) }
    }
    host.live(2)
    #expect(host.sample().balloon.phase == .settled)
    #expect(host.sample().balloon.hasFollowed && !host.sample().selfBallooning)
    #expect(host.kinds().count { $0 == .notFollowing(target: .gib(1)) } == 1)
    #expect(host.kinds().contains(.targetReached(.gib(1))))
  }

  /// xen-api 4275f76a6c, CA-423173: 1 MiB was kept free where Xen wants 64 (low_mem_virq_limit).
  @Test(
    "no host is emptied below what Xen itself warns of",
    arguments: [Bytes.gib(4), .gib(64), .gib(900)])
  func emergencyPool(total: Bytes) {
    #expect(HostMemory.reserve(total: total) >= .mib(64) * 4)
    let snapshot = TestHost.snapshot([TestHost.guest(max: .gib(40))], free: .mib(300)) {
      $0.total = total
    }
    let wish = Bytes.gib(2) + .mib(250)
    let verdict = Guard.verdict(on: TestHost.id(5), to: wish, in: snapshot)
    #expect(verdict.findings.contains { $0.rule == .hostReserve && $0.severity == .warn })
  }

  /// qubes-core-admin 2de9eb75: what was freed for a new domain was given to others before it started.
  @Test("whoever frees memory is told that a running regulator may take it")
  func freedForOthers() {
    var host = TestHost.snapshot([]).host
    #expect(FreePlan.rival(on: host) == nil)
    for (health, speaks) in [
      (RegulatorStatus.Health.alive, true), (.unknown, true), (.silent, false),
    ] {
      host.regulator = RegulatorStatus(pid: 7, guests: 2, health: health)
      #expect((FreePlan.rival(on: host) != nil) == speaks)
    }
  }

  /// squeezed calibrated a domain's offset with an allocation that was read before its target.
  @Test("an offset that was taken while the domain moved is corrected, whichever way it moved")
  func offsetOfAMoment() {
    for (before, after) in [(Bytes.mib(2040), Bytes.mib(2032)), (.mib(2075), .mib(2048))] {
      var guest = ObservedHost.guest(5)
      guest.allocation = before
      var host = ObservedHost([guest])
      host.live(100) { $0[5].allocation = after }
      #expect(host.sample().balloon.offset == after - .gib(2))
      #expect(!host.sample().selfBallooning && host.kinds().isEmpty)
    }
  }
}
