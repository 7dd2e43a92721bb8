import Testing

@testable import MemtopCore
@testable import TestSupport

/// Words of pressure do not flicker: worse ones count at once, better ones must last.
@Suite(.timeLimit(.minutes(30))) struct SteadyPressureTests {
  /// Figures that go up and down across what enters a word, a report each `interval` seconds.
  struct Noise: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let interval: Int64
    /// What the report of a number says.
    let say: @Sendable (Int64) -> String
    /// Words that may be seen.
    let words: [Pressure]

    static func psi(_ threshold: Int, _ words: [Pressure], every interval: Int64) -> Self {
      Noise(
        testDescription: "PSI between nothing and \(threshold + 50), every \(interval) s",
        interval: interval,
        say: { "psi_some=\($0 % 3 == 0 ? threshold + 50 : Int($0 * 37) % threshold / 3)" },
        words: words)
    }

    static func full(_ threshold: Int, _ words: [Pressure]) -> Self {
      Noise(
        testDescription: "PSI full about \(threshold)", interval: 2,
        say: { "psi_some=0 psi_full=\($0 % 2 == 0 ? threshold : 0)" }, words: words)
    }

    /// Pages read back in every other report only.
    static func swap(_ rate: Bytes, _ words: [Pressure], every interval: Int64) -> Self {
      Noise(
        testDescription: "\(rate.short)/s from swap in every other report, every \(interval) s",
        interval: interval, say: { "swap_in=\(($0 + 1) / 2 * rate.kib * interval)" }, words: words)
    }

    static func free(_ permille: Int64, _ words: [Pressure]) -> Self {
      Noise(
        testDescription: "about \(permille) thousandths left", interval: 1,
        say: { "free=\(2097 * ($0 % 4 == 0 ? permille - 2 : permille * 2))" }, words: words)
    }
  }

  static let noises =
    [1, 5, 60].flatMap { interval in
      [
        Noise.psi(200, [.ok, .tight], every: interval),
        .psi(1000, [.ok, .tight, .short], every: interval),
        .psi(4000, [.ok, .tight, .short, .thrashing], every: interval),
        .swap(.kib(16), [.ok, .tight], every: interval),
        .swap(.kib(512), [.ok, .short], every: interval),
        .swap(.mib(4), [.ok, .thrashing], every: interval),
      ]
    } + [.full(50, [.ok, .tight]), .full(300, [.ok, .short]), .full(1500, [.ok, .thrashing])]
    + [.free(80, [.ok, .tight]), .free(30, [.ok, .tight, .short])]

  @Test("noise about a threshold enters its word once, and stays", arguments: noises)
  func noisy(noise: Noise) {
    var host = ObservedHost()
    var seen: [Pressure] = []
    for number in 0..<Int64(300) {
      host.live(1) { host in
        let said = noise.say(number)
        // The free share is told by `available`.
        let available = said.hasPrefix("free=") ? "available=\(said.dropFirst(5))" : said
        let text = said.hasPrefix("free=") ? available : "available=1000000 \(said)"
        host[5].write(.memtopReport, "v1 \(text) interval=\(noise.interval) seq=\(number)")
      }
      host.skip(noise.interval - 1)
      if let word = host.sample().pressure, word != seen.last { seen.append(word) }
    }
    // Never better, and the last is that of the threshold.
    #expect(seen == seen.sorted(), "\(seen.map(\.word))")
    #expect(seen.count <= noise.words.count)
    #expect(seen.last == noise.words.last)
  }

  private static func say(_ host: inout ObservedHost, _ some: Int) {
    host[5].write(.memtopReport, "v1 available=1000000 psi_some=\(some) seq=\(host.second)")
  }

  @Test("a better word counts after ten seconds, and three reports", arguments: [1, 2, 4, 7, 30])
  func patience(every interval: Int64) {
    var host = ObservedHost()
    host.live(1) { Self.say(&$0, 5000) }
    let start = host.second
    var relieved: Int64?
    for _ in 0..<120 where relieved == nil {
      host.live(1) { if ($0.second - start) % interval == 0 { Self.say(&$0, 0) } }
      if host.sample().pressure == .ok { relieved = host.second - start }
    }
    let reports = max(3, (10 + interval - 1) / interval + 1)
    #expect(relieved == interval * reports)
  }

  @Test("of what was said meanwhile the worst counts")
  func worst() {
    var host = ObservedHost()
    host.live(1) { Self.say(&$0, 5000) }
    host.live(5) { Self.say(&$0, 0) }
    host.live(1) { Self.say(&$0, 600) }
    host.live(4) { Self.say(&$0, 0) }
    #expect(host.sample().pressure == .thrashing)
    host.live(1) { Self.say(&$0, 0) }
    #expect(host.sample().pressure == .short)
    host.live(11) { Self.say(&$0, 0) }
    #expect(host.sample().pressure == .ok)
  }

  @Test("a worse word counts at once, also while a better one is waited for")
  func worse() {
    var host = ObservedHost()
    host.live(1) { Self.say(&$0, 1500) }
    host.live(9) { Self.say(&$0, 0) }
    host.live(1) { Self.say(&$0, 4500) }
    #expect(host.sample().pressure == .thrashing)
    host.live(10) { Self.say(&$0, 0) }
    #expect(host.sample().pressure == .thrashing)
  }

  @Test("reports that stop leave the word as it was")
  func stopped() {
    var host = ObservedHost()
    host.live(1) { Self.say(&$0, 4500) }
    host.live(4) { Self.say(&$0, 0) }
    host.live(100)
    #expect(host.sample().health == .stale)
    #expect(host.sample().pressure == .thrashing)
  }

  @Test("where reports come only on change, time alone makes it better, also at rest")
  func standing() {
    var host = ObservedHost()
    host.live(1) { $0[5].write(.meminfo, String(Bytes.gib(2).kib - 1000)) }
    #expect(host.sample().pressure == .short)
    host.live(200)
    #expect(host.sample().pressure == .short)
    host.live(1) { $0[5].write(.meminfo, "1000000") }
    host.live(9)
    #expect(host.sample().pressure == .short)
    host.live(1)
    #expect(host.sample().pressure == .ok)
  }
}
