import Foundation
import MemtopCore
import Testing

@testable import MemtopXen

extension XenStore {
  @Suite("domains come and go", .timeLimit(.minutes(30)))
  struct DomainTests {
    @Test("a new domain is read in full in the tick that first sees it")
    func newDomain() throws {
      let host = try TestHost(domids: [0])
      _ = try host.source.read()
      try host.write(5, .name, "late")
      host.setDomains([FakeHypervisor.domain(0), FakeHypervisor.domain(5)])
      #expect(try host.keys(5)?.text(.name) == "late")
    }

    @Test("a domain that ended is gone, and its keys do not haunt the next one of that domid")
    func reusedDomid() throws {
      let host = try TestHost(domids: [0, 5])
      try host.write(5, .name, "first")
      try host.write(5, .memtopReport, "v1")
      _ = try host.source.read()
      try host.write(5, .memtopReport, "v1")
      try host.awaitEvents(1)
      #expect(try host.keys(5)?.reportWrites.total == 1)

      try host.write(5, .memtopReport, "the last words of the first")
      try host.remove(5)
      try host.write(5, .name, "second")
      host.setDomains([FakeHypervisor.domain(0), FakeHypervisor.domain(5, life: 2)])
      try host.awaitEvents(3)
      let reading = try host.source.read()
      #expect(reading.domains[1].id.uuid.high == 2)
      #expect(reading.domains[1].keys.entries.map(\.key) == [.name])
      #expect(reading.domains[1].keys.reportWrites.total == 0)
    }

    @Test("what is written below a domid that nobody has is forgotten")
    func nobodysKeys() throws {
      let host = try TestHost(domids: [0])
      #expect(host.source.hasNews)
      _ = try host.source.read()
      #expect(!host.source.hasNews)
      try host.write(7, .target, "1")
      try host.awaitEvents(1)
      #expect(host.source.hasNews)
      _ = try host.source.read()
      #expect(host.source.effort.storeReads == 0)
      #expect(host.source.watch.next(from: 0) == nil)
    }

    @Test("a domain that ends in the middle of a sample is left out")
    func endsInTheMiddle() throws {
      let host = try TestHost(domids: [0, 5])
      try host.write(5, .name, "web")
      _ = try host.source.read()
      try host.remove(5)
      try host.awaitEvents(1)
      host.hypervisor.ending = 5
      host.hypervisor.publish()
      #expect(try host.source.read().domains.map(\.id.domid) == [0])
    }

    @Test("a living domain without any keys stays")
    func noKeys() throws {
      let host = try TestHost(domids: [0, 5])
      try host.write(5, .name, "web")
      _ = try host.source.read()
      try host.remove(5)
      try host.awaitEvents(1)
      #expect(try host.source.read().domains.map(\.id.domid) == [0, 5])
    }

    @Test("a domid of those that Xen keeps for itself is a domain like others")
    func reservedDomids() throws {
      let domids: [UInt16] = [0, 5, 0x7FEF, 0x7FF0, 0x7FFF, 0x8000, 65_535]
      let host = try TestHost(domids: domids)
      for domid in domids { try host.write(domid, .name, "d\(domid)") }
      for _ in 0..<3 {
        let reading = try host.source.read()
        #expect(reading.domains.map(\.id.domid) == domids)
        #expect(reading.domains.map { $0.keys.text(.name) } == domids.map { "d\($0)" })
      }
    }

    @Test("a thousand domains are all there, and a hundred changes cost a hundred reads")
    func thousand() throws {
      let host = try TestHost(domids: 0..<1000)
      for domid in UInt16(0)..<1000 { try host.write(domid, .name, "d\(domid)") }
      let reading = try host.source.read()
      #expect(reading.domains.map(\.id.domid) == Array(0..<1000))
      #expect(reading.domains.map { $0.keys.text(.name) } == (0..<1000).map { "d\($0)" })
      for domid in stride(from: UInt16(3), to: 1000, by: 10) {
        try host.write(domid, .memtopReport, "v1 \(domid)")
      }
      try host.awaitEvents(100)
      let after = try host.source.read()
      #expect(host.source.effort.storeReads == 100)
      #expect(after.domains.filter { $0.keys.reportWrites.total == 1 }.count == 100)
    }

