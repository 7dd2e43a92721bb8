import Testing

@testable import MemtopCore
@testable import TestSupport

@Suite("guests that populate on demand", .timeLimit(.minutes(30))) struct PopulateOnDemandTests {
  /// A guest of 2 GiB whose kernel sees 4 GiB: half a GiB is populated.
  private static func host(
    entries: Bytes = .mib(3584), cache: Bytes = .mib(1536)
  ) -> ObservedHost {
    var host = ObservedHost([])
    host.live(1) {
      var guest = ObservedHost.guest(5)
      guest.populateOnDemand = PopulateOnDemand(entries: entries, cache: cache)
      $0.domains = [guest]
    }
    return host
  }

  @Test("one that was promised more than it can be given is booting, however long that takes")
  func booting() {
    var host = Self.host()
    host.live(10) { $0[5].write(.memtopReport, "v1 available=1000000") }
    #expect(host.sample().state == .booting)
    host.live(600)
    #expect(host.sample().state == .booting)
    // Its driver has given back what the target does not cover.
    host.live(1) { $0[5].populateOnDemand?.entries = .mib(1536) }
    #expect(host.sample().state == .running)
  }

  @Test("what Xen allocates at a raise is no proof of a driver, nor is memtop's own mark")
  func noProof() {
    var host = Self.host(entries: .mib(1536), cache: .mib(1536))
    host.live(90)
    host.live(1) { host in
      host[5].write(.changeMark, "\(Bytes.gib(3).kib) alice 1 because")
      host[5].write(.target, String(Bytes.gib(3).kib))
    }
    host.balloon(to: .gib(3))
    host.live(60)
    #expect(host.sample().balloon.phase == .settled)
    #expect(!host.sample().balloon.hasFollowed)
    // Nobody but a driver makes it smaller.
    host.live(1) { $0[5].write(.target, String(Bytes.gib(2).kib)) }
    host.balloon(to: .gib(2))
    #expect(host.sample().balloon.hasFollowed)
  }

  @Test("once all is populated a raise that is followed is proof again")
  func populated() {
    var host = Self.host()
    host.live(90) { $0[5].populateOnDemand = nil }
    host.live(1) { $0[5].write(.target, String(Bytes.gib(3).kib)) }
    host.balloon(to: .gib(3))
    #expect(host.sample().balloon.hasFollowed)
  }

  /// Its kernel counts on 4 GiB, and half a GiB is busy.
  private static let early = "v1 total=4000000 available=3670016 interval=5 seq="

  @Test("a kernel that still counts on what it was promised is not implausible")
  func plausible() {
    var host = Self.host()
    host.live(1) { $0[5].write(.memtopReport, Self.early + "1") }
    #expect(host.sample().health == .fresh)
    #expect(host.sample().available == .mib(1536))
    #expect(host.sample().busy == .mib(512))
    // The balloon is done a moment before the next report tells of it.
    host.live(4) { $0[5].populateOnDemand = PopulateOnDemand(entries: .mib(900), cache: .mib(900)) }
    #expect(host.sample().health == .fresh)
    host.live(1) { $0[5].write(.memtopReport, Self.early + "2") }
    #expect(host.sample().health == .fresh)
    #expect(host.sample().available == .gib(2))
  }

  @Test("a minute later the same report contradicts Xen")
  func implausible() {
    var host = Self.host()
    host.live(1) { $0[5].write(.memtopReport, Self.early + "1") }
    host.live(1) { $0[5].populateOnDemand = nil }
    host.live(58) { $0[5].write(.memtopReport, Self.early + String($0.second)) }
    #expect(host.sample().health == .fresh)
    host.live(1) { $0[5].write(.memtopReport, Self.early + "99") }
    #expect(host.sample().health.word == "implausible")
  }

  @Test("a change of what is left is seen in a domain that rests")
  func rest() {
    var host = ObservedHost()
    host.live(100)
    host.live(1) {
      $0[5].populateOnDemand = PopulateOnDemand(entries: .gib(1), cache: .gib(1))
    }
    #expect(host.sample().populateOnDemand?.entries == .gib(1))
  }

  @Test("the page says what is left and what is set aside for it, for as long as there is any")
  func page() {
    func frame(_ left: PopulateOnDemand?) -> String {
      var sample = Samples.domain(1, "hvm", alloc: .gib(2), max: .gib(4))
      sample.populateOnDemand = left
      var board = Dashboard(columns: 120, rows: 40, snapshot: Samples.host([sample]))
      board.press("Enter")
      return board.frame()
    }
    let short = frame(PopulateOnDemand(entries: .gib(3), cache: .gib(1)))
    let words = "On demand      3.00G  not populated yet; Xen set aside only 1.00G and"
    #expect(short.contains(words))
    let covered = frame(PopulateOnDemand(entries: .gib(1), cache: .gib(1)))
    #expect(covered.contains("On demand      1.00G  not populated yet; enough is set aside"))
    #expect(!frame(nil).contains("On demand"))
    #expect(!frame(PopulateOnDemand(entries: .zero, cache: .zero)).contains("On demand"))
  }

  @Test("the guard names what is left where it is not covered")
  func guarded() {
    func sample(_ cache: Bytes) -> DomainSample {
      TestHost.guest(5) {
        $0.populateOnDemand = PopulateOnDemand(entries: .gib(1), cache: cache)
      }
    }
    func finding(_ cache: Bytes) -> String? {
      let snapshot = TestHost.snapshot([sample(cache)])
      return Guard.verdict(on: TestHost.id(5), to: .mib(2040), in: snapshot)
        .findings.first { $0.rule == .populateOnDemand }?.text
    }
    #expect(finding(.gib(1)) == nil)
    #expect(
      finding(.mib(512))
        == "g5 has 1.00G left to populate on demand, but Xen set aside only 512M for it;"
        + " Xen crashes the guest if it touches more")
  }
}
