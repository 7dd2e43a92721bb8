import Testing

@testable import MemtopCore
@testable import TestSupport

@Suite("what a scrape gets", .timeLimit(.minutes(30)))
struct MetricsPageTests {
  private let figures = ExporterFigures(
    version: "0.1", collection: Span(milliseconds: 12),
    processes: [.init(command: "export", cpu: Span(milliseconds: 1_230), resident: .mib(9))])

  private func text(_ snapshot: Snapshot?, _ format: MetricsFormat = .plain) -> String {
    String(decoding: MetricsPage(snapshot, figures).text(format), as: UTF8.self)
  }

  private func lines(_ snapshot: Snapshot?, _ format: MetricsFormat = .plain) -> [String] {
    text(snapshot, format).split(separator: "\n").map(String.init)
  }

  private func values(_ lines: [String]) -> [String] { lines.filter { !$0.hasPrefix("#") } }

  @Test(
    "both formats have the same values; the newer one has units and an end, the older has neither")
  func formats() {
    let (plain, open) = (lines(Samples.host()), lines(Samples.host(), .openMetrics))
    #expect(values(plain) == values(open))
    #expect(open.last == "# EOF" && open.count { $0 == "# EOF" } == 1)
    #expect(open.contains("# UNIT memtop_domain_busy_bytes bytes"))
    #expect(!plain.contains { $0.hasPrefix("# UNIT") || $0.hasPrefix("# EOF") })
    #expect(plain.contains("# TYPE memtop_process_cpu_seconds_total counter"))
    #expect(open.contains("# TYPE memtop_process_cpu_seconds counter"))
    #expect(plain.contains("# TYPE memtop_domain_info gauge"))
    #expect(open.contains("# TYPE memtop_domain info"))
    #expect(open.contains("# TYPE memtop_domain_pressure stateset"))
  }

  @Test("every unit ends its family's name, and every value belongs to the head above it")
  func names() throws {
    var family = ""
    for line in lines(Samples.host(), .openMetrics).dropLast() {
      let words = line.split(separator: " ").map(String.init)
      if line.hasPrefix("# TYPE ") { family = words[2] }
      if line.hasPrefix("# UNIT ") { #expect(words[2].hasSuffix("_" + words[3])) }
      if line.hasPrefix("#") { continue }
      let name = String(line.prefix { $0 != "{" && $0 != " " })
      #expect([family, family + "_total", family + "_info"].contains(name), "\(line)")
    }
  }

  @Test("what is unknown has no line: not zero")
  func unknown() {
    let silent = lines(Samples.host()).filter { $0.contains("domain=\"legacy\"") }
    #expect(silent.contains { $0.hasPrefix("memtop_domain_allocation_bytes{") })
    for name in [
      "busy_bytes", "available_bytes", "swap_in_bytes_per_second", "pressure{", "report_age",
    ] {
      #expect(!silent.contains { $0.hasPrefix("memtop_domain_\(name)") }, "\(name)")
    }
    #expect(
      silent.contains {
        $0.hasPrefix("memtop_domain_report_health{") && $0.contains("\"silent\"} 1")
      })
    // A report that is not believed has no figures either.
    #expect(
      !lines(Samples.host()).contains {
        $0.hasPrefix("memtop_domain_busy_bytes{") && $0.contains("\"liar\"")
      })
  }

  @Test("a host that cannot be read is down, and nothing else is said of it")
  func down() {
    let values = values(lines(nil))
    #expect(values.contains("memtop_up 0"))
    #expect(values.allSatisfy { !$0.contains("memtop_host") && !$0.contains("memtop_domain") })
    #expect(self.values(lines(Samples.host())).contains("memtop_up 1"))
  }

  @Test("ratios, rates, counters and words are what the fields say")
  func figuresOfADomain() throws {
    var domain = Samples.domain(7, "db2", busy: .gib(1), pressure: .thrashing)
    domain.report?.swapIn = .mib(3)
    let found = Set(lines(Samples.host([domain])))
    let labels = "host=\"xen1\",domain=\"db2\",uuid=\"\(domain.id.uuid)\""
    #expect(found.contains("memtop_domain_psi_some_ratio{\(labels)} 0.4210"))
    #expect(found.contains("memtop_domain_swap_in_bytes_total{\(labels)} 3145728"))
    #expect(found.contains("memtop_domain_report_age_seconds{\(labels)} 1.000"))
    #expect(
      found.contains("memtop_domain_pressure{\(labels),memtop_domain_pressure=\"thrashing\"} 1"))
    #expect(found.contains("memtop_domain_pressure{\(labels),memtop_domain_pressure=\"ok\"} 0"))
    #expect(found.contains("memtop_process_cpu_seconds_total{process=\"export\"} 1.230"))
  }

  @Test("names that could end a label or a line, or command a terminal, cannot")
  func hostile() throws {
    let names = ["a\"b", "c\\d", "e\nmemtop_up 0", "f\u{1B}[31m\u{7}\u{0}", "g\u{202E}h", "{},=\""]
    var snapshot = Samples.host(
      names.enumerated().map { Samples.domain(UInt16($0 + 1), $1, busy: .gib(1)) })
    snapshot.host.hostname = "x\"\n#"
    for format in MetricsFormat.allCases {
      let bytes = MetricsPage(snapshot, figures).text(format)
      #expect(bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A })
      for line in values(lines(snapshot, format)) {
        #expect(
          line.wholeMatch(
            of: /[a-z0-9_]+(\{([a-z_]+="([^"\\\n]|\\\\|\\"|\\n)*",?)+\})? [0-9.]+/) != nil,
          "\(line)")
      }
      let text = text(snapshot, format)
      #expect(text.contains(#"domain="a\"b""#) && text.contains(#"domain="c\\d""#))
      #expect(text.contains(#"domain="e\nmemtop_up 0""#) && text.contains(#"host="x\"\n#""#))
      #expect(text.contains(#"domain="f\\x1b[31m\\x07\\x00""#))
      #expect(!text.contains("\u{202E}"))
    }
  }

  @Test("two domains of one name and uuid are told apart by their domids, and no others are")
  func twins() {
    let twin = { (domid: UInt16, name: String) in
      var domain = Samples.domain(domid, name, busy: .gib(1))
      domain.id = DomainID(domid: domid, uuid: DomainUUID(high: 1, low: 2))
      return domain
    }
    let found = values(lines(Samples.host([twin(3, "a"), twin(4, "a"), twin(5, "b")])))
    let names = found.map { $0.prefix(upTo: $0.lastIndex(of: " ")!) }
    #expect(Set(names).count == names.count)
    let busy = found.filter { $0.hasPrefix("memtop_domain_busy_bytes{") }
    #expect(busy.count == 3 && busy.count { $0.contains("domid=") } == 2)
  }

  @Test("whether the regulator runs; not until its sign of life was seen to change")
  func regulator() {
    let lines = { (health: RegulatorStatus.Health?) in
      var snapshot = Samples.host()
      snapshot.host.regulator = health.map { RegulatorStatus(pid: 1, guests: 4, health: $0) }
      return self.lines(snapshot)
    }
    for (health, word) in [(nil, "stopped"), (.alive, "running"), (.silent, "silent")]
      as [(RegulatorStatus.Health?, String)]
    {
      #expect(lines(health).contains { $0.hasSuffix("memtop_regulator_state=\"\(word)\"} 1") })
    }
    #expect(!lines(.unknown).contains { $0.contains("memtop_regulator_state") })
    #expect(lines(.alive).contains("memtop_regulator_domains{host=\"xen1\"} 4"))
  }
}
