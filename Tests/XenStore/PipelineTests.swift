import Foundation
import MemtopCore
import Synchronization
import Testing

@testable import MemtopXen

extension XenStore {
  @Suite("many reads at once", .timeLimit(.minutes(30)))
  struct PipelineTests {
    /// The longest value that a node of this path can be given: path and value go in one message.
    static func longest(_ domid: UInt16, _ key: StoreKey) -> String {
      let most = 4096 - "/local/domain/\(domid)/\(key.path)".utf8.count - 1
      return String(repeating: "x", count: most - 1) + "\(domid % 10)"
    }

    @Test("more keys than may be asked for at once, some missing, each to its own domain")
    func manyKeys() throws {
      let host = try TestHost(domids: 0..<40)
      let keys = StoreKey.allCases
      try #require(40 * keys.count > 3 * StoreConnection.window)
      for domid in UInt16(0)..<40 {
        for (place, key) in keys.enumerated() where (place + Int(domid)) % 3 != 0 {
          try host.write(domid, key, "\(domid) \(key)")
        }
      }
      for domain in try host.source.read().domains {
        for (place, key) in keys.enumerated() {
          let isThere = (place + Int(domain.id.domid)) % 3 != 0
          #expect(domain.keys.text(key) == (isThere ? "\(domain.id.domid) \(key)" : nil))
        }
      }
    }

    @Test("answers of the greatest length, more of them than the buffer holds")
    func longAnswers() throws {
      let host = try TestHost(domids: 0..<50)
      for domid in UInt16(0)..<50 { try host.write(domid, .osName, Self.longest(domid, .osName)) }
      try host.write(49, .staticMax, "1")
      let domains = try host.source.read().domains
      for domain in domains {
        let text = domain.keys.text(.osName)
        #expect(text == Self.longest(domain.id.domid, .osName))
      }
      #expect(domains[49].keys.text(.staticMax) == "1")
    }

    @Test("a change in each of many domains arrives in one reading")
    func manyChanges() throws {
      let host = try TestHost(domids: 0..<100)
      _ = try host.source.read()
      for domid in UInt16(0)..<100 {
        try host.write(domid, .memtopReport, "v1 seq=\(domid)")
        try host.write(domid, .target, "\(domid)")
      }
      try host.awaitEvents(200)
      let reading = try host.source.read()
      // And the start time, which is looked for with a first target.
      #expect(host.source.effort.storeReads == 300)
      for domain in reading.domains {
        #expect(domain.keys.text(.memtopReport) == "v1 seq=\(domain.id.domid)")
        #expect(domain.keys.text(.target) == "\(domain.id.domid)")
        #expect(domain.keys.reportWrites.total == 1)
      }
    }

    @Test("of a new domain only what exists is read: 6 reads without an agent, 14 with one")
    func newDomain() throws {
      let host = try TestHost(domids: [0])
      _ = try host.source.read()
      try host.write(1, .name, "db1")
      try host.write(1, .target, "1024")
      try host.write(1, .staticMax, "2048")
      host.setDomains([0, 1].map { FakeHypervisor.domain($0) })
      let plain = try host.source.read()
      #expect(plain.domains[1].keys.text(.staticMax) == "2048")
      #expect(host.source.effort.storeReads == 6)
      for key in [StoreKey.name, .target, .staticMax, .videoram, .memtopReport, .osName] {
        try host.write(2, key, "\(key)")
      }
      try host.write(2, .featureBalloon, "1")
      host.setDomains([0, 1, 2].map { FakeHypervisor.domain($0) })
      let agent = try host.source.read()
      #expect(agent.domains[2].keys.text(.memtopReport) == "memtopReport")
      #expect(agent.domains[2].keys.entries.count == 7)
      #expect(host.source.effort.storeReads <= 14)
    }

    @Test("keys are found in a folder that a guest has made too long for a list")
    func longFolder() throws {
      let host = try TestHost(domids: [0])
      for number in 0..<300 {
        try host.write(0, "data/a-long-name-of-no-use-\(number)", "1")
      }
      try host.write(0, .name, "Domain-0")
      try host.write(0, .memtopReport, "v1 seq=1")
      try host.write(0, .ipv4, "10.0.0.1")
      let domain = try host.source.read().domains[0]
      #expect(domain.keys.text(.memtopReport) == "v1 seq=1")
      #expect(domain.keys.text(.name) == "Domain-0")
      #expect(domain.keys.text(.ipv4) == "10.0.0.1")
      #expect(domain.keys.entries.count == 3)
    }

    @Test("a domain that has nothing in xenstore is read, and what comes later is")
    func nothingThere() throws {
      let host = try TestHost(domids: [0, 5])
      try host.write(0, .name, "Domain-0")
      #expect(try host.source.read().domains[1].keys.entries.isEmpty)
      try host.write(5, .name, "late")
      try host.awaitEvents(1)
      #expect(try host.source.read().domains[1].keys.text(.name) == "late")
    }

    @Test("a xenstored that dies with requests unanswered loses nothing that was known")
    func diesUnanswered() throws {
      let host = try TestHost(domids: 0..<100)
      for domid in UInt16(0)..<100 { try host.write(domid, .name, "d\(domid)") }
      _ = try host.source.read()
      for domid in UInt16(0)..<100 { try host.write(domid, .target, "\(domid)") }
      try host.awaitEvents(100)
      host.xenstored.stop()
      let source = host.source
      let arrived = Mutex<Reading?>(nil)
      Thread {
        let reading = try? source.read()
        arrived.withLock { $0 = reading }
      }.start()
      try eventually { source.status.waiting?.party == .xenstore }
      host.xenstored.kill()
      try eventually { arrived.withLock { $0 != nil } }
      let during = try #require(arrived.withLock { $0 })
      #expect(during.host.storeProblem?.contains("next try in 1 s") == true)
      #expect(during.domains[70].keys.text(.name) == "d70")

      try host.xenstored.start()
      try host.reconnect()
      for domid in UInt16(0)..<100 { try host.write(domid, .name, "new\(domid)") }
      host.clock.advance(.seconds(1))
      let after = try host.source.read()
      #expect(after.host.storeProblem == nil)
      #expect(after.domains.map { $0.keys.text(.name) } == (0..<100).map { "new\($0)" })
    }

    @Test("where there is no socket libxenstore reads, over the device, one node at a time")
    func withoutSocket() throws {
      let host = try TestHost(domids: [0])
      try host.write(0, .name, "Domain-0")
      let device = try FakeDevice(host.xenstored)
      setenv("XENSTORED_PATH", device.path, 1)
      let connection = try StoreConnection(socketOnly: false)
      let path = "/local/domain/0/name"
      #expect(try connection.ask(path) == 0)
      #expect(try connection.ask(path) == nil)
      #expect(!connection.isAnswered)
      let length = try connection.answer { _, bytes in bytes?.count }
      #expect(length == 8)
      #expect(try connection.text("/local/domain/0/none") == nil)
    }
  }
}
