import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

@Suite("what a screen says of each of several hosts", .timeLimit(.minutes(30)))
struct HostLinesTests {
  @Test("the past says what is known of it: which hosts answered, and how their guests were")
  func pastHosts() throws {
    let history = History()
    let second = SeveralHostsTests.snapshot(after: .seconds(1)).current
    history.append(
      SeveralHostsTests.snapshot(second: .late(since: Samples.steady), third: .current).current)
    history.append(second)
    let before = try #require(history.snapshot(at: Samples.steady))
    #expect(before.missing == [SeveralHostsTests.xen2])
    let past = try #require(history.snapshot(at: second.steady))
    #expect(
      past.missing == [SeveralHostsTests.xen3]
        && past.hosts.map(\.number) == second.hosts.map(\.number))
    let frame = Dashboard(columns: 120, rows: 40, snapshot: past).frame()
    #expect(!frame.contains("no host responds") && frame.contains("24 domains: "), "\(frame)")
    #expect(frame.contains("\nxen3  did not respond\n"), "\(frame)")
    #expect(frame.contains("\nxen1  12 domains    db2 thrashing\n"), "\(frame)")
    // A recording of before tells only of those that answered.
    var old = past
    old.hosts = []
    #expect(!Dashboard(columns: 120, snapshot: old).frame().contains("no host responds"))
  }

  @Test("a host that is low on free memory comes before hosts in which all is well, and says so")
  func low() {
    let hosts = ["xen1", "xen2", "xen3"].map { name in
      let number = HostNumber.named(name)
      var memory = Samples.host().host
      if name == "xen3" { memory.free = memory.promised + memory.claimed + .mib(100) }
      return (
        HostShare(
          number: number, name: name, memory: memory, link: .current, sampledAt: Samples.steady),
        SeveralHostsTests.domains(of: number, [Samples.twelve[1]])
      )
    }
    let snapshot = Snapshot(time: Samples.start, steady: Samples.steady, hosts: hosts)
    let lines = Dashboard(columns: 100, snapshot: snapshot).frame().split(separator: "\n")
    #expect(lines[3].hasPrefix("xen3 ") && lines[3].hasSuffix("low on free memory"), "\(lines[3])")
    #expect(lines[4].hasSuffix("all ok"))
  }

  @Test("hosts that the filter names come first, and the selected domain's host has a line")
  func asked() {
    let hosts = (10..<40).map { index in
      let number = HostNumber.named("h\(index)")
      let link: HostShare.Link = index == 39 ? .lost(why: "Connection refused") : .current
      return (
        HostShare(
          number: number, name: number.name!, memory: Samples.host().host, link: link,
          sampledAt: Samples.steady), SeveralHostsTests.domains(of: number, [Samples.twelve[1]])
      )
    }
    let snapshot = Snapshot(time: Samples.start, steady: Samples.steady, hosts: hosts)
    var board = Dashboard(columns: 100, snapshot: snapshot)
    func lines() -> [Substring] {
      board.frame().split(separator: "\n", omittingEmptySubsequences: false)
    }
    #expect(lines()[3].hasPrefix("h39 ") && lines()[4].hasPrefix("h10 "))
    board.press("G", "Up")
    let last = board.state.selected!.id.host.name!
    #expect(lines()[4].hasPrefix("h10 ") && lines()[7].hasPrefix(last + " "), "\(board.frame())")
    board.press("/")
    board.type("host:h3 !host:h39")
    board.press("Enter")
    #expect(lines()[3].hasPrefix("h30 ") && lines()[4].hasPrefix("h31 "), "\(board.frame())")
    #expect(lines()[8] == "and 25 more hosts")
  }

  @Test("figures of a host that does not answer are marked by more than their colour")
  func old() {
    let late = SeveralHostsTests.snapshot(second: .late(since: Samples.steady), after: .seconds(41))
    var board = Dashboard(columns: 120, rows: 40, snapshot: late)
    let rows = board.frame().split(separator: "\n").filter { $0.contains(" web1 ") }
    #expect(rows.contains { $0.contains(" xen1 ") && $0.contains(" ok  ") }, "\(rows)")
    #expect(rows.contains { $0.contains(" xen2 ") && $0.contains(" ok? ") }, "\(rows)")
    board.press("/")
    board.type("host:xen2 db2")
    board.press("Enter", "Enter")
    let page = board.frame()
    #expect(page.contains("xen2 does not respond; these figures are"), "\(page)")
    #expect(!page.contains("fresh"), "\(page)")
  }

  @Test("the help says how to see one host, and which keys are for a host of its own")
  func help() {
    var board = Dashboard(columns: 120, rows: 80, snapshot: SeveralHostsTests.snapshot())
    board.press("?")
    #expect(board.frame().contains("host:xen1") && board.frame().contains(" M w "))
    var one = Dashboard(columns: 120, rows: 80)
    one.press("?")
    #expect(!one.frame().contains("host:xen1"))
  }
}
