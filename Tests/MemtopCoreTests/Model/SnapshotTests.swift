@testable import TestSupport
import Testing

@testable import MemtopCore

@Suite(.timeLimit(.minutes(30))) struct SnapshotTests {
  @Test(
    "a domain is found by domid and uuid together, wherever it stands", arguments: [0, 1, 2, 7])
  func lookup(count: Int) {
    let domains = (0..<count).map { TestHost.guest(UInt16($0 * 3 + 1)) }
    var snapshot = TestHost.snapshot([])
    snapshot.domains = DomainSamples(domains)
    for domain in domains {
      #expect(snapshot.domain(domain.id)?.id == domain.id)
      #expect(snapshot.domain(domid: domain.id.domid)?.id == domain.id)
      #expect(snapshot.domains(uuid: domain.id.uuid).map(\.id) == [domain.id])
      let stranger = DomainID(domid: domain.id.domid, uuid: DomainUUID(high: 0, low: 1))
      #expect(snapshot.domain(stranger) == nil)
      #expect(snapshot.domain(TestHost.id(domain.id.domid + 1)) == nil)
    }
    #expect(snapshot.domain(TestHost.id(0)) == nil)
    #expect(snapshot.domain(TestHost.id(UInt16.max)) == nil)
  }

  @Test("what the host can still promise is never less than nothing")
  func uncommitted() {
    let snapshot = TestHost.snapshot([TestHost.guest()], free: .gib(2)) {
      ($0.claimed, $0.promised) = (.mib(512), .mib(256))
    }
    #expect(snapshot.host.uncommitted == .mib(1280))
    var host = snapshot.host
    host.promised = .gib(9)
    #expect(host.uncommitted == .zero)
  }

  @Test("a verdict's worst finding stands first, and none is allowed")
  func verdict() {
    func finding(_ severity: Verdict.Severity, _ text: String) -> Verdict.Finding {
      .init(severity: severity, rule: .unchanged, text: text)
    }
    let verdict = Verdict(findings: [
      finding(.allow, "a"), finding(.never, "n"), finding(.warn, "w"), finding(.refuse, "r"),
    ])
    #expect(verdict.findings.map(\.text) == ["n", "r", "w", "a"])
    #expect(verdict.severity == .never)
    #expect(Verdict().severity == .allow)
  }
}
