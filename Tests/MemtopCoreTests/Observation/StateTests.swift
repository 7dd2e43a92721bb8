import Testing

@testable import MemtopCore
@testable import TestSupport

@Suite(.timeLimit(.minutes(30))) struct StateTests {
  private func state(_ change: (inout ObservedHost.Domain) -> Void) -> DomainState {
    var guest = ObservedHost.guest(5)
    change(&guest)
    return ObservedHost([guest]).sample().state
  }

  @Test("Xen's flags have one word each")
  func flags() {
    let words: [(DomainLife, DomainState)] = [
      (.running, .running), (.paused, .paused), (.dying, .dying),
      (.shutDown(.crash), .crashed), (.shutDown(.watchdog), .crashed),
      (.shutDown(.suspend), .migrating), (.shutDown(.poweroff), .shutdown),
      (.shutDown(.reboot), .shutdown), (.shutDown(.softReset), .shutdown),
    ]
    for (life, word) in words { #expect(state { $0.life = life } == word) }
  }

  @Test(
    "a domain that is asked to suspend, or bears libxl's name for a migration's end, is migrating")
  func migrating() {
    #expect(state { $0.write(.shutdownRequest, "suspend") } == .migrating)
    #expect(state { $0.write(.shutdownRequest, "poweroff") } == .running)
    #expect(state { $0.write(.name, "g5--incoming") } == .migrating)
    #expect(state { $0.write(.name, "g5--migratedaway") } == .migrating)
    #expect(state { $0.write(.name, "incoming") } == .running)
    #expect(
      state {
        $0.write(.name, "g5--incoming")
        $0.life = .paused
      } == .migrating)
  }

  @Test("a guest that writes \"suspend\" itself is believed for as long as a toolstack waits")
  func suspendByGuest() {
    var host = ObservedHost()
    host.live(100) { $0[5].write(.xapiFree, "1000") }
    host.live(1) { $0[5].write(.shutdownRequest, "suspend") }
    host.live(90)
    #expect(host.sample().state == .migrating)
    host.live(1)
    #expect(host.sample().state == .running)
    // Written again at once, it is the same request.
    host.live(5) { $0[5].write(.shutdownRequest, "") }
    host.live(1) { $0[5].write(.shutdownRequest, "suspend") }
    #expect(host.sample().state == .running)
    host.live(11) { $0[5].remove(.shutdownRequest) }
    host.live(1) { $0[5].write(.shutdownRequest, "suspend") }
    #expect(host.sample().state == .migrating)
    host.live(1) { $0[5].life = .shutDown(.suspend) }
    host.live(200)
    #expect(host.sample().state == .migrating)
  }

  @Test("a paused domain that has a name and no target is being built, restored or received")
  func building() {
    func state(_ change: @escaping (inout ObservedHost.Domain) -> Void = { _ in }) -> DomainState {
      self.state {
        $0.life = .paused
        $0.remove(.target)
        $0.remove(.staticMax)
        change(&$0)
      }
    }
    #expect(state() == .building)
    #expect(state { $0.write(.name, "g5--incoming") } == .building)
    #expect(state { $0.write(.target, "1000") } == .paused)
    #expect(state { $0.life = .running } == .running)
    #expect(state { $0.remove(.name) } == .paused)
  }

  @Test("a paused domain whose keys were removed is being destroyed")
  func takenDown() {
    var host = ObservedHost()
    func strip(_ host: inout ObservedHost) {
      for key in StoreKey.allCases { host[5].remove(key) }
    }
    host.live(1, strip)
    #expect(host.sample().state == .running)
    host.live(1) { $0[5].life = .paused }
    #expect(host.sample().state == .dying)
  }

  @Test("a newcomer boots until it reports, or for a minute")
  func booting() {
    var host = ObservedHost([])
    host.live(1) { $0.domains = [ObservedHost.guest(5), ObservedHost.guest(6)] }
    #expect(host.sample(5).state == .booting)
    host.live(10) { $0[6].write(.xapiFree, "1000") }
    #expect(host.sample(5).state == .booting && host.sample(6).state == .running)
    host.live(49)
    #expect(host.sample(5).state == .booting)
    host.live(1)
    #expect(host.sample(5).state == .running)
  }

  @Test("how long ago the toolstack started it counts, where that is known")
  func startedAt() {
    #expect(state { $0.startedAt = ObservedHost.start + .seconds(-59) } == .booting)
    #expect(state { $0.startedAt = ObservedHost.start + .seconds(-60) } == .running)
    // The clock was set back since.
    #expect(state { $0.startedAt = ObservedHost.start + .seconds(500) } == .running)
    #expect(
      state {
        $0.startedAt = ObservedHost.start + .seconds(-30)
        $0.write(.memtopReport, "v1 available=5")
      } == .running)
  }

  @Test("dom0 is never booting")
  func dom0() {
    var host = ObservedHost([])
    host.live(1) { $0.domains = [ObservedHost.guest(0)] }
    #expect(host.sample(0).state == .running)
  }

  @Test("names and other texts of a guest are safe to print, and made once")
  func facts() {
    var guest = ObservedHost.guest(5)
    guest.write(.name, "\u{1B}[31mroot\u{7}")
    guest.write(.osName, "Debian \u{202E}")
    var host = ObservedHost([guest])
    #expect(host.sample().name == "\\x1b[31mroot\\x07")
    #expect(host.sample().facts.osName == "Debian \\xe2\\x80\\xae")
    let facts = host.sample().facts
    host.live(1) { $0[5].write(.memtopReport, "v1 available=5") }
    #expect(host.sample().facts === facts)
    host.live(1) { $0[5].write(.ipv4, "10.0.0.1") }
    #expect(host.sample().facts.ipv4 == "10.0.0.1")
    #expect(host.sample().name == "\\x1b[31mroot\\x07")
  }

  @Test("a domain without a name says so")
  func unnamed() {
    var guest = ObservedHost.guest(5)
    guest.remove(.name)
    #expect(ObservedHost([guest]).sample().name == "(unnamed)")
  }

  @Test("before its target is set the first time, the most that dom0 can have is Xen's limit of it")
  func dom0Limit() {
    func most(_ domid: UInt16, _ limit: Bytes?, hasTarget: Bool = false) -> Bytes? {
      var domain = ObservedHost.guest(domid, size: .gib(2))
      domain.limit = limit
      domain.remove(.staticMax)
      if !hasTarget { domain.remove(.target) }
      return ObservedHost([domain]).sample(domid).staticMax
    }
    #expect(most(0, .gib(4)) == .gib(4))
    #expect(most(0, nil) == nil, "without dom0_mem=max: there is none")
    // libxl makes the limit follow each target, but leaves static-max as it was.
    #expect(most(0, .gib(3), hasTarget: true) == nil)
    #expect(most(5, .gib(4)) == nil)
  }

  @Test("a static-max of as many pages as Xen has for no limit is none")
  func noStaticMax() {
    func most(_ kib: Int64) -> Bytes? {
      var dom0 = ObservedHost.guest(0)
      dom0.write(.staticMax, "\(kib)")
      return ObservedHost([dom0]).sample(0).staticMax
    }
    #expect(most(17_179_869_180) == nil)
    #expect(most(17_179_869_184) == nil)
    #expect(most(17_179_869_176) == .kib(17_179_869_176))
  }

  @Test("numbers in xenstore that are none are not there")
  func numbers() {
    for text in ["", "-5", "x", "99999999999999999999", "1.5"] {
      var guest = ObservedHost.guest(5)
      for key in [StoreKey.target, .staticMax, .dynamicMin, .dynamicMax, .videoram] {
        guest.write(key, text)
      }
      let sample = ObservedHost([guest]).sample()
      #expect(sample.target == nil && sample.staticMax == nil && sample.size == nil)
      #expect(sample.dynamicMin == nil && sample.dynamicMax == nil && sample.videoram == .zero)
    }
  }
}
