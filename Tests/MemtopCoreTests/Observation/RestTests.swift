import Testing

@testable import MemtopCore
@testable import TestSupport

@Suite(.timeLimit(.minutes(30))) struct RestTests {
  /// A guest that has been at rest for long, with a report that stays fresh for three hours.
  static func atRest() -> ObservedHost {
    var host = ObservedHost()
    host.live(1) { $0[5].write(.memtopReport, "v1 available=102400 interval=3600") }
    host.live(100)
    return host
  }

  @Test("only the age of its report grows while nothing changes")
  func age() {
    var host = Self.atRest()
    let before = host.sample()
    host.live(7)
    let after = host.sample()
    #expect(before.reportAge == .seconds(100))
    #expect(after.reportAge == .seconds(107))
    #expect(after.busy == before.busy && after.facts === before.facts)
  }

  @Test("whatever changes is seen in the same second")
  func changes() {
    var host = Self.atRest()
    host.live(1) { $0[5].allocation += .kib(4) }
    #expect(host.sample().allocation == .gib(2) + .kib(4))
    host.live(60)
    host.live(1) { $0[5].life = .paused }
    #expect(host.sample().state == .paused)
    host.live(60)
    host.live(1) { $0[5].life = .running }
    #expect(host.sample().state == .running)
    host.live(60)
    host.live(1) { $0[5].write(.memtopReport, "v1 available=204800 interval=3600") }
    #expect(host.sample().available == .mib(200))
    #expect(host.sample().reportAge == .zero)
    host.live(60)
    host.live(1) { $0[5].write(.name, "renamed") }
    #expect(host.sample().name == "renamed")
  }

  @Test("a balloon that sets out after a rest is followed until it sticks")
  func sticks() {
    var host = Self.atRest()
    host.live(1) { $0[5].write(.target, String(Bytes.gib(3).kib)) }
    host.live(60)
    #expect(host.sample().state == .stuck)
    #expect(host.kinds().contains(.notFollowing(target: .gib(3))))
  }

  @Test("one that is stuck, or sets its own target, is at rest while nothing changes")
  func leftAlone() {
    var stuck = Self.atRest()
    stuck.live(1) { $0[5].write(.target, String(Bytes.gib(3).kib)) }
    stuck.live(60)
    var own = Self.atRest()
    own.live(60) { $0[5].write(.selfTarget, "1048576") }
    own.live(60)
    for var host in [stuck, own] {
      let before = host.sample()
      host.live(5)
      #expect(host.sample().isSame(as: before), "\(before.state)")
      host.live(1) { $0[5].allocation += .mib(100) }
      #expect(host.sample().allocation == before.allocation + .mib(100))
    }
    stuck.balloon(to: .gib(3))
    #expect(stuck.sample().state == .running)
  }

  @Test("what a kernel believed to have counts for a minute, though nothing changes any more")
  func uncovered() {
    var host = ObservedHost()
    // Its last report tells of memory that it had not got then, and never will have.
    host.live(40) {
      $0[5].populateOnDemand = PopulateOnDemand(entries: .mib(400), cache: .mib(100))
    }
    host.live(1) {
      $0[5].populateOnDemand = nil
      $0[5].write(.memtopReport, "v1 available=2359296 interval=3600")
    }
    #expect(host.sample().health == .fresh, "\(host.sample().health)")
    host.live(120)
    if case .implausible = host.sample().health {} else { Issue.record("\(host.sample().health)") }
  }

}
