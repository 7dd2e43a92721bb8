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
        #expect(domain.keys.reportWrites == 1)
      }
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
