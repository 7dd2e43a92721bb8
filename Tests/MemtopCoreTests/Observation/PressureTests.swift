import Testing

@testable import MemtopCore
@testable import TestSupport

@Suite(.timeLimit(.minutes(30))) struct PressureTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var figures: PressureRule.Figures
    let before: Pressure?
    let word: Pressure?

    init(
      _ description: String, some: Int? = nil, full: Int? = nil, swapIn: Bytes? = nil,
      available: Int64? = nil, before: Pressure? = nil, _ word: Pressure?
    ) {
      testDescription = description
      figures = PressureRule.Figures(
        psiSome: some, psiFull: full, swapInRate: swapIn, available: available.map { .kib($0) },
        allocation: .kib(1_000_000))
      (self.before, self.word) = (before, word)
    }
  }

  static let rows = [
    Row("nothing to judge by", nil),
    Row("no waiting", some: 0, full: 0, .ok),
    Row("2 % of the time some wait", some: 200, .tight),
    Row("just less", some: 199, .ok),
    Row("10 %", some: 1000, .short),
    Row("40 %", some: 4000, .thrashing),
    Row("all wait for 15 %", some: 1500, full: 1500, .thrashing),
    Row("all wait for 3 %", some: 300, full: 300, .short),
    Row("PSI counts, whatever the swap-in", some: 0, swapIn: .mib(50), available: 500_000, .ok),
    Row("PSI counts before available %", some: 0, available: 40_000, .ok),
    // 1/32 of the allocation: the smallest step that memtop would raise it by.
    Row("nothing left, and nobody waits", some: 0, full: 0, available: 0, .tight),
    Row("less left than a step", some: 0, available: 31_249, .tight),
    Row("a step left", some: 0, available: 31_250, .ok),
    Row("no worse than PSI says", some: 1000, available: 0, .short),
    Row("still tight at a step and a half", some: 0, available: 46_874, before: .tight, .tight),
    Row("more than that left", some: 0, available: 46_875, before: .tight, .ok),
    Row("a little swap-in, and nothing left", swapIn: .zero, available: 0, .short),
    Row("reads back 4M a second", swapIn: .mib(4), available: 500_000, .thrashing),
    Row("reads back half a MiB", swapIn: .kib(512), available: 500_000, .short),
    Row("reads back 16K", swapIn: .kib(16), available: 500_000, .tight),
    Row("reads back a page", swapIn: .kib(4), available: 500_000, .ok),
    Row("reads back a page, and has nothing left", swapIn: .kib(4), available: 1000, .short),
    Row("8 % left", swapIn: .zero, available: 80_000, .ok),
    Row("less than 8 % left", available: 79_000, .tight),
    Row("less than 3 % left", available: 29_000, .short),
    Row("nothing left is never thrashing by itself", available: 0, .short),
    // A word is left on the good side of half of what enters it.
    Row("still thrashing", some: 2000, before: .thrashing, .thrashing),
    Row("thrashing no more", some: 1999, before: .thrashing, .short),
    Row("still short", some: 500, before: .short, .short),
    Row("short no more", some: 499, before: .short, .tight),
    Row("still tight", some: 100, before: .tight, .tight),
    Row("tight no more", some: 99, before: .tight, .ok),
    Row("not entered by half", some: 100, before: .ok, .ok),
    Row("worse words are entered at once", some: 4000, before: .ok, .thrashing),
    Row("from the worst to nothing at once", some: 0, before: .thrashing, .ok),
    Row("still tight by what is left", available: 119_000, before: .tight, .tight),
    Row("enough left", available: 120_000, before: .tight, .ok),
    Row("still reading back", swapIn: .mib(2), available: 500_000, before: .thrashing, .thrashing),
  ]

  @Test("the word for each figure", arguments: rows)
  func words(row: Row) {
    #expect(PressureRule.word(row.figures, before: row.before) == row.word)
  }

  @Test(
    "whoever has less left than max(16 MiB, 1/32) is tight, though PSI is 0",
    arguments: [
      (8, 193, Pressure.tight), (15, 193, .tight), (16, 193, .ok), (16, 1023, .tight),
      (31, 1023, .tight), (32, 1023, .ok), (255, 8192, .tight), (256, 8192, .ok),
    ])
  func little(left: Int64, allocation: Int64, word: Pressure) {
    let figures = PressureRule.Figures(
      psiSome: 0, psiFull: 0, swapInRate: .zero, available: .mib(left), allocation: .mib(allocation)
    )
    #expect(PressureRule.word(figures, before: nil) == word)
  }

  @Test("a guest with 8M left of 193M is tight by its report, and waits for a better one")
  func littleReported() {
    var host = ObservedHost()
    func say(_ available: Int) -> (inout ObservedHost) -> Void {
      { $0[5].write(.memtopReport, "v1 available=\(available) psi_some=0 seq=\($0.second)") }
    }
    host.live(1, say(8192))
    #expect(host.sample().pressure == .tight)
    host.live(1, say(800_000))
    #expect(host.sample().pressure == .tight)
    for _ in 0..<12 { host.live(1, say(800_000)) }
    #expect(host.sample().pressure == .ok)
  }

  @Test("a domain without memory is judged, not divided by")
  func nothing() {
    var figures = Self.rows[0].figures
    (figures.available, figures.allocation) = (.zero, .zero)
    #expect(PressureRule.word(figures, before: nil) == .ok)
  }

  @Test("a guest's word holds from report to report, and is forgotten when it falls silent")
  func memory() {
    var host = ObservedHost()
    func say(_ some: Int) -> (inout ObservedHost) -> Void {
      { $0[5].write(.memtopReport, "v1 available=1000000 psi_some=\(some) seq=\($0.second)") }
    }
    host.live(1, say(4100))
    #expect(host.sample().pressure == .thrashing)
    host.live(1, say(2500))
    #expect(host.sample().pressure == .thrashing)
    host.live(1, say(0))
    #expect(host.sample().pressure == .thrashing)
    host.live(1) { $0[5].remove(.memtopReport) }
    #expect(host.sample().pressure == nil)
    host.live(1, say(2500))
    #expect(host.sample().pressure == .short)
  }
}
