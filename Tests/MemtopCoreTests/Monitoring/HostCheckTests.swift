import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

@Suite("what a monitoring plugin says", .timeLimit(.minutes(30)))
struct HostCheckTests {
  private func check(
    _ domains: [DomainSample], _ change: (inout HostCheck.Limits) -> Void = { _ in }
  ) -> HostCheck {
    var limits = HostCheck.Limits()
    change(&limits)
    return HostCheck(Samples.host(domains), limits)
  }

  private func guest(_ pressure: Pressure?, _ health: ReportHealth = .fresh) -> DomainSample {
    Samples.domain(5, "db2", busy: .gib(1), pressure: pressure, health: health)
  }

  @Test("the worst pressure decides, by the levels that were asked for")
  func pressure() {
    #expect(check([guest(.tight)]).status == .ok)
    #expect(check([guest(.short)]).status == .warning)
    #expect(check([guest(.thrashing)]).status == .critical)
    #expect(
      check([guest(.tight)]) { $0.pressure = .init(warning: .tight, critical: .short) }.status
        == .warning)
    #expect(
      check([guest(.thrashing)]) { $0.pressure = .init(warning: nil, critical: nil) }.status == .ok)
    #expect(
      check([guest(.thrashing)]) { $0.pressure = .init(warning: .short, critical: nil) }.status
        == .warning)
    #expect(check([guest(.thrashing)]).line.hasPrefix("MEMTOP CRITICAL: db2 thrashing | "))
  }

  @Test("less than the guard's reserve is a warning; other levels are amounts or shares")
  func free() {
    let filled = Samples.domain(5, "big", alloc: .gib(63), max: .gib(63), busy: .gib(1))
    #expect(check([filled]).status == .warning)
    #expect(check([filled]) { $0.free = .init(warning: nil, critical: nil) }.status == .ok)
    let share = check([filled]) {
      $0.free = .init(warning: .percent(thousandths: 5_000), critical: .percent(thousandths: 2_000))
    }
    #expect(share.status == .critical && share.line.contains("less than 1.28G"))
    #expect(
      check([filled]) { $0.free = .init(warning: .amount(.mib(10)), critical: nil) }.status == .ok)
  }

  @Test("reports that cannot be used are counted; silent guests are not")
  func stale() {
    #expect(check([guest(nil, .stale)]).status == .warning)
    #expect(check([guest(nil, .implausible("says too much"))]).status == .warning)
    #expect(check([guest(nil, .silent)]).status == .ok)
    #expect(check([guest(.ok, .unknownAge)]).status == .ok)
    // Its figures may be of yesterday.
    #expect(check([guest(.thrashing, .stale)]).status == .warning)
    #expect(
      check([guest(nil, .stale)]) { $0.unusable = .init(warning: 2, critical: nil) }.status == .ok)
    #expect(
      check([guest(nil, .stale)]) { $0.unusable = .init(warning: 1, critical: 1) }.status
        == .critical)
  }

  @Test("the old report of a guest that does not run is no report to be missed")
  func notRunning() {
    for state in [DomainState.paused, .crashed, .dying, .shutdown, .running, .migrating] {
      var quiet = guest(nil, .stale)
      quiet.state = state
      let isMissed = state == .running || state == .migrating
      #expect((Condition(quiet).word == .stale) == isMissed, "\(state)")
      #expect(check([quiet]).line.contains(" 'unusable'=\(isMissed ? 1 : 0);"), "\(state)")
    }
  }

  @Test("a domain that has crashed is a warning, by its name")
  func crashed() {
    var dead = guest(nil, .silent)
    dead.state = .crashed
    #expect(check([dead]).status == .warning)
    #expect(check([dead]).line.hasPrefix("MEMTOP WARNING: \(dead.name) crashed |"))
    #expect(check([dead]) { $0.crashed = .init(warning: nil, critical: nil) }.status == .ok)
    #expect(check([dead]) { $0.crashed = .init(warning: 1, critical: 1) }.status == .critical)
  }

  @Test("silent means what it means on the screen")
  func silent() throws {
    for state in DomainState.allCases {
      var quiet = guest(nil, .silent)
      quiet.state = state
      let screen = HostSummary.Counts([quiet]).ofHealth.reduce(0, +)
      #expect(check([quiet]).line.contains(" 'silent'=\(screen);"), "\(state)")
    }
  }

  @Test("silent guests are a warning only where that was asked for, by their names")
  func silentLevels() {
    let quiet = guest(nil, .silent)
    #expect(check([quiet]).status == .ok)
    #expect(check([quiet]).line.contains(" 'silent'=1;;;0"))
    let warned = check([quiet]) { $0.silent = .init(warning: 1, critical: 3) }
    #expect(warned.status == .warning)
    #expect(warned.line.hasPrefix("MEMTOP WARNING: \(quiet.name) silent |"))
    #expect(warned.line.contains(" 'silent'=1;0;2;0"))
    #expect(check([quiet]) { $0.silent = .init(warning: 1, critical: 1) }.status == .critical)
    var booting = quiet
    booting.state = .booting
    #expect(check([booting]) { $0.silent = .init(warning: 1, critical: nil) }.status == .ok)
  }

  @Test("what is critical is told before what is unknown, and that before a warning")
  func order() {
    #expect(HostCheck.Status.warning < .unknown && HostCheck.Status.unknown < .critical)
    var snapshot = Samples.host([guest(.short)])
    snapshot.problem = "it does not answer"
    let check = HostCheck(snapshot, .init())
    #expect(check.status == .unknown)
    #expect(
      check.line.hasPrefix(
        "MEMTOP UNKNOWN: xenstore cannot be read: it does not answer; warning: db2"))
  }

  @Test("performance data have their levels, and a line is one line whatever names guests have")
  func line() {
    let names = ["a|b", "c\nd", "e\u{1B}[2J", "f'g", "h=1;2"]
    let domains = names.enumerated().map {
      Samples.domain(UInt16($0 + 1), $1, busy: .gib(1), pressure: .thrashing)
    }
    let line = check(domains).line
    #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
    #expect(line.count { $0 == "|" } == 1)
    let data = line.split(separator: "|").last!.split(separator: " ")
    #expect(
      data.map { $0.prefix { $0 != "=" } } == [
        "'free'", "'guests'", "'tight'", "'short'", "'thrashing'", "'unusable'",
        "'crashed'", "'silent'",
      ])
    for word in data {
      #expect(
        word.wholeMatch(of: /'[a-z]+'=[0-9]+B?;[0-9]*:?;[0-9]*:?;[0-9]*(;[0-9]*)?/) != nil,
        "\(word)")
    }
    #expect(data[4] == "'thrashing'=5;0;0;0")
  }

  @Test("of many guests in trouble some are named and the others counted")
  func many() {
    let domains = (1...40).map {
      Samples.domain(UInt16($0), "guest\($0)", alloc: .mib(64), busy: .mib(10), pressure: .short)
    }
    let line = check(domains).line
    #expect(line.contains("guest5 short and 35 more"))
    #expect(line.utf8.count < 1000)
    let long = String(repeating: "x", count: 2_000)
    #expect(HostCheck.unknown(long).line.utf8.count < 1000)
  }

  @Test("nothing is wrong: how many there are, and what is free")
  func fine() {
    let line = check([guest(.ok)]).line
    #expect(line.hasPrefix("MEMTOP OK: 1 guest, 1 reporting, none under pressure; "))
  }
}
