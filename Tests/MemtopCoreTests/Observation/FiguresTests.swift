import Testing

@testable import MemtopCore
@testable import TestSupport

@Suite(.timeLimit(.minutes(30))) struct FiguresTests {
  private func report(_ entries: [(StoreKey, String)]) -> DomainSample {
    var host = ObservedHost()
    host.live(1) { host in for (key, value) in entries { host[5].write(key, value) } }
    return host.sample()
  }

  @Test("busy is what was held when the report arrived less what is available")
  func busy() {
    var host = ObservedHost()
    host.live(1) { $0[5].write(.memtopReport, "v1 available=1048576 total=2000000 interval=60") }
    #expect(host.sample().busy == .gib(1))
    #expect(host.sample().available == .gib(1))
    host.live(1) { $0[5].write(.target, String(Bytes.gib(3).kib)) }
    host.balloon(to: .gib(3))
    // What came since is not busy, and not available before the guest says so.
    #expect(host.sample().busy == .gib(1))
    #expect(host.sample().available == .gib(1))
  }

  @Test("a Qubes guest's busy memory does not include its swap")
  func qubes() {
    let sample = report([(.meminfo, "1148576"), (.swapinfo, "100000")])
    #expect(sample.busy == .kib(1_048_576))
    #expect(sample.available == .gib(2) - .kib(1_048_576))
    #expect(sample.swapUsed == .kib(100_000))
  }

  @Test("an XAPI guest reports no swap and no cache: they are not zero")
  func xapi() {
    let sample = report([(.xapiFree, "1048576"), (.xapiTotal, "2000000")])
    #expect(sample.busy == .gib(1))
    #expect(sample.swapUsed == nil && sample.swapInRate == nil && sample.cache == nil)
  }

  @Test("a rate is what two reports differ by over the time between them")
  func rates() {
    var host = ObservedHost()
    func say(_ host: inout ObservedHost, _ swapIn: Int64?, bootedAt: Int64 = 0) {
      let swap = swapIn.map { " swap_in=\($0) swap_out=\($0 * 2)" } ?? ""
      let number = host.second - bootedAt
      host[5].write(.memtopReport, "v1 available=1000000 seq=\(number)\(swap)")
    }
    host.live(1) { say(&$0, 1000) }
    #expect(host.sample().swapInRate == nil)
    host.live(4)
    host.live(1) { say(&$0, 6000) }
    #expect(host.sample().swapInRate == .kib(1000))
    #expect(host.sample().swapOutRate == .kib(2000))
    host.live(2)
    #expect(host.sample().swapInRate == .kib(1000))
    host.live(1) { say(&$0, 6000) }
    #expect(host.sample().swapInRate == .zero)
    // A counter that goes back with the reports' number is a reboot: nothing is known.
    host.live(1) { say(&$0, 10, bootedAt: 8) }
    #expect(host.sample().swapInRate == nil)
    host.live(1) { say(&$0, 20, bootedAt: 8) }
    #expect(host.sample().swapInRate == .kib(10))
    host.live(1) { say(&$0, nil, bootedAt: 8) }
    #expect(host.sample().swapInRate == nil)
    host.live(1) { say(&$0, 900, bootedAt: 8) }
    #expect(host.sample().swapInRate == nil)
  }

  @Test("one dialect's rate is not shown as another's")
  func rateOfAnother() {
    var host = ObservedHost()
    host.live(3) {
      $0[5].write(.memtopReport, "v1 available=1000 interval=1 swap_in=\($0.second * 100)")
    }
    #expect(host.sample().swapInRate == .kib(100))
    host.live(5) { $0[5].write(.xapiFree, "\(1000 + $0.second)") }
    #expect(host.sample().report?.dialect == .xapi)
    #expect(host.sample().swapInRate == nil)
  }

  @Test("the greatest counters do not overflow")
  func greatest() {
    var host = ObservedHost()
    host.live(1) { $0[5].write(.memtopReport, "v1 available=1 swap_in=0") }
    host.live(1) { $0[5].write(.memtopReport, "v1 available=1 swap_in=4398046511104") }
    #expect(host.sample().swapInRate == .kib(1 << 42))
  }

  @Test("dom0's figures are its own, and always fresh")
  func dom0() {
    var dom0 = ObservedHost.guest(0, size: .gib(4))
    dom0.remove(.staticMax)
    var host = ObservedHost([dom0])
    func own(_ second: Int64) -> GuestReport {
      var report = GuestReport(dialect: .proc)
      report.available = .gib(3)
      report.swapIn = .mib(second)
      return report
    }
    host.live(3) { $0.host.dom0 = own($0.second) }
    #expect(host.sample(0).busy == .gib(1))
    #expect(host.sample(0).health == .fresh)
    #expect(host.sample(0).swapInRate == .mib(1))
  }

  @Test("the parts of the host's bar sum to its total")
  func bar() {
    var dom0 = ObservedHost.guest(0, size: .gib(4))
    dom0.remove(.staticMax)
    var (dying, crashed) = (ObservedHost.guest(6), ObservedHost.guest(7))
    (dying.life, crashed.life) = (.dying, .shutDown(.crash))
    var growing = ObservedHost.guest(8)
    growing.write(.target, String(Bytes.gib(3).kib))
    let domains = [dom0, ObservedHost.guest(5), dying, crashed, growing]
    var host = ObservedHost(domains)
    for domid: UInt16 in [5, 8] { host[domid].overhead = .mib(512) }
    host.live(1)
    let memory = host.snapshot.host
    #expect(memory.dom0 == .gib(4) && memory.guests == .gib(4) && memory.dying == .gib(4))
    #expect(memory.xen == .gib(31))
    var sum = memory.dom0 + memory.guests + memory.dying
    #expect(memory.overhead == .gib(1))
    sum += memory.xen + memory.free + .gib(1)
    #expect(sum == memory.total && memory.total == .gib(64))
    #expect(memory.promised == .gib(1))
    // Readings of one moment may overlap; the bar still sums up.
    host.host.total = .gib(30)
    host.live(1)
    #expect(host.snapshot.host.xen == .zero)
    #expect(host.snapshot.host.total == .gib(33))
  }

  @Test("overhead that Xen does not tell is unknown, and part of Xen's own")
  func unknownOverhead() {
    var host = ObservedHost()
    host.live(1)
    #expect(host.snapshot.host.overhead == nil && host.sample().overhead == nil)
    let own = host.snapshot.host.xen
    // Found also where nothing else changes.
    host.live(3)
    host.live(1) { $0[5].overhead = .mib(264) }
    #expect(host.sample().overhead == .mib(264))
    #expect(host.snapshot.host.overhead == .mib(264))
    #expect(host.snapshot.host.xen == own - .mib(264))
  }

  /// What a domain of 1 GiB with a limit of 4 GiB promises before it has a target.
  private func promise(
    _ domid: UInt16 = 5, _ change: (inout ObservedHost.Domain) -> Void = { _ in }
  ) -> Bytes {
    var domain = ObservedHost.guest(domid, size: .gib(1))
    domain.limit = .gib(4)
    domain.life = .paused
    domain.remove(.target)
    change(&domain)
    return ObservedHost([domain]).snapshot.host.promised
  }

  @Test("a domain without a target promises all that its limit allows, less what is claimed for it")
  func untargeted() {
    #expect(promise() == .gib(3))
    #expect(promise { $0.claim = .gib(1) } == .gib(2))
    #expect(promise { $0.claim = .gib(3) } == .zero)
    #expect(promise { $0.allocation = .gib(4) + .mib(1) } == .zero)
    #expect(promise { $0.life = .running } == .gib(3))
  }

  @Test("dom0, and domains without limit or name or at their end, promise nothing without target")
  func untargetedExceptions() {
    #expect(promise(0) == .zero)
    #expect(promise { $0.limit = nil } == .zero)
    #expect(promise { $0.remove(.name) } == .zero)
    #expect(promise { $0.life = .dying } == .zero)
    #expect(promise { $0.life = .shutDown(.poweroff) } == .zero)
  }

  @Test("a domain whose keys were removed before it is destroyed promises nothing")
  func takenDownPromise() {
    var guest = ObservedHost.guest(5, size: .gib(1))
    guest.limit = .gib(4)
    var host = ObservedHost([guest])
    host.live(1) {
      $0[5].life = .paused
      for key in StoreKey.allCases { $0[5].remove(key) }
    }
    #expect(host.snapshot.host.promised == .zero)
  }

  @Test("the promise of a domain that is received ends at its target")
  func received() {
    var guest = ObservedHost.guest(5, size: .gib(1))
    (guest.limit, guest.life) = (.gib(4), .paused)
    guest.remove(.target)
    var host = ObservedHost([guest])
    host.live(3) { $0[5].allocation += .gib(1) }
    #expect(host.snapshot.host.promised == .zero)
    host.live(1) { $0[5].allocation -= .mib(1) }
    #expect(host.snapshot.host.promised == .mib(1))
    host.live(1) {
      $0[5].write(.target, String((Bytes.gib(4) - .mib(1)).kib))
      $0[5].life = .running
    }
    #expect(host.snapshot.host.promised == .zero)
    #expect(host.sample().state == .booting || host.sample().state == .running)
  }

  @Test("a dying domain promises nothing while its memory goes")
  func dyingPromise() {
    var host = ObservedHost()
    host.live(3) {
      $0[5].life = .dying
      $0[5].allocation -= .mib(500)
    }
    #expect(host.snapshot.host.promised == .zero)
  }

  @Test("three domains of 2^51 pages are more than the host has, and leave nothing of it behind")
  func pages() {
    let observer = Observer()
    func host(_ allocation: Bytes) -> HostMemory {
      let domains = [0, 1, 2].map { domid in
        DomainReading(
          id: DomainID(domid: domid, uuid: DomainUUID(high: 0, low: UInt64(domid))), kind: .pvh,
          allocation: allocation)
      }
      let host = HostReading(hostname: "h", xenVersion: "4.17", total: .gib(64), free: .zero)
      let reading = Reading(
        time: WallTime(milliseconds: 0), steady: SteadyTime(milliseconds: 0), host: host,
        domains: domains)
      return observer.observe(reading).host
    }
    let full = host(.pages(1 << 51))
    #expect(full.guests == Bytes(.max))
    #expect(full.total == Bytes(.max))
    #expect(full.xen == .zero)
    #expect(host(.gib(1)).guests == .gib(2))
  }
}
