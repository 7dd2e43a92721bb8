import Testing

@testable import MemtopCore
@testable import TestSupport

/// What comes back from compressed memory is no disk's swap-in.
@Suite(.timeLimit(.minutes(30))) struct CompressedSwapTests {
  /// A guest without PSI that swaps in `swapIn` a second as the kernel counts it, `zram` of it from zram,
  /// and `zswap` beside it from zswap.
  private static func word(swapIn: Int64, zram: Int64? = nil, zswap: Int64? = nil) -> DomainSample {
    var host = ObservedHost()
    host.live(5) { host in
      func counter(_ name: String, _ rate: Int64?) -> String {
        rate.map { " \(name)=\($0 * host.second)" } ?? ""
      }
      host[5].write(
        .memtopReport,
        "v1 total=1900000 available=1000000 swap_total=900000 swap_free=500000"
          + counter("swap_in", swapIn) + (zram == nil ? "" : " zram=400000")
          + counter("zram_in", zram) + (zswap == nil ? "" : " zswap=300000")
          + counter("zswap_in", zswap) + " interval=1 seq=\(host.second)")
    }
    return host.sample()
  }

  @Test(
    "the word by where it comes from, in KiB a second",
    arguments: [
      (8_192, nil, nil, .thrashing), (8_192, 8_192, nil, .tight), (8_192, 4_000, nil, .thrashing),
      (1_000, 1_000, nil, .ok), (1_000, 0, nil, .short), (300_000, 300_000, nil, .thrashing),
      (40_000, 40_000, nil, .short), (0, nil, 8_192, .tight), (0, nil, 900, .ok),
      (8_192, nil, 8_192, .thrashing), (20, 8_192, 8_192, .tight),
      // A counter that is ahead of the other is no negative rate.
      (100, 900, nil, .ok),
    ] as [(Int64, Int64?, Int64?, Pressure)])
  func word(swapIn: Int64, zram: Int64?, zswap: Int64?, word: Pressure) {
    let sample = Self.word(swapIn: swapIn, zram: zram, zswap: zswap)
    #expect(sample.health == .fresh)
    #expect(sample.pressure == word)
    #expect(sample.swapInRate == .kib(swapIn), "the rate itself stays the kernel's")
  }

  @Test("the page says how much of it is compressed, and so does the figure of the event")
  func page() {
    let sample = Self.word(swapIn: 8_192, zram: 6_144, zswap: 1_024)
    let snapshot = Samples.host([Samples.twelve[0], sample])
    var dashboard = Dashboard(columns: 120, rows: 40, snapshot: snapshot)
    dashboard.press("Enter")
    let frame = dashboard.frame()
    #expect(
      frame.contains("used of 879M, zram 391M, zswap 293M, swap-in 8.0M/s (zram 6.0M/s), zswap-in"),
      "\(frame)")
    #expect(
      PressureFigure.text(sample)
        == "swap-in 2.0M/s from disk, 7.0M/s from compressed memory")
  }

  @Test("the advisor does not take it for need either")
  func advised() {
    let calm = Self.word(swapIn: 8_192, zram: 8_192)
    let guest = AdvisedGuest(calm, owner: nil, policy: MemoryPolicy())
    #expect(guest.swapInRate == .kib(128))
  }
}
