import Foundation
import MemtopCore
import Testing

@testable import MemtopXen

extension XenStore {
  @Suite("how a domain stands with the regulator, in xenstore")
  struct RegulationTests {
    @Test("what is published is read by whoever samples the host, and goes with nil")
    func published() throws {
      let host = try TestHost(domids: [0, 5])
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
      let writer = XenRegulationWriter()
      let id = try #require(try host.source.read().domains.last?.id)
      host.setDomains([FakeHypervisor.domain(0), FakeHypervisor.domain(5, life: 2)])
      try writer.publish(id, .wanted(by: "alice"))
      #expect(try host.keys(5)?[.regulation] == nil)
      host.setDomains([FakeHypervisor.domain(0)])
      try writer.publish(id, .wanted(by: "alice"))
      #expect(try host.store.text("/local/domain/5/memory/memtop-regulation") == nil)
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

    @Test("the sign of life is dom0's key, and the writer comes back when xenstored does")
    func beat() throws {
      let host = try TestHost(domids: [0])
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
  }
}
