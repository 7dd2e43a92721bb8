import MemtopCore
import Testing

@testable import MemtopRecording

/// What stands in recordings is for ever: these texts change with no name in the code.
@Suite("Words and numbers of the file", .timeLimit(.minutes(30))) struct StoredWordTests {
  @Test("tables")
  func tables() {
    #expect(
      RecordTable.allCases.map(\.name) == [
        "base", "report", "allocation", "balloon", "limits", "state",
      ])
  }

  /// What was recorded from the first; later columns may only follow.
  @Test("columns of the tables")
  func columns() {
    #expect(
      RecordTable.base.firstColumns == [
        "reported_at", "allocation", "target", "busy", "available", "cache", "swap_used",
        "swap_in_rate", "swap_out_rate", "static_max", "dynamic_min", "dynamic_max", "max_pages",
        "claim", "videoram", "pressure", "state", "phase", "phase_since", "started_from",
        "rest_offset", "has_followed", "self_ballooning", "free", "total", "swap_total",
        "psi_some", "psi_full", "swap_in", "swap_out", "seq",
      ])
    #expect(
      RecordTable.report.firstColumns == [
        "available", "free", "cache", "swap_used", "swap_in", "swap_out", "psi_some", "psi_full",
        "total", "swap_total",
      ])
    #expect(RecordTable.allocation.firstColumns == ["allocation"])
    #expect(
      RecordTable.balloon.firstColumns == [
        "target", "max_pages", "phase", "phase_since", "started_from", "rest_offset",
        "has_followed",
      ])
    #expect(
      RecordTable.limits.firstColumns == [
        "static_max", "dynamic_min", "dynamic_max", "claim", "videoram",
      ])
    #expect(RecordTable.state.firstColumns == ["state", "pressure", "self_ballooning"])
  }

  @Test("every number that is recorded has its column in base, and in the table of its group")
  func groups() {
    for number in StoredNumber.table where number.group != .unrecorded {
      let tables = RecordTable.allCases.filter { $0.columns.contains { $0.sql == number.sql } }
      #expect(tables.contains(.base), "\(number.sql)")
      #expect(tables == RecordTable.allCases.filter { $0.holds(number.group) }, "\(number.sql)")
    }
    for table in RecordTable.allCases {
      #expect(table.columns.count == table.firstColumns.count + table.laterColumns.count)
    }
  }

  @Test("words, there and back")
  func words() {
    #expect(DomainKind.allCases.map(\.stored) == ["pv", "hvm", "pvh"])
    #expect(
      ReportDialect.allCases.map(\.stored) == ["memtop", "xenballoond", "qubes", "xapi", "proc"])
    #expect(TargetOwner.allCases.map(\.stored) == ["xapi", "squeezed", "qmemman"])
    #expect(RegulatorTurn.allCases.map(\.stored) == ["started", "ended", "silent", "back"])
    #expect(DomainKind.allCases.map { DomainKind(stored: $0.stored) } == DomainKind.allCases)
    #expect(
      ReportDialect.allCases.map { ReportDialect(stored: $0.stored) } == ReportDialect.allCases)
    #expect(TargetOwner.allCases.map { TargetOwner(stored: $0.stored) } == TargetOwner.allCases)
    #expect(
      RegulatorTurn.allCases.map { RegulatorTurn(stored: $0.stored) } == RegulatorTurn.allCases)
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
