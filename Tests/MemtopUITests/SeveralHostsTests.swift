import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

@Suite("several hosts on one screen", .timeLimit(.minutes(30))) struct SeveralHostsTests {
  /// In this order, whichever test runs first.
  private static let hosts = ["xen1", "xen2", "xen3"].map { HostNumber.named($0) }
  static let (xen1, xen2, xen3) = (hosts[0], hosts[1], hosts[2])

  /// The twelve domains of `Samples`, as those of a host.
  static func domains(of host: HostNumber, _ domains: [DomainSample] = Samples.twelve)
    -> [DomainSample]
  {
    domains.map { sample in
      var sample = sample
      let facts = sample.facts
      sample.id = DomainID(domid: sample.id.domid, uuid: sample.id.uuid, host: host)
      sample.facts = DomainFacts(
        name: facts.name, osName: facts.osName, kernel: facts.kernel, ipv4: facts.ipv4,
        host: host.name)
      return sample
    }
  }

  static func snapshot(
    second: HostShare.Link = .current, third: HostShare.Link = .lost(why: "Connection refused"),
    free: Bytes = .gib(9), after: Span = .zero
  ) -> Snapshot {
    let one = Samples.host()
    var other = one.host
    other.free = other.promised + free
    let steady = Samples.steady + after
    func share(_ number: HostNumber, _ memory: HostMemory?, _ link: HostShare.Link) -> HostShare {
      HostShare(
        number: number, name: number.name!, memory: memory, link: link,
        sampledAt: memory == nil ? nil : steady)
    }
    return Snapshot(
      time: Samples.start + after, steady: steady,
      hosts: [
        (share(xen2, other, second), domains(of: xen2)), (share(xen3, nil, third), []),
        (share(xen1, one.host, .current), domains(of: xen1)),
      ])
  }

  static func id(_ domid: UInt16, _ host: HostNumber) -> DomainID {
    let id = Samples.id(domid)
    return DomainID(domid: domid, uuid: id.uuid, host: host)
  }

  @Test("without a domain F does not know the host, and says so")
  func freeNowhere() throws {
    var board = Dashboard(snapshot: Self.snapshot(), filter: try Filter("zzz"))
    board.press("F")
    #expect(board.state.mode == .list)
    #expect(board.state.message?.text == "Select a domain first: F frees memory on its host")
  }

  @Test("domains of the same domid and uuid on two hosts are two domains")
  func identity() {
    let snapshot = Self.snapshot()
    #expect(snapshot.domains.count == 24)
    #expect(
      zip(snapshot.domains, snapshot.domains.dropFirst()).allSatisfy { $0.id.place < $1.id.place })
    for host in [Self.xen1, Self.xen2] {
      #expect(snapshot.domain(Self.id(5, host))?.facts.host == host.name)
      #expect(snapshot.of(host).domains.map(\.id.host) == .init(repeating: host, count: 12))
      #expect(HistoryKey(Self.id(0, host)) != HistoryKey(Samples.id(0)))
    }
    #expect(snapshot.of(Self.xen3).domains.isEmpty)
    #expect(snapshot.domain(Samples.id(5)) == nil)
    #expect(snapshot.host.total == .gib(128))
  }

  @Test("hosts of similar names are told apart at every width", arguments: [40, 80, 120, 200])
  func similar(columns: Int) {
    let snapshot = Self.similar(["database-fra-01", "database-fra-02"])
    let rows = Dashboard(columns: columns, rows: 24, snapshot: snapshot).frame()
      .split(separator: "\n").filter { $0.contains("web1 ") && !$0.contains(": ") }
    #expect(Set(rows).count == 2, "\(rows)")
    if columns >= 80 { #expect(rows.contains { $0.contains("database-fra-02") }, "\(rows)") }
    var board = Dashboard(columns: columns, rows: 24, snapshot: snapshot)
    board.press("/")
    board.type("web1")
    board.press("Enter", "e")
    if columns >= 120 { #expect(board.frame().contains("Target for web1 on database-fra-0")) }
  }

  private static func similar(_ names: [String]) -> Snapshot {
    let hosts = names.map { name in
      let number = HostNumber.named(name)
      return (
        HostShare(
          number: number, name: name, memory: Samples.host().host, link: .current,
          sampledAt: Samples.steady), domains(of: number, [Samples.twelve[1]])
      )
    }
    return Snapshot(time: Samples.start, steady: Samples.steady, hosts: hosts)
  }

  @Test("where no host answers, nothing is said to be well")
  func unanswered() {
    let number = HostNumber.named("xen1")
    let share = HostShare(
      number: number, name: "xen1", memory: nil, link: .lost(why: "Connection refused"),
      sampledAt: nil)
    let snapshot = Snapshot(
      time: Samples.start, steady: Samples.steady, hosts: [(share, []), (share, [])])
    let frame = Dashboard(columns: 120, snapshot: snapshot).frame()
    #expect(frame.contains("no host responds") && !frame.contains("all reporting"), "\(frame)")
    // Their memory is not known: it is not nothing.
    #expect(frame.contains("\nHosts ?\n") && !frame.contains("free 0"), "\(frame)")
  }

  @Test("F stays with the host that it was pressed for")
  func freeing() {
    var board = Dashboard(columns: 120, rows: 40, snapshot: Self.snapshot())
    board.press("/")
    board.type("host:xen2")
    board.press("Enter", "F")
    #expect(board.frame().contains("on xen2"))
    board.send(.snapshot(Self.snapshot(second: .late(since: Samples.steady), after: .seconds(1))))
    board.type("20G")
    board.press("Enter")
    #expect(board.frame().contains("xen2 does not respond"), "\(board.frame())")
  }

  @Test("events name their domain and its host whole")
  func events() {
    var snapshot = Self.snapshot()
    snapshot.events = ["web1", "web2"].enumerated().map { index, name in
      HostEvent(
        time: Samples.start, domain: Self.id(UInt16(index + 1), Self.xen2), name: name,
        kind: .started)
    }
    let history = History()
    history.append(snapshot)
    var board = Dashboard(columns: 120, rows: 40, snapshot: snapshot, history: history)
    board.press("E")
    #expect(board.frame().contains("web1 on xen2 started"), "\(board.frame())")
  }

  @Test("the screen of several hosts", arguments: [(120, 40), (80, 24), (40, 8)])
  func golden(columns: Int, rows: Int) {
    let board = Dashboard(columns: columns, rows: rows, snapshot: Self.snapshot())
    Golden.check(board.frame(), "hosts-\(columns)x\(rows)")
  }

  @Test("of many hosts, those that need somebody have a line, and the others are counted")
  func many() {
    let hosts = (0..<40).map { index in
      let number = HostNumber.named("node\(index)")
      let link: HostShare.Link =
        index == 37 ? .lost(why: "Host key verification failed.") : .current
      let domains = Self.domains(of: number, index == 31 ? Samples.twelve : [Samples.twelve[1]])
      return (
        HostShare(
          number: number, name: number.name!, memory: Samples.host().host, link: link,
          sampledAt: Samples.steady), domains
      )
    }
    let snapshot = Snapshot(time: Samples.start, steady: Samples.steady, hosts: hosts)
    let frame = Dashboard(columns: 100, rows: 24, snapshot: snapshot).frame()
    let lines = frame.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines[3].hasPrefix("node37  64.0G") && lines[3].contains("Host key verification"))
    #expect(lines[4].hasPrefix("node31  64.0G"))
    #expect(lines[8] == "and 35 more hosts")
  }

  @Test("a host that does not answer is dim, and nothing is staged on its old figures")
  func silent() {
    var board = Dashboard(
      columns: 120, rows: 40, snapshot: Self.snapshot(second: .late(since: Samples.steady)))
    board.press("/")
    board.type("host:xen2 web1")
    board.press("Enter")
    #expect(board.frame().contains("no figures for"))
    board.press("]")
    #expect(board.state.staging.isEmpty)
    #expect(board.frame().contains("Cannot stage on old figures: xen2 does not respond"))
    let current = board.state.live!.current
    #expect(current.domains.allSatisfy { $0.id.host == Self.xen1 })
    #expect(current.host.total == .gib(64))
  }

  @Test("each order is judged by its own host's memory, and the review says it of each host")
  func review() {
    var board = Dashboard(columns: 120, rows: 40, snapshot: Self.snapshot(free: .mib(300)))
    board.press("/")
    board.type("web2")
    board.press("Enter", "Space", "Space", "e")
    board.type("+1G")
    board.press("Enter", "Enter")
    let rows = board.state.pages.review!.rows
    #expect(rows.map(\.order.domain.host).sorted() == [Self.xen1, Self.xen2])
    let severity = Dictionary(
      uniqueKeysWithValues: rows.map { ($0.order.domain.host, $0.verdict.severity) })
    #expect(severity[Self.xen1] == .allow)
    #expect(severity[Self.xen2] == .refuse)
    #expect(board.frame().contains("web2 on xen1  ") && board.frame().contains("web2 on xen2  "))
    let alone = rows.filter { $0.order.domain.host == Self.xen1 }
    let text = ReviewText(
      review: Review(rows: alone, stage: .ready, askedAt: Samples.steady),
      snapshot: board.state.live!, glyphs: .unicode, width: 100, rows: 20
    ).lines().map { $0.pieces.map(\.text).joined() }
    #expect(text.contains { $0.hasPrefix("Free on xen1 (not promised): ") })
  }

  @Test("F frees on the host of the selected domain, with that host's guests alone")
  func free() {
    var board = Dashboard(columns: 120, rows: 40, snapshot: Self.snapshot(free: .gib(1)))
    board.press("/")
    board.type("host:xen2")
    board.press("Enter", "F")
    #expect(board.frame().contains("How much should be free on xen2 (now 1.00G)"))
    board.type("2G")
    board.press("Enter")
    let orders = board.state.staging.orders
    #expect(!orders.isEmpty && orders.allSatisfy { $0.domain.host == Self.xen2 })
  }

  @Test("advice is what each host would give by itself")
  func advice() {
    let snapshot = Self.snapshot(free: .mib(10))
    let together = Advisor.advise(snapshot)
    for host in [Self.xen1, Self.xen2] {
      let part = snapshot.of(host)
      let alone = Advisor.advise(part)
      for sample in part.domains {
        #expect(together.advice(for: sample.id) == alone.advice(for: sample.id))
      }
    }
  }

  @Test("neither the regulator nor a nudge is for a screen of several hosts, and both say so")
  func elsewhere() {
    for key in ["M", "w"] {
      var board = Dashboard(columns: 120, rows: 40, snapshot: Self.snapshot())
      board.press("/")
      board.type("host:xen1 mail")
      board.press("Enter", key)
      #expect(board.state.staging.isEmpty && board.effects.isEmpty)
      #expect(board.frame().contains("own host: run memtop there"), "\(key)")
    }
  }

  @Test("a refusal says on which host it can be overridden")
  func override() {
    var board = Dashboard(columns: 120, rows: 40, snapshot: Self.snapshot(free: .mib(300)))
    board.press("/")
    board.type("host:xen2 web2")
    board.press("Enter", "e")
    board.type("+1G")
    board.press("Enter", "Enter")
    #expect(
      board.frame().contains("in a shell on xen2: memtop set web2 3G --force"), "\(board.frame())")
  }

  @Test("of the past of several hosts nobody knows what each had free, and nothing is advised")
  func past() {
    var snapshot = Self.snapshot()
    snapshot.hosts = []
    #expect(snapshot.isOfSeveral)
    let part = snapshot.of(Self.xen2)
    #expect(part.domains.count == 12 && part.host.isUnknown)
    let table = Advisor.advise(snapshot)
    #expect(
      snapshot.domains.allSatisfy { table.advice(for: $0.id) == .failure(NoAdvice(.hostUnknown)) })
    #expect(part.of(Self.xen2).domains.count == 12)
  }
}