    @Test("domains come and go by the hundred", arguments: [64, 65, 128, 129, 300])
    func pages(_ count: Int) throws {
      let host = try TestHost(domids: [0])
      for round in 1...3 {
        // Sparse, so that paging by the last domid + 1 shows.
        let domids = (0..<count).map { UInt16($0 * 30 + round) }
        host.setDomains(domids.map { FakeHypervisor.domain($0) })
        #expect(try host.source.read().domains.map(\.id.domid) == domids)
      }
    }
  }

  @Suite("a domain that is built or received", .timeLimit(.minutes(30)))
  struct BuildingTests {
    @Test("it promises what its limit allows until it has a target, and nothing at its end")
    func promise() throws {
      let host = try TestHost(domids: [0])
      let observer = Observer()
      func look() throws -> Snapshot { observer.observe(try host.source.read()) }
      #expect(try look().host.promised == .zero)

      var domain = FakeHypervisor.domain(5)
      (domain.flags, domain.pages, domain.limit) = (8, 1 << 18, 1 << 20)
      host.setDomains([FakeHypervisor.domain(0), domain])
      try host.write(5, .name, "web--incoming")
      try host.awaitEvents(1)
      let building = try look()
      #expect(building.domains[1].state == .building)
      #expect(building.host.promised == .gib(3))

      domain.pages = 1 << 19
      host.setDomains([FakeHypervisor.domain(0), domain])
      #expect(try look().host.promised == .gib(2))

      try host.write(5, .target, String(Bytes.gib(2).kib))
      try host.awaitEvents(1)
      #expect(try look().host.promised == .zero)
      try host.remove(5)
      try host.awaitEvents(1)
      let removed = try look()
      #expect(removed.host.promised == .zero)
      #expect(removed.domains[1].state == .dying)
    }

    @Test("the static-max that libxl writes for a dom0 without a limit is none")
    func dom0() throws {
      let host = try TestHost(domids: [0])
      try host.write(0, .staticMax, "17179869180")
      let dom0 = Observer().observe(try host.source.read()).domains[0]
      #expect(dom0.staticMax == nil && dom0.limit != nil)
    }
  }

  @Suite("what Xen says of a domain", .timeLimit(.minutes(30)))
  struct FigureTests {
    static let lapic: UInt32 = 1
    static let dom0Pvh: UInt32 = 1 | 1 << 4 | 1 << 10
    static let pc: UInt32 = 0x37F

    @Test(
      "kinds are told apart by what is emulated",
      arguments: [
        (0, 0, DomainKind.pv), (0x20, 0, .pv), (2, lapic, .pvh), (2, dom0Pvh, .pvh),
        (2, 0, .pvh), (2, pc, .hvm), (2 | 0x100, pc, .hvm),
      ] as [(UInt32, UInt32, DomainKind)])
    func kinds(_ flags: UInt32, _ emulation: UInt32, _ kind: DomainKind) throws {
      #expect(try reading(flags: flags, emulation: emulation).kind == kind)
    }

    @Test(
      "lives",
      arguments: [
        (0, DomainLife.running), (0x20, .running), (0x10, .running), (8, .paused), (1, .dying),
        (1 | 4 | 3 << 16, .dying), (4, .shutDown(.poweroff)), (4 | 1 << 16, .shutDown(.reboot)),
        (4 | 2 << 16, .shutDown(.suspend)), (4 | 3 << 16, .shutDown(.crash)),
        (4 | 8 | 3 << 16, .shutDown(.crash)), (4 | 200 << 16, .shutDown(.crash)),
      ] as [(UInt32, DomainLife)])
    func lives(_ flags: UInt32, _ life: DomainLife) throws {
      #expect(try reading(flags: flags).life == life)
    }

    @Test("the largest limit is none")
    func unlimited() throws {
      #expect(try reading(limit: UInt64(UInt32.max)).limit == nil)
      #expect(try reading(limit: 1).limit == .kib(4))
    }

