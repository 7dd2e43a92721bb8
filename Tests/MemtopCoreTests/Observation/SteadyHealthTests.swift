import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

/// Words of health do not flicker: what was bad must be lived down.
@Suite(.timeLimit(.minutes(30))) struct SteadyHealthTests {
  /// The words of a guest that lives `seconds`, one a second.
  private static func words(
    _ host: inout ObservedHost, _ seconds: Int64, _ change: (inout ObservedHost) -> Void
  ) -> [String] {
    (0..<seconds).map { _ in
      host.live(1, change)
      return host.sample().health.word
    }
  }

  private static func say(_ host: inout ObservedHost, available: Int64 = 1000) {
    host[5].write(
      .memtopReport, "v1 available=\(available + host.second) interval=1 seq=\(host.second)")
  }

  @Test("an agent that always comes a little late is stale once, and not fresh in between")
  func late() {
    var host = ObservedHost()
    let words = Self.words(&host, 100) { if $0.second % 5 == 1 { Self.say(&$0) } }
    #expect(words.prefix(4).allSatisfy { $0 == "fresh" })
    #expect(words.dropFirst(4).allSatisfy { $0 == "stale" })
    #expect(host.news() == [.reportStale])
  }

  @Test("an agent that comes just in time is fresh")
  func justInTime() {
    var host = ObservedHost()
    let words = Self.words(&host, 100) { if $0.second % 4 == 1 { Self.say(&$0) } }
    #expect(words.allSatisfy { $0 == "fresh" })
  }

  @Test("what was stale is fresh again with the second report in time")
  func secondReport() {
    var host = ObservedHost()
    host.live(1) { Self.say(&$0) }
    host.live(100)
    host.live(1) { Self.say(&$0) }
    #expect(host.sample().health == .stale)
    #expect(host.sample().reportAge == .zero)
    #expect(host.sample().isBackLate)
    #expect(
      ConditionText.sentence(host.sample(), now: host.snapshot.steady).contains("was late"))
    host.live(3)
    host.live(1) { Self.say(&$0) }
    #expect(host.sample().health == .fresh)
    #expect(!host.sample().isBackLate)
    #expect(host.news() == [.reportStale, .reportBack(after: .seconds(101))])
  }

  @Test("who looks seldom sees reports come back, however far apart the looks are")
  func seldom() {
    var host = ObservedHost()
    host.live(1) { Self.say(&$0) }
    host.live(100)
    for _ in 0..<2 {
      host.skip(60)
      host.live(1) { Self.say(&$0) }
    }
    #expect(host.sample().health == .fresh)
  }

  @Test("a guest that lies every other second is implausible throughout, and its figures hidden")
  func liar() {
    var host = ObservedHost()
    let words = Self.words(&host, 120) {
      Self.say(&$0, available: $0.second % 2 == 1 ? 9_000_000 : 1000)
      #expect($0.second == 1 || $0.sample().busy == nil)
    }
    #expect(words.allSatisfy { $0 == "implausible" })
    #expect(host.sample().health.reason?.hasPrefix("claims 8.58G available") == true)
  }

  @Test("a liar is believed after a minute and three honest reports", arguments: [1, 15, 50])
  func livedDown(every interval: Int64) {
    var host = ObservedHost()
    func say(_ host: inout ObservedHost, _ available: Int64) {
      host[5].write(
        .memtopReport,
        "v1 available=\(available + host.second) interval=\(interval) seq=\(host.second)")
    }
    host.live(1) { say(&$0, 9_000_000) }
    var honest: Int64 = 0
    let words = Self.words(&host, 200) {
      guard ($0.second - 1) % interval == 0 else { return }
      honest += 1
      say(&$0, 1000)
    }
    let first = words.firstIndex(of: "fresh").map { Int64($0) + 1 }
    // The first honest report comes after an interval.
    #expect(first == max(interval + 60, interval * 3))
    #expect(words.dropFirst(Int(first ?? 0)).allSatisfy { $0 == "fresh" })
  }

  @Test("falling silent for a moment does not shorten it")
  func silence() {
    var host = ObservedHost()
    host.live(1) { Self.say(&$0, available: 9_000_000) }
    host.live(50) { Self.say(&$0) }
    host.live(1) { $0[5].remove(.memtopReport) }
    #expect(host.sample().health == .silent)
    let words = Self.words(&host, 60) { Self.say(&$0) }
    #expect(words.allSatisfy { $0 == "implausible" })
    host.live(1) { Self.say(&$0) }
    #expect(host.sample().health == .fresh)
    #expect(
      host.news().map(\.word) == [
        "report implausible", "report silent", "report implausible", "report fresh",
      ])
  }

  @Test("where reports come only on change, time alone lives it down, also at rest")
  func standing() {
    var host = ObservedHost()
    host.live(1) { $0[5].write(.meminfo, "9000000") }
    #expect(host.sample().health.word == "implausible")
    host.live(300)
    #expect(host.sample().health.word == "implausible")
    host.live(1) { $0[5].write(.meminfo, "1000000") }
    host.live(59)
    #expect(host.sample().health.word == "implausible")
    host.live(1)
    #expect(host.sample().health == .fresh)
    #expect(host.sample().busy == .kib(1_000_000))
  }

  @Test("noise now and then is unreadable until it has stopped")
  func noise() {
    var host = ObservedHost()
    let words = Self.words(&host, 60) {
      if $0.second % 20 == 1 { $0[5].write(.memtopReport, "v1 ?") } else { Self.say(&$0) }
    }
    #expect(words.allSatisfy { $0 == "unreadable" })
    #expect(host.news().count == 1)
  }
}
