import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

@Suite(.timeLimit(.minutes(30))) struct HostSummaryTests {
  private static func text(_ domains: [DomainSample], width: Int) -> String {
    HostSummary([.init(domains)], domains: domains.count).line(width: width).pieces.map(\.text)
      .joined()
  }

  /// A host like the demo's: something of everything wrong, two domains that are not up.
  static let troubled: [DomainSample] =
    (0..<13).map { Samples.domain($0, "g\($0)", busy: .gib(1)) } + [
      Samples.domain(20, "wiki", pressure: nil, health: .stale),
      Samples.domain(21, "legacy", pressure: nil, health: .silent),
      Samples.domain(22, "tenant9", pressure: nil, health: .implausible("lies")),
      Samples.domain(23, "ci", pressure: nil, state: .booting, health: .silent),
      Samples.domain(24, "test-vm", pressure: nil, state: .paused, health: .silent),
      Samples.domain(
        25, "db2", busy: .gib(2), swap: .mib(1500), swapIn: .mib(41), pressure: .thrashing),
      Samples.domain(26, "web3", busy: .mib(1900), pressure: .tight),
      Samples.domain(27, "build7", busy: .mib(1900), pressure: .tight),
    ]

  @Test("before all is read, nothing is said of reports, swap and pressure")
  func partlyRead() {
    var domains = [Samples.domain(3, "a"), Samples.domain(4, "b")]
    domains[1].state = .reading
    let line = HostSummary([.init(domains)], domains: domains.count).line(width: 100).pieces.map(
      \.text
    ).joined()
    #expect(line == "2 domains, not read from xenstore yet")
  }

  @Test(
    "where it is narrow, what is well goes first and what is wrong last",
    arguments: [
      (
        160,
        "21 domains: 16 reporting, 1 stale, 1 silent, 1 implausible, 1 paused, 1 booting"
          + "   swap 1.46G used, swap-in 41M/s   db2 thrashing, web3 tight, build7 tight"
      ),
      (
        140,
        "21 domains: 16 reporting, 1 stale, 1 silent, 1 implausible"
          + "   swap 1.46G used, swap-in 41M/s   db2 thrashing, web3 tight, build7 tight"
      ),
      (
        120,
        "21 domains: 1 stale, 1 silent, 1 implausible   swap 1.46G used, swap-in 41M/s"
          + "   db2 thrashing, web3 tight, build7 tight"
      ),
      (
        110,
        "1 stale, 1 silent, 1 implausible   swap 1.46G used, swap-in 41M/s"
          + "   db2 thrashing, web3 tight, build7 tight"
      ),
      (
        104,
        "1 stale, 1 silent, 1 implausible   swap 1.46G used, swap-in 41M/s"
          + "   db2 thrashing, web3 tight, 1 more"
      ),
      (80, "1 stale, 1 silent, 1 implausible  swap-in 41M/s  db2 thrashing, 2 more"),
      (60, "1 stale, 1 silent, 1 implausible  db2 thrashing, 2 more"),
      (40, "3 bad reports  db2 thrashing, 2 more"),
    ])
  func narrow(width: Int, text: String) {
    #expect(Self.text(Self.troubled, width: width) == text)
  }

  @Test("whatever the width, it fits, and says that reports are bad and that someone is pressed")
  func alarms() {
    for width in 36...220 {
      let text = Self.text(Self.troubled, width: width)
      #expect(TextWidth.columns(of: text) <= width)
      let saysReports = text.contains("1 stale, 1 silent, 1 implausible")
      #expect(saysReports || text.contains("3 bad reports"), "\(width): \(text)")
      #expect(text.contains("db2 thrashing"), "\(width): \(text)")
    }
  }

  @Test("a thousand under pressure are counted, and told of at once")
  func crowd() {
    let many = (0..<1000).map { Samples.domain($0, "vm\($0)", busy: .gib(1), pressure: .tight) }
    #expect(
      Self.text(many, width: 80)
        == "1000 domains: 1000 reporting   no swap used   vm0 tight, vm1 tight, 998 more")
    for width in 40...120 {
      #expect(TextWidth.columns(of: Self.text(many, width: width)) <= width)
    }
  }

  @Test("a host where all is well says so, as far as there is room")
  func well() {
    let domains = (0..<3).map { Samples.domain($0, "g\($0)", busy: .gib(1)) }
    #expect(
      Self.text(domains, width: 80)
        == "3 domains, all reporting   no swap used   no memory pressure")
    #expect(Self.text(domains, width: 40) == "3 domains")
    for width in 9...90 { #expect(!Self.text(domains, width: width).isEmpty) }
  }

  @Test("a domain that boots, is paused or has ended is not called silent")
  func away() {
    for state in DomainState.allCases where ![.running, .stuck, .reading].contains(state) {
      let domains = [
        Samples.domain(1, "a", busy: .gib(1)),
        Samples.domain(2, "b", pressure: nil, state: state, health: .silent),
      ]
      let text = Self.text(domains, width: 120)
      #expect(text.hasPrefix("2 domains: 1 reporting, 1 \(state.rawValue)"), "\(text)")
      #expect(!text.contains("silent"))
    }
  }
}
