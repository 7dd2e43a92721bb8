import MemtopCore
import Testing

@testable import MemtopRecording

/// What stands in recordings is for ever: these texts change with no name in the code.
@Suite("Words and numbers of the file") struct StoredWordTests {
  @Test("tables")
  func tables() {
    #expect(
      RecordTable.allCases.map(\.name) == [
        "base", "report", "allocation", "balloon", "limits", "state",
      ])
  }

  @Test("columns of the tables")
  func columns() {
    #expect(
      RecordTable.base.columns.map(\.sql) == [
        "reported_at", "allocation", "target", "busy", "available", "cache", "swap_used",
        "swap_in_rate", "swap_out_rate", "static_max", "dynamic_min", "dynamic_max", "max_pages",
        "claim", "videoram", "pressure", "state", "phase", "phase_since", "started_from",
        "rest_offset", "has_followed", "self_ballooning", "free", "total", "swap_total",
        "psi_some", "psi_full", "swap_in", "swap_out", "seq",
      ])
    #expect(
      RecordTable.report.columns.map(\.sql) == [
        "available", "free", "cache", "swap_used", "swap_in", "swap_out", "psi_some", "psi_full",
        "total", "swap_total",
      ])
    #expect(RecordTable.allocation.columns.map(\.sql) == ["allocation"])
    #expect(
      RecordTable.balloon.columns.map(\.sql) == [
        "target", "max_pages", "phase", "phase_since", "started_from", "rest_offset",
        "has_followed",
      ])
    #expect(
      RecordTable.limits.columns.map(\.sql) == [
        "static_max", "dynamic_min", "dynamic_max", "claim", "videoram",
      ])
    #expect(RecordTable.state.columns.map(\.sql) == ["state", "pressure", "self_ballooning"])
  }

  @Test("words, there and back")
  func words() {
    #expect(DomainKind.all.map(\.stored) == ["pv", "hvm", "pvh"])
    #expect(
      ReportDialect.all.map(\.stored) == ["memtop", "xenballoond", "qubes", "xapi", "proc"])
    #expect(TargetOwner.all.map(\.stored) == ["squeezed", "qmemman"])
    #expect(RegulatorTurn.all.map(\.stored) == ["started", "ended", "silent", "back"])
    #expect(DomainKind.all.map { DomainKind(stored: $0.stored) } == DomainKind.all)
    #expect(ReportDialect.all.map { ReportDialect(stored: $0.stored) } == ReportDialect.all)
    #expect(TargetOwner.all.map { TargetOwner(stored: $0.stored) } == TargetOwner.all)
    #expect(RegulatorTurn.all.map { RegulatorTurn(stored: $0.stored) } == RegulatorTurn.all)
    #expect(DomainKind(stored: "PV") == nil)
    let healths: [ReportHealth] = [
      .fresh, .unknownAge, .stale, .silent, .implausible("why"), .unreadable("why"),
    ]
    #expect(
      healths.map(\.stored) == [
        "fresh", "unknown age", "stale", "silent", "implausible", "unreadable",
      ])
    #expect(healths.map { ReportHealth(stored: $0.stored, reason: "why") } == healths)
    let lives: [DomainLife] = [.running, .paused, .dying, .shutDown(.crash), .shutDown(.softReset)]
    #expect(lives.map(\.stored) == ["running", "paused", "dying", "shutdown 3", "shutdown 5"])
    #expect(lives.map { DomainLife(stored: $0.stored) } == lives)
    #expect(Pressure.allCases.map(\.rawValue) == [0, 1, 2, 3])
  }
}
