import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

@Suite(.timeLimit(.minutes(30))) struct HighDomidTests {
  private static let domains = [12, 999, 1203, 12_034, 32_751, 65_535].map {
    Samples.domain(UInt16($0), "vm\($0)", busy: .mib(500), cache: .mib(200))
  }

  @Test("a domid is never cut, whatever the width", arguments: [48, 60, 80, 120, 200])
  func whole(columns: Int) {
    let frame = Dashboard(columns: columns, rows: 24, snapshot: Samples.host(Self.domains)).frame()
    let isCut = zip(frame, frame.dropFirst()).contains { $0.isNumber && $1 == "…" }
    #expect(!isCut, "\(frame)")
    guard columns >= 80 else { return }
    for sample in Self.domains { #expect(frame.contains("\(sample.id.domid) \(sample.name) ")) }
  }

  @Test("nor is it where another domain, of a host further down, is the last")
  func severalHosts() {
    var domains = Self.domains
    domains[5].id = DomainID(domid: 17, uuid: .zero, host: HostNumber.named("xen9"))
    let snapshot = Samples.host(domains)
    #expect(HostDigest(snapshot).longestID == 5)
    #expect(HostDigest(Samples.host([])).renewed(for: snapshot).longestID == 5)
  }

  @Test("at 80 columns the essential fields remain beside the highest domid")
  func eighty() {
    let shown = Set(ColumnLayout(width: 80, longestID: 5).columns.map(\.field.id))
    #expect(
      shown.isSuperset(of: [.id, .name, .alloc, .target, .busy, .avail, .swapin, .condition, .bar]))
  }

  @Test("where there is no room for domids, names that read the same still have them")
  func namesakes() {
    let domains = [3, 1203].map { Samples.domain(UInt16($0), "customer-acme-\($0)") }
    let frame = Dashboard(columns: 44, rows: 24, snapshot: Samples.host(domains)).frame()
    #expect(frame.contains("(3)") && frame.contains("(1203)"), "\(frame)")
  }
}
