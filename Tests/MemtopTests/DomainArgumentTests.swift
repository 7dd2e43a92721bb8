import MemtopCore
import Testing

@testable import memtop

@Suite(.timeLimit(.minutes(30))) struct DomainArgumentTests {
  private static let uuid = DomainUUID(high: 7, low: 5)

  private static func domain(
    _ domid: UInt16, _ name: String, uuid: DomainUUID = uuid
  ) -> DomainSample {
    DomainSample(
      id: DomainID(domid: domid, uuid: uuid), facts: DomainFacts(name: name), allocation: .gib(1))
  }

  private static func find(_ text: String, in domains: [DomainSample]) -> Result<UInt16, Failure> {
    let host = HostMemory(
      hostname: "h", xenVersion: "4.17", total: .gib(8), dom0: .gib(1), guests: .gib(2),
      dying: .zero, xen: .zero, free: .gib(5), claimed: .zero, promised: .zero,
      owner: nil)
    let snapshot = Snapshot(
      time: WallTime(milliseconds: 0), steady: SteadyTime(milliseconds: 0), host: host,
      domains: domains)
    do throws(Failure) {
      return .success(try DomainArgument(text: text).find(in: snapshot).id.domid)
    } catch {
      return .failure(error)
    }
  }

  private static func line(_ text: String, in domains: [DomainSample]) -> String? {
    guard case .failure(let failure) = find(text, in: domains) else { return nil }
    return failure.line
  }

  @Test("a uuid that two domains have names neither, as during a migration within the host")
  func ambiguousUUID() {
    let both = [Self.domain(3, "web--migratedaway"), Self.domain(8, "web--incoming")]
    let text = Self.uuid.description
    #expect(Self.line(text, in: both) == "2 domains have the uuid \(text): 3, 8; give a domid")
    #expect((try? Self.find(text, in: [both[1]]).get()) == 8)
    #expect((try? Self.find("3", in: both).get()) == 3)
  }

  @Test("a name that two domains have names neither")
  func ambiguousName() {
    let both = [Self.domain(3, "web"), Self.domain(8, "web", uuid: DomainUUID(high: 1, low: 1))]
    #expect(
      Self.line("web", in: both) == "2 domains are named \"web\": 3, 8; give a domid or uuid")
  }

  @Test("a name that looks like a uuid is found where no domain has that uuid")
  func nameLikeUUID() {
    let text = DomainUUID(high: 9, low: 9).description
    #expect((try? Self.find(text, in: [Self.domain(3, text)]).get()) == 3)
  }
}
