import MemtopCore
import Testing

@testable import MemtopXen

extension XenStore {
  @Suite("what a domain has left to populate on demand", .timeLimit(.minutes(30)))
  struct PopulateOnDemandTests {
    private static let hvm: UInt32 = 1 << 1
    private static let left = PopulateOnDemand(entries: .gib(2), cache: .gib(1))

    @Test("it is asked of Xen until nothing is left, and of PV guests never")
    func asked() throws {
      let host = try TestHost(domids: [0])
      var (pv, hvm) = (FakeHypervisor.domain(5), FakeHypervisor.domain(6))
      (pv.populateOnDemand, hvm.populateOnDemand) = ((9, 9), (1 << 19, 1 << 18))
      hvm.flags = Self.hvm
      func look() throws -> [PopulateOnDemand?] {
        host.setDomains([FakeHypervisor.domain(0), pv, hvm])
        host.clock.advance(.seconds(1))
        return try host.source.read().domains.map(\.populateOnDemand)
      }
      #expect(try look() == [nil, nil, Self.left])
      hvm.populateOnDemand = (1 << 18, 1 << 18)
      #expect(try look() == [nil, nil, PopulateOnDemand(entries: .gib(1), cache: .gib(1))])
      hvm.populateOnDemand = (0, 0)
      #expect(try look() == [nil, nil, nil])
      // Over is over, for this domain.
      hvm.populateOnDemand = (1, 0)
      #expect(try look() == [nil, nil, nil])
      let facts = host.source.guardFacts(DomainID(domid: 6, uuid: hvm.uuid))
      #expect(
        facts.populateOnDemand == .left(PopulateOnDemand(entries: .pages(1), cache: .zero)))
    }

    @Test("where Xen does not answer, the guard's facts say that it is not known")
    func notKnown() throws {
      let host = try TestHost(domids: [0, 6])
      let id = DomainID(domid: 6, uuid: FakeHypervisor.domain(6).uuid)
      #expect(host.source.guardFacts(id).populateOnDemand == .notKnown)
    }

    /// How often it is asked in so many seconds, a look each second.
    private func asks(
      _ seconds: Int64, _ life: DomainLife, _ answer: PopulateOnDemand?, _ kind: DomainKind = .pvh
    ) -> Int {
      var probe = PopulateOnDemandProbe()
      var asks = 0
      for second in 0..<seconds {
        _ = probe.figure(kind, life, now: SteadyTime(milliseconds: second * 1000)) {
          asks += 1
          return answer
        }
      }
      return asks
    }

    @Test("often at the start, seldom while something is left, once where there is nothing")
    func seldom() {
      #expect(asks(60, .running, Self.left) == 60)
      #expect(asks(660, .running, Self.left) == 60 + 60)
      #expect(asks(600, .running, PopulateOnDemand(entries: .zero, cache: .zero)) == 1)
      // One call may fail by chance.
      #expect(asks(600, .running, nil) == 3)
      #expect(asks(600, .running, Self.left, .pv) == 0)
      #expect(asks(600, .dying, Self.left) == 0)
    }

    @Test("one that is being built, or was not unpaused yet, has its entries still to come")
    func built() {
      var probe = PopulateOnDemandProbe()
      let none = PopulateOnDemand(entries: .zero, cache: .zero)
      func figure(_ second: Int64, _ life: DomainLife, _ answer: PopulateOnDemand)
        -> PopulateOnDemand?
      {
        probe.figure(.hvm, life, now: SteadyTime(milliseconds: second * 1000)) { answer }
      }
      #expect(figure(0, .paused, none) == none)
      #expect(figure(5, .paused, Self.left) == Self.left)
      #expect(figure(6, .running, Self.left) == Self.left)
      #expect(figure(7, .running, none) == nil)
      #expect(figure(8, .running, Self.left) == nil)
    }
  }
}
