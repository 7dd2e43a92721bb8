import Foundation
import MemtopCore
import MemtopSystem
import Synchronization
import Testing

@testable import MemtopXen

extension XenStore {
  @Suite("how a domain stands with the regulator, in xenstore", .timeLimit(.minutes(30)))
  struct RegulationTests {
    @Test("what is published is read by whoever samples the host, and goes with nil")
    func published() throws {
      let host = try TestHost(domids: [0, 5])
      try host.write(5, .name, "db2")
      let writer = XenRegulationWriter()
      let id = try #require(try host.source.read().domains.last?.id)
      try writer.publish(id, .regulated(by: "alice"))
      try host.awaitEvents(1)
      let value = try #require(try host.keys(5)?[.regulation])
      #expect(Regulation(value, of: id.uuid) == .regulated(by: "alice"))
      try writer.publish(id, .released(why: "somebody set its target to 3.00G"))
      try host.awaitEvents(1)
      let released = try #require(try host.keys(5)?[.regulation])
      #expect(
        Regulation(released, of: id.uuid) == .released(why: "somebody set its target to 3.00G"))
      try writer.publish(id, nil)
      try host.awaitEvents(1)
      #expect(try host.keys(5)?[.regulation] == nil)
      // Of what is not there any more, too.
      try writer.publish(id, nil)
    }

    @Test("nothing is written for a domain that is gone, or whose domid is another's now")
    func replaced() throws {
      let host = try TestHost(domids: [0, 5])
      try host.write(5, .name, "db2")
      let writer = XenRegulationWriter()
      let id = try #require(try host.source.read().domains.last?.id)
      host.setDomains([FakeHypervisor.domain(0), FakeHypervisor.domain(5, life: 2)])
      try writer.publish(id, .wanted(by: "alice"))
      #expect(try host.keys(5)?[.regulation] == nil)
      host.setDomains([FakeHypervisor.domain(0)])
      try writer.publish(id, .wanted(by: "alice"))
      #expect(try host.store.text("/local/domain/5/memory/memtop-regulation") == nil)
    }

    @Test("no guest can read them, or write them, though it can read its other keys there")
    func permissions() throws {
      let host = try TestHost(domids: [0, 5])
      try host.write(5, "memory", "")
      try host.setPermissions("/local/domain/5/memory", ["n0", "r5"])
      try host.write(5, .target, "131072")
      #expect(try host.permissions("/local/domain/5/memory/target") == ["n0", "r5"])
      let id = try #require(try host.source.read().domains.last?.id)
      let writer = XenRegulationWriter()
      let path = "/local/domain/5/memory/memtop-regulation"
      // Left by an earlier release, which guests could read.
      try host.write(5, .regulation, "old")
      #expect(try host.permissions(path) == ["n0", "r5"])
      for _ in 0..<2 {
        try writer.publish(id, .regulated(by: "alice"))
        #expect(try host.permissions(path) == ["n0"])
      }
      try writer.publish(id, nil)
      try writer.publish(id, .wanted(by: "alice"))
      #expect(try host.permissions(path) == ["n0"])
    }

    @Test("a domain whose keys the toolstack has removed has none made anew")
    func removed() throws {
      let host = try TestHost(domids: [0, 5])
      try host.write(5, .name, "db2")
      let id = try #require(try host.source.read().domains.last?.id)
      let writer = XenRegulationWriter()
      try writer.publish(id, .wanted(by: "alice"))
      #expect(try host.store.text("/local/domain/5/memory/memtop-regulation") != nil)
      try host.remove(5)
      try writer.publish(id, .regulated(by: "alice"))
      #expect(try host.store.text("/local/domain/5") == nil)
    }

    @Test(
      "a domain that is removed in the middle has none made anew either")
    func removedMeanwhile() throws {
      let host = try TestHost(domids: [0, 5])
      let id = try #require(try host.source.read().domains.last?.id)
      let writer = XenRegulationWriter()
      let toolstack = host.store
      let end = HostClock.system.steady() + .seconds(2)
      let isOver = DispatchSemaphore(value: 0)
      let removals = Mutex(0)
      let madeAnew = Mutex(0)
      // A toolstack that builds and removes it all the time.
      Thread {
        while HostClock.system.steady() < end {
          try? toolstack.write("/local/domain/5/name", Array("db2".utf8))
          try? toolstack.remove("/local/domain/5")
          removals.withLock { $0 += 1 }
          // For a moment nobody removes what a late write has made.
          for _ in 0..<3 where (try? toolstack.text("/local/domain/5")) ?? nil != nil {
            madeAnew.withLock { $0 += 1 }
          }
        }
        isOver.signal()
      }.start()
      while HostClock.system.steady() < end { try writer.publish(id, .wanted(by: "alice")) }
      isOver.wait()
      #expect(removals.withLock { $0 } > 100 && madeAnew.withLock { $0 } == 0)
      #expect(try toolstack.text("/local/domain/5") == nil)
    }

