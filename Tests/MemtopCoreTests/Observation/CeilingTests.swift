import Testing

@testable import MemtopCore
@testable import TestSupport

/// Qubes with memory hotplug: qmemman writes static-max with each target, 16 MiB above it.
@Suite(.timeLimit(.minutes(30))) struct CeilingTests {
  private static func hotplugged(_ size: Bytes, most: Bytes = .gib(4)) -> ObservedHost.Domain {
    var guest = ObservedHost.guest(5, size: size)
    move(&guest, to: size)
    guest.write(.hotplugMax, String(most.kib))
    return guest
  }

  private static func move(_ guest: inout ObservedHost.Domain, to size: Bytes) {
    guest.write(.target, String((size - .mib(16)).kib))
    guest.write(.staticMax, String(size.kib))
    guest.allocation = size - .mib(16)
  }

  @Test("the most that it can have stays where it is while static-max moves")
  func stays() {
    var host = ObservedHost([Self.hotplugged(.gib(1))])
    for size in [Bytes.gib(1), .gib(3), .mib(600)] {
      host.live(1) { Self.move(&$0[5], to: size) }
      #expect(host.sample().staticMax == .gib(4))
      #expect(Field.of(.max).value(host.sample()) == .bytes(.gib(4)))
    }
    host.live(1) { $0[5].write(.hotplugMax, String(Bytes.gib(8).kib)) }
    #expect(host.sample().staticMax == .gib(8), "maxmem can be changed while it runs")
    host.live(1) { $0[5].remove(.hotplugMax) }
    #expect(host.sample().staticMax == .mib(600))
  }

  @Test("the guard lets it grow that far, and speaks of maxmem")
  func guarded() {
    var host = ObservedHost([Self.hotplugged(.gib(1))])
    host.host.owner = .qmemman
    host.live(5)
    func rules(_ size: Bytes) -> [Verdict.Finding] {
      Guard.verdict(on: host.sample().id, to: size, in: host.snapshot).findings
    }
    #expect(!rules(.gib(3)).contains { $0.rule == .aboveStaticMax })
    #expect(rules(.gib(3)).contains { $0.rule == .ownedByQmemman })
    let above = rules(.gib(5)).first { $0.rule == .aboveStaticMax }
    #expect(above?.text == "g5 can have at most 4.00G while it runs (maxmem)")
  }

  @Test("a report is measured by it, and by what the domain holds where maxmem was lowered")
  func believed() {
    var host = ObservedHost([Self.hotplugged(.gib(1))])
    func say(_ total: Bytes) -> (inout ObservedHost) -> Void {
      { $0[5].write(.memtopReport, "v1 total=\(total.kib) available=100000 seq=\($0.second)") }
    }
    // Its kernel has counted the memory that is on its way.
    host.live(5, say(.mib(1500)))
    #expect(host.sample().health == .fresh)
    host.live(1, say(.mib(4200)))
    #expect(host.sample().health.word == "implausible")
    var lowered = ObservedHost([Self.hotplugged(.gib(3), most: .gib(2))])
    lowered.live(5, say(.mib(2900)))
    #expect(lowered.sample().health == .fresh)
  }

  @Test("a ceiling that is no number is none", arguments: ["", "-1", "1e9", "99999999999999999"])
  func noNumber(text: String) {
    var guest = Self.hotplugged(.gib(1))
    guest.write(.hotplugMax, text)
    #expect(ObservedHost([guest]).sample().staticMax == .gib(1))
  }
}