    @Test(
      "what Xen holds for page tables is asked for once, and when the limit or the target is new")
    func overhead() throws {
      let host = try TestHost(domids: [0])
      var guest = FakeHypervisor.domain(5)
      (guest.flags, guest.pool) = (2, 1 << 20)
      func overhead(_ change: (inout FakeHypervisor.Domain) -> Void = { _ in }) throws -> [Bytes?] {
        change(&guest)
        host.setDomains([FakeHypervisor.domain(0), guest])
        return try host.source.read().domains.map(\.overhead)
      }
      #expect(try overhead() == [nil, .mib(1)])
      #expect(try overhead { $0.pool = 264 << 20 } == [nil, .mib(1)])
      try host.write(5, .target, "1")
      try host.awaitEvents(1)
      #expect(try overhead() == [nil, .mib(264)])
      #expect(try overhead { ($0.limit, $0.pool) = (1 << 17, 300 << 20) } == [nil, .mib(300)])
      #expect(try overhead { ($0.limit, $0.pool) = (1 << 18, nil) } == [nil, nil])
      #expect(try overhead { ($0.flags, $0.pool) = (0, 1 << 20) } == [nil, nil])
      #expect(try overhead { $0.flags = 2 } == [nil, .mib(1)])
      #expect(try overhead { $0.flags = 2 | 1 } == [nil, nil])
    }

    @Test("NUMA nodes are read every ten seconds, and a domain's own when they are asked for")
    func nodes() throws {
      let host = try TestHost(domids: [0])
      let gib: Int64 = 1 << 30
      host.hypervisor.nodes = [(size: 32 * gib, free: gib), (size: 32 * gib, free: 9 * gib)]
      var guest = FakeHypervisor.domain(5)
      guest.affinity = 1
      host.setDomains([FakeHypervisor.domain(0), guest])
      let nodes = [
        HostNode(number: 0, size: .gib(32), free: .gib(1)),
        HostNode(number: 1, size: .gib(32), free: .gib(9)),
      ]
      #expect(try host.source.read().host.nodes == nodes)
      host.hypervisor.nodes[0].free = 2 * gib
      host.hypervisor.publish()
      host.clock.advance(.seconds(9))
      #expect(try host.source.read().host.nodes == nodes)
      host.clock.advance(.seconds(1))
      #expect(try host.source.read().host.nodes[0].free == .gib(2))

      func room(_ domid: UInt16) -> NodeRoom? {
        host.source.guardFacts(DomainID(domid: domid, uuid: guest.uuid)).nodes
      }
      #expect(room(5) == NodeRoom(nodes: [0], free: .gib(2)))
      #expect(room(0) == nil)
      guest.affinity = 3
      host.setDomains([FakeHypervisor.domain(0), guest])
      #expect(room(5) == nil)
    }

    @Test("a host of one node has nothing to tell of nodes")
    func oneNode() throws {
      let host = try TestHost(domids: [0])
      host.hypervisor.nodes = [(size: 1 << 36, free: 1 << 34)]
      host.hypervisor.publish()
      #expect(try host.source.read().host.nodes.isEmpty)
      host.hypervisor.nodes.append((size: 1 << 36, free: 1 << 34))
      host.hypervisor.publish()
      host.clock.advance(.seconds(100))
      #expect(try host.source.read().host.nodes.isEmpty)
    }

    @Test("a hypercall that fails says which and why")
    func refused() throws {
      let host = try TestHost()
      host.hypervisor.refusal = EACCES
      host.hypervisor.publish()
      let error = #expect(throws: SourceError.self) { _ = try host.source.read() }
      #expect(error?.description.hasPrefix("xc_physinfo failed: Permission denied") == true)
    }

    private func reading(flags: UInt32 = 0, emulation: UInt32 = 0, limit: UInt64 = 1)
      throws -> DomainReading
    {
      let host = try TestHost(domids: [])
      var domain = FakeHypervisor.domain(3)
      domain.flags = flags
      domain.emulation = emulation
      domain.limit = limit
      host.setDomains([domain])
      return try #require(try host.source.read().domains.first)
    }
  }
}