    @Test("a key that another domain of that domid left behind counts for nothing")
    func leftBehind() throws {
      let host = try TestHost(domids: [0, 5])
      let id = try #require(try host.source.read().domains.last?.id)
      let other = DomainUUID(high: 1, low: 2)
      let value = Regulation.regulated(by: "alice").bytes(for: other)
      #expect(Regulation(value, of: id.uuid) == nil)
      #expect(Regulation(value, of: other) == .regulated(by: "alice"))
    }

    /// A host with domain 5, and what a regulator of everything makes of it.
    private struct Regulated {
      let host: TestHost
      let writer = XenRegulationWriter()
      let observer = Observer()
      var regulator = Regulator(
        policies: PolicySet(rules: [
          PolicySet.Rule(pattern: DomainPattern("*"), changes: [.regulated(true)])
        ]))
      var told: [String] = []

      init() throws {
        host = try TestHost(domids: [0, 5])
        try build(5)
      }

      func build(_ domid: UInt16) throws {
        try host.write(domid, .name, "web")
        try host.write(domid, .target, "1048576")
        try host.write(domid, .staticMax, "2097152")
      }

      mutating func live(_ seconds: Int) throws {
        for _ in 0..<seconds {
          host.clock.advance(.seconds(1))
          for act in regulator.see(observer.observe(try host.source.read())) {
            switch act {
            case .publish(let id, let regulation): try writer.publish(id, regulation)
            case .tell(_, let what): told.append(what)
            }
          }
        }
      }

      func key(_ domid: UInt16) throws -> String? {
        try host.store.text("/local/domain/\(domid)/memory/memtop-regulation")
      }
    }

    @Test("a guest whose keys libxl removes before it destroys it is regulated in its next life")
    func reboot() throws {
      var regulated = try Regulated()
      let host = regulated.host
      try regulated.live(1)
      try host.awaitEvents(1)
      try regulated.live(3)
      #expect(try regulated.key(5)?.hasSuffix("regulated at=1048576 the policy") == true)
      var dying = FakeHypervisor.domain(5)
      dying.flags = 1 << 3
      host.setDomains([FakeHypervisor.domain(0), dying])
      try host.remove(5)
      try host.awaitEvents(1)
      try regulated.live(15)
      dying.flags = 1
      host.setDomains([FakeHypervisor.domain(0), dying])
      try regulated.live(15)
      let silent = "left as it is: it sends no report"
      #expect(regulated.told == ["handed over by the policy", silent])
      #expect(try host.store.text("/local/domain/5") == nil, "it made the directory anew")
      var next = FakeHypervisor.domain(6)
      next.uuid = dying.uuid
      host.setDomains([FakeHypervisor.domain(0), dying, next])
      try regulated.live(3)
      try regulated.build(6)
      try host.awaitEvents(1)
      try regulated.live(1)
      #expect(try regulated.key(6)?.hasSuffix("regulated at=1048576 the policy") == true)
      #expect(
        regulated.told == [
          "handed over by the policy", silent, "rebooted; regulated again once it reports",
        ])
    }

    @Test("the sign of life is dom0's key")
    func beat() throws {
      let host = try TestHost(domids: [0])
      try host.write(0, .name, "Domain-0")
      let writer = XenRegulationWriter()
      _ = try host.source.read()
      let beat = RegulatorBeat(pid: 42, number: 7, every: .seconds(5), guests: 3)
      try writer.beat(beat)
      try host.awaitEvents(1)
      #expect(try host.keys(0)?[.regulation].flatMap(RegulatorBeat.init) == beat)
      try writer.beat(nil)
      try host.awaitEvents(1)
      #expect(try host.keys(0)?[.regulation] == nil)
    }

    @Test("after xenstored was started anew, the very first key is written, and the sign of life")
    func restart() throws {
      let host = try TestHost(domids: [0, 5])
      let paths = [0, 5].map { "/local/domain/\($0)/memory/memtop-regulation" }
      func build() throws {
        try host.write(0, .name, "Domain-0")
        try host.write(5, .name, "db2")
      }
      try build()
      let writer = XenRegulationWriter()
      let id = try #require(try host.source.read().domains.last?.id)
      let beat = RegulatorBeat(pid: 42, number: 7, every: .seconds(5), guests: 3)
      for isBeatFirst in [false, true] {
        // On the connection that is dead afterwards.
        try writer.publish(id, .wanted(by: "alice"))
        #expect(try host.store.text(paths[1]) != nil)
        host.xenstored.kill()
        try host.xenstored.start()
        try host.reconnect()
        try build()
        #expect(try host.store.text(paths[1]) == nil)
        if isBeatFirst { try writer.beat(beat) }
        try writer.publish(id, .regulated(by: "alice"))
        if !isBeatFirst { try writer.beat(beat) }
        let value = try #require(try host.store.text(paths[1]))
        #expect(Regulation(Array(value.utf8), of: id.uuid) == .regulated(by: "alice"))
        let sign = try #require(try host.store.text(paths[0]))
        #expect(RegulatorBeat(Array(sign.utf8)) == beat)
      }
    }
  }
}
