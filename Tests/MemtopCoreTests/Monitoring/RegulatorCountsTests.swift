import Testing

@testable import MemtopCore
@testable import TestSupport

@Suite("what the regulator counts", .timeLimit(.minutes(30)))
struct RegulatorCountsTests {
  private func order(_ cause: MoveCause?) -> TargetOrder {
    var order = TargetOrder(
      domain: TestHost.id(5), name: "g5", from: .gib(1), to: .gib(2), reason: "")
    order.cause = cause
    return order
  }

  private var some: RegulatorCounts {
    var counts = RegulatorCounts()
    for cause in [.lacks, .lacks, .surplus] as [MoveCause] {
      counts.count(order(cause), isWritten: true)
    }
    counts.count(order(.gives), isWritten: false)
    counts.count([.belowBusy, .hostShort, .belowBusy])
    counts.countRelease()
    return counts
  }

  @Test("what was written is read as it was, by whoever knows whose it is")
  func roundTrip() throws {
    let read = try #require(RegulatorCounts(some.bytes(pid: 77), pid: 77))
    #expect(read == some)
    #expect(read.moves(.lacks) == 2 && read.moves(.surplus) == 1 && read.moves(.gives) == 0)
    #expect(read.refusals(.belowBusy) == 2 && read.failures == 1 && read.releases == 1)
    #expect(RegulatorCounts(some.bytes(pid: 77), pid: 78) == nil)
  }

  @Test(
    "anything else is read as nothing, and a word that is not known yet is left out",
    arguments: [
      ("", false), ("memtop-regulate 7", true), ("memtop-regulate 7\nmoved lacks -1", false),
      ("memtop-regulate 7\nmoved lacks", false), ("memtop-regulate 7\nmoved lacks 1e9", false),
      ("memtop-regulate 7\nmoved later 3\nother x 1\n", true), ("\u{0}\u{1}", false),
      ("memtop-regulate 7\nmoved lacks 99999999999999999999", false),
    ])
  func hostile(text: String, isRead: Bool) {
    #expect((RegulatorCounts(Array(text.utf8), pid: 7) != nil) == isRead)
  }

  @Test("a nudge is one move, though it is written in two steps")
  func nudge() throws {
    var order = order(.nudge)
    order.nudge = .by(.mib(1500))
    var counts = RegulatorCounts()
    for step in order.steps { counts.count(step, isWritten: true) }
    #expect(order.steps.count == 2 && counts.moves(.nudge) == 1)
  }

  @Test("a scrape has a line for each cause and rule, from zero on, only while there are counts")
  func metrics() {
    let text = { (counts: RegulatorCounts?) in
      let figures = ExporterFigures(
        version: "0.1", collection: nil, processes: [], regulator: counts)
      return String(
        decoding: MetricsPage(Samples.host(), figures).text(.plain), as: UTF8.self
      ).split(separator: "\n")
    }
    let lines = text(some)
    #expect(lines.contains("memtop_regulator_moves_total{host=\"xen1\",cause=\"lacks\"} 2"))
    #expect(lines.contains("memtop_regulator_moves_total{host=\"xen1\",cause=\"nudge\"} 0"))
    #expect(lines.contains("memtop_regulator_refusals_total{host=\"xen1\",rule=\"below-busy\"} 2"))
    #expect(lines.contains("memtop_regulator_failures_total{host=\"xen1\"} 1"))
    #expect(lines.contains("memtop_regulator_releases_total{host=\"xen1\"} 1"))
    #expect(
      lines.count { $0.hasPrefix("memtop_regulator_refusals_total{") } == GuardRule.allCases.count)
    #expect(!text(nil).contains { $0.contains("_moves_total") })
  }

  @Test("every order of the regulator says why, in a word that is counted")
  func causes() {
    let host = RegulatedHost([
      RegulatedHost.guest("lean", size: .gib(1), .steady(.mib(900), jitter: .zero)),
      RegulatedHost.guest("fat", size: .gib(6), .steady(.mib(500), jitter: .zero)),
    ])
    host.run(400)
    let causes = Set(host.orders.map(\.cause))
    #expect(!host.orders.isEmpty && !causes.contains(nil))
    #expect(causes.contains(.surplus) && causes.contains { $0 == .lacks || $0 == .pressed })
  }
}

@Suite("what is counted of operators' orders", .timeLimit(.minutes(30)))
struct OperatorCountsTests {
  private var some: OperatorCounts {
    var counts = OperatorCounts()
    for entry in [
      .written(isDone: true), .written(isDone: true), .written(isDone: false),
      .refused(.belowBusy), .refused(.hostShort), .refused(.belowBusy),
    ] as [OperatorCounts.Entry] {
      counts.count(entry)
    }
    return counts
  }

  @Test("what was written is read as it was, and nothing else is")
  func roundTrip() {
    #expect(OperatorCounts(some.bytes) == some)
    #expect(some.moves == 2 && some.failures == 1 && some.refusals(.belowBusy) == 2)
    #expect(OperatorCounts(RegulatorCounts().bytes(pid: 1)) == nil)
    for text in ["", "memtop-operator\nmoved - x", "memtop-operator\nmoved - -1"] {
      #expect(OperatorCounts(Array(text.utf8)) == nil, "\(text)")
    }
    #expect(OperatorCounts(Array("memtop-operator\nlater - 4\n".utf8)) == OperatorCounts())
  }

  @Test("a scrape tells of orders from zero on, and of none where the file cannot be read")
  func metrics() {
    let text = { (counts: OperatorCounts?) in
      let figures = ExporterFigures(
        version: "0.1", collection: nil, processes: [], operators: counts)
      return String(
        decoding: MetricsPage(Samples.host(), figures).text(.plain), as: UTF8.self
      ).split(separator: "\n")
    }
    let lines = text(some)
    #expect(lines.contains("memtop_operator_moves_total{host=\"xen1\"} 2"))
    #expect(lines.contains("memtop_operator_failures_total{host=\"xen1\"} 1"))
    #expect(lines.contains("memtop_operator_refusals_total{host=\"xen1\",rule=\"below-busy\"} 2"))
    #expect(text(OperatorCounts()).contains("memtop_operator_moves_total{host=\"xen1\"} 0"))
    #expect(!text(nil).contains { $0.contains("memtop_operator_") })
  }

  @Test("only what nobody can agree to is a refusal")
  func refusal() {
    let verdict = { (severities: [Verdict.Severity]) in
      Verdict(
        findings: zip(severities, [GuardRule.belowBusy, .hostShort]).map {
          .init(severity: $0, rule: $1, text: "")
        })
    }
    #expect(verdict([]).refusal == nil && verdict([.warn, .warn]).refusal == nil)
    #expect(verdict([.warn, .refuse]).refusal == .hostShort)
    #expect(verdict([.never, .refuse]).refusal == .belowBusy)
  }
}
