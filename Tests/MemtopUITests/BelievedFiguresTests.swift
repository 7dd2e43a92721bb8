import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

/// The gate between what guests report and what is shown of it.
@Suite(.timeLimit(.minutes(30))) struct BelievedFiguresTests {
  /// Of these Xen, xenstore, the toolstack or memtop is the author, or they are words about a report.
  static let own: Set<FieldID> = [
    .id, .name, .state, .condition, .alloc, .target, .max, .dynmin, .dynmax, .limit, .health, .age,
    .overhead, .dialect, "regulation", .kind, "stub_of", .uuid, .os, .ip, .host, .bar,
    .spark,
  ]

  /// A guest that says everything that can be said.
  static func talker(_ health: ReportHealth) -> DomainSample {
    var report = GuestReport(dialect: .memtop)
    (report.total, report.free, report.available) = (.mib(2000), .mib(30), .mib(700))
    (report.cache, report.swapTotal, report.swapUsed) = (.mib(600), .gib(1), .mib(9))
    (report.swapIn, report.swapOut, report.psiSome, report.psiFull) = (.mib(1), .mib(2), 12, 3)
    (report.zramUsed, report.interval, report.sequence) = (.mib(5), .seconds(2), 7)
    return DomainSample(
      id: Samples.id(3), facts: DomainFacts(name: "liar"), allocation: .gib(2), target: .gib(2),
      staticMax: .gib(4), report: report, health: health, reportAge: .seconds(1), busy: .mib(1348),
      available: .mib(700), cache: .mib(600), swapUsed: .mib(9), swapInRate: .kib(4),
      swapOutRate: .kib(4), pressure: .tight)
  }

  static let doubted: [ReportHealth] = [
    .implausible("says 9.00G available"), .unreadable("is no number"), .silent,
  ]

  @Test("of a report that is not believed no field has a figure", arguments: doubted)
  func gate(health: ReportHealth) {
    for field in Field.table where !Self.own.contains(field.id) {
      let value = field.value(Self.talker(health))
      #expect(value == .unreported || value == .absent, "\(field.id)")
      let known = field.value(Self.talker(.stale))
      #expect(field.id == .advice || (known != .unreported && known != .absent), "\(field.id)")
    }
    var sample = Self.talker(.fresh)
    sample.health = health
    #expect(Field.of(.free).value(sample) == .unreported)
    #expect(sample.report?.swapTotal == nil && sample.report?.interval == .seconds(2))
  }

  @Test("nor has a row that was recorded with them")
  func recorded() {
    let row = SampleRow.row(of: Self.talker(.fresh), at: Samples.steady)
    let text = DomainText(Self.talker(.implausible("lies")))
    let sample = SampleRow.sample(row, id: Samples.id(3), text: text, at: Samples.steady)
    #expect(sample.report?.free == nil && sample.busy == nil && sample.pressure == nil)
  }

  @Test("nor the list at any width, nor filter, nor sort")
  func shown() throws {
    let liar = Self.talker(.implausible("lies"))
    let domains = [Samples.domain(1, "web1", busy: .gib(1), cache: .mib(900)), liar]
    for columns in 40...220 {
      let frame = Dashboard(columns: columns, rows: 24, snapshot: Samples.host(domains)).frame()
      let row = frame.split(separator: "\n").first { $0.contains("liar") }
      for figure in ["30M", "700M", "600M", "1348M", "1.32G", "9M", "4K"] {
        #expect(row.map { !$0.contains(" " + figure) } ?? false, "\(columns): \(row ?? "")")
      }
    }
    #expect(try !Filter("free>1M").shows(liar))
    #expect(try !Filter("psi_some<50").shows(liar))
    for field: FieldID in [.free, "psi_some", .cache] {
      #expect(Field.of(field).order(of: [liar, Self.talker(.fresh)]) == [1, 0])
      #expect(Field.of(field).order(of: [liar, Self.talker(.fresh)], reversed: true) == [1, 0])
    }
  }

  @Test(
    "cache is what can be dropped: never more than is available beside what is free",
    arguments: [
      // cached, available, free → cache
      (600, 700, 30, 600), (1495, 300, 0, 300), (600, 700, 200, 500), (90, 0, 123, 0),
      (90, 100, 123, 0), (0, 700, 30, 0),
    ])
  func cache(cached: Int64, available: Int64, free: Int64, cache: Int64) {
    var sample = Self.talker(.fresh)
    sample.report?.free = .mib(free)
    (sample.available, sample.busy) = (.mib(available), .mib(2048 - available))
    sample.cache = .mib(cached)
    #expect(sample.cache == .mib(cache))
    #expect(Field.of(.free).value(sample) == .bytes(.mib(free)))
    #expect(sample.cacheEnd == .mib(2048 - min(free, available)))
  }

  @Test("the page, the list and the bar tell of the same free memory")
  func agreement() {
    var sample = Self.talker(.fresh)
    sample.staticMax = .gib(2)
    let snapshot = Samples.host([sample])
    var board = Dashboard(columns: 200, rows: 60, snapshot: snapshot)
    #expect(board.frame().contains("   600M    30M   700M"))
    board.press("Enter")
    let parts = "34% of what it holds: 600M cache, 30M free, 70M buffers and slab"
    #expect(board.frame().contains(parts))
    let bar = MemoryBar(sample, target: nil, width: 1024)
    #expect(bar.parts.count { $0 == .free } == 15)
    #expect(bar.parts.count { $0 == .cache } == 335)
    sample.available = .zero
    sample.busy = .gib(2)
    board = Dashboard(columns: 200, rows: 60, snapshot: Samples.host([sample]))
    board.press("Enter")
    let kept = "0% of what it holds; its kernel keeps back most of the 30M free"
    #expect(board.frame().contains(kept))
    #expect(MemoryBar(sample, target: nil, width: 64).parts.allSatisfy { $0 == .busy })
  }
}
