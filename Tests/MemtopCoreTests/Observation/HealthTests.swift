import Testing

@testable import MemtopCore
@testable import TestSupport

@Suite(.timeLimit(.minutes(30))) struct HealthTests {
  /// A guest whose agent of `dialect` writes now, and its last fresh second after that.
  struct Limit: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let entries: [(StoreKey, String)]
    let lastFresh: Int64?
  }

  static let limits = [
    Limit(
      testDescription: "memtop, three of its intervals",
      entries: [(.memtopReport, "v1 available=1000 interval=7")], lastFresh: 21),
    Limit(
      testDescription: "memtop, no interval stated",
      entries: [(.memtopReport, "v1 available=1000")], lastFresh: 30),
    Limit(
      testDescription: "memtop, an interval of nothing",
      entries: [(.memtopReport, "v1 available=1000 interval=0")], lastFresh: 3),
    Limit(
      testDescription: "XAPI, five minutes", entries: [(.xapiFree, "1000")], lastFresh: 300),
    Limit(
      testDescription: "xenballoond, ten seconds",
      entries: [(.meminfo, "MemTotal: 9 kB\nMemFree: 5 kB\nActive: 1 kB")], lastFresh: 10),
    Limit(testDescription: "Qubes, never", entries: [(.meminfo, "1000")], lastFresh: nil),
    Limit(
      testDescription: "old Qubes, never",
      entries: [(.meminfo, "MemTotal: 9 kB\nMemFree: 5 kB\n")], lastFresh: nil),
  ]

  @Test("a report is fresh up to its dialect's limit", arguments: limits)
  func freshness(limit: Limit) {
    var host = ObservedHost()
    host.live(1) { host in for (key, value) in limit.entries { host[5].write(key, value) } }
    #expect(host.sample().health == .fresh)
    #expect(host.sample().reportAge == .zero)
    host.live(limit.lastFresh ?? 100_000)
    #expect(host.sample().health == .fresh)
    #expect(host.sample().reportAge == .seconds(limit.lastFresh ?? 100_000))
    #expect(host.news().isEmpty)
    host.live(1)
    #expect(host.sample().health == (limit.lastFresh == nil ? .fresh : .stale))
    #expect(host.news() == (limit.lastFresh == nil ? [] : [.reportStale]))
    host.live(100)
    #expect(host.news().count == (limit.lastFresh == nil ? 0 : 1))
  }

  @Test("when an agent that speaks two dialects dies, its slower one does not keep it alive")
  func twoDialects() {
    var host = ObservedHost()
    host.live(1) { host in
      host[5].write(.memtopReport, "v1 available=1000 interval=5 seq=1")
      host[5].write(.xapiFree, "1000")
    }
    #expect(host.sample().health == .fresh && host.sample().report?.dialect == .memtop)
    host.live(16)
    #expect(host.sample().health == .stale)
    host.live(60)
    #expect(host.sample().health == .stale)
    // Another agent, which lives.
    host.live(1) { host in host[5].write(.xapiFree, "1001") }
    #expect(host.sample().health == .fresh && host.sample().report?.dialect == .xapi)
  }

  @Test("what one agent writes, readable or not, keeps no dead agent's report fresh")
  func deadBesideLiving() {
    var host = ObservedHost()
    host.live(1) { $0[5].write(.xapiFree, "1000") }
    #expect(host.sample().health == .fresh)
    host.live(400) { host in host[5].write(.memtopReport, "v2 something=\(host.second)") }
    #expect(host.sample().health == .stale && host.sample().report?.dialect == .xapi)
    host.live(400) { $0[5].write(.meminfo, "not a number") }
    #expect(host.sample().health == .stale)
  }

  @Test("a report that was found is of unknown age until a write of it is seen")
  func unknownAge() {
    var guest = ObservedHost.guest(5)
    guest.write(.memtopReport, "v1 available=1000 interval=5")
    var host = ObservedHost([ObservedHost.Domain.found(guest)])
    #expect(host.sample().health == .unknownAge)
    #expect(host.sample().reportAge == nil)
    host.live(10)
    #expect(host.sample().health == .unknownAge)
    // Another key's change is no sign of life.
    host.live(1) { $0[5].write(.osName, "Debian") }
    #expect(host.sample().health == .unknownAge)
    host.live(1) { $0[5].write(.memtopReport, "v1 available=1000 interval=5") }
    #expect(host.sample().health == .fresh)
    #expect(host.sample().reportAge == .zero)
    #expect(host.news().isEmpty)
  }

  @Test(
    "a report that was found is stale once the next one is overdue, and fresh with the second in time"
  )
  func foundDead() {
    var guest = ObservedHost.guest(5)
    guest.write(.memtopReport, "v1 available=1000 interval=5")
    var host = ObservedHost([ObservedHost.Domain.found(guest)])
    host.live(15)
    #expect(host.sample().health == .unknownAge)
    host.live(1)
    #expect(host.sample().health == .stale && host.sample().reportAge == nil)
    host.live(600)
    #expect(host.sample().health == .stale)
    host.live(1) { $0[5].write(.memtopReport, "v1 available=1001 interval=5") }
    #expect(host.sample().health == .stale)
    host.live(5) { $0[5].write(.memtopReport, "v1 available=1002 interval=5") }
    #expect(host.sample().health == .fresh)
  }

  @Test("while xenstore cannot be read, no guest and no regulator is told to be silent")
  func outage() {
    var host = ObservedHost()
    host.live(1) { $0[5].write(.memtopReport, "v1 available=1000 interval=5 seq=1") }
    _ = host.news()
    host.host.storeProblem = "away"
    host.live(600)
    #expect(host.sample().health == .stale)
    host.host.storeProblem = nil
    host.live(10)
    host.live(1) { $0[5].write(.memtopReport, "v1 available=1000 interval=5 seq=2") }
    host.live(5) { $0[5].write(.memtopReport, "v1 available=1000 interval=5 seq=3") }
    #expect(host.sample().health == .fresh)
    #expect(host.news().isEmpty)
    // One that stays away is told of.
    host.live(60)
    #expect(host.news().count == 1)
  }

  @Test("Qubes' report stands, however long ago it was found")
  func foundStanding() {
    var guest = ObservedHost.guest(5)
    guest.write(.meminfo, "1148576")
    var host = ObservedHost([ObservedHost.Domain.found(guest)])
    host.live(5000)
    #expect(host.sample().health == .unknownAge)
  }

  @Test("the same words written again are a sign of life where one dialect is spoken")
  func sameWords() {
    var host = ObservedHost()
    host.live(1) { $0[5].write(.xapiFree, "1000") }
    host.live(299)
    host.live(1) { $0[5].write(.xapiUpdated, "1") }
    #expect(host.sample().reportAge == .zero)
  }

  @Test("one dialect's writing does not keep another's fresh")
  func otherDialect() {
    var host = ObservedHost()
    host.live(1) { $0[5].write(.memtopReport, "v1 available=1000 interval=5") }
    host.live(5)
    host.live(1) { $0[5].write(.xapiFree, "900") }
    #expect(host.sample().report?.dialect == .memtop)
    #expect(host.sample().reportAge == .seconds(6))
    host.live(10)
    // The richer one is stale by now; the poorer one's last word may be the same agent's.
    #expect(host.sample().report?.dialect == .memtop)
    #expect(host.sample().health == .stale)
    host.live(1) { $0[5].write(.xapiFree, "901") }
    #expect(host.sample().report?.dialect == .xapi)
    #expect(host.sample().health == .fresh)
  }

  @Test("an agent that stops and comes back is told of once each way")
  func back() {
    var host = ObservedHost()
    for _ in 0..<2 {
      host.live(2) { $0[5].write(.memtopReport, "v1 available=\($0.second) interval=1") }
      host.live(30)
    }
    host.live(2) { $0[5].write(.memtopReport, "v1 available=\($0.second) interval=1") }
    #expect(
      host.news() == [
        .reportStale, .reportBack(after: .seconds(28)), .reportStale,
        .reportBack(after: .seconds(28)),
      ])
  }

  @Test("what cannot be true is implausible, with the reason, and its numbers are not shown")
  func implausible() {
    let lies = [
      "v1 available=2200000", "v1 available=1000 total=5000000", "v1 available=2000 total=1000",
      "v1 available=1000 free=3000 total=2000", "v1 available=1000 cached=3000 total=2000",
    ]
    for lie in lies {
      var host = ObservedHost()
      host.live(1) { $0[5].write(.memtopReport, lie) }
      guard case .implausible(let why) = host.sample().health else {
        Issue.record("\(lie) was believed")
        continue
      }
      #expect(why.hasPrefix("claims "))
      #expect(host.sample().busy == nil && host.sample().available == nil)
      #expect(host.sample().pressure == nil)
      #expect(host.news() == [.reportImplausible(why)])
    }
  }

  @Test("a guest that lies every other second is told of once, and after an honest minute")
  func flapping() {
    var host = ObservedHost()
    func lie(_ host: inout ObservedHost, when isLying: Bool) {
      host[5].write(.memtopReport, "v1 available=\(isLying ? 9_000_000 : 1000) seq=\(host.second)")
    }
    host.live(60) { lie(&$0, when: $0.second % 2 == 0) }
    host.live(59) { lie(&$0, when: $0.second % 3 == 0) }
    #expect(host.news().count == 1)
    host.live(62) { lie(&$0, when: false) }
    #expect(host.news().count == 2)
    guard case .reportBack(let after?) = host.news().last else {
      Issue.record("its end was not told")
      return
    }
    #expect(after > .minutes(2))
    host.live(1) { lie(&$0, when: true) }
    #expect(host.news().count == 3)
  }

  @Test("noise is unreadable, and told of once")
  func unreadable() {
    var host = ObservedHost()
    host.live(5) { $0[5].write(.memtopReport, "v1 \u{1B}[2J \($0.second)") }
    guard case .unreadable(let why) = host.sample().health else {
      Issue.record("it was read")
      return
    }
    #expect(ReportSamples.isSafe(why))
    #expect(host.news().count == 1)
  }

  @Test("what is wrong when memtop starts is shown, and no news")
  func atStart() {
    var guest = ObservedHost.guest(5)
    guest.write(.memtopReport, "v1 available=9000000")
    var host = ObservedHost([ObservedHost.Domain.found(guest)])
    host.live(5)
    #expect(host.sample().health.word == "implausible")
    #expect(host.news().isEmpty)
  }

  @Test("a report from before its balloon shrank is not called a lie")
  func whileShrinking() {
    var host = ObservedHost()
    host.live(1) { $0[5].write(.memtopReport, "v1 available=1900000 interval=60") }
    host.live(1) { $0[5].write(.target, String(Bytes.gib(1).kib)) }
    for step in 1...8 {
      host.live(1) {
        $0[5].allocation -= .mib(128)
        // Each tells of the second before.
        $0[5].write(.memtopReport, "v1 available=\(1_900_000 - (step - 1) * 131_072) interval=60")
      }
      #expect(host.sample().health == .fresh, "\(host.sample().health)")
    }
  }
}

extension ObservedHost.Domain {
  /// As it is found at memtop's start: no write of its was seen.
  static func found(_ domain: Self) -> Self {
    var domain = domain
    domain.forgetWrites()
    return domain
  }
}
