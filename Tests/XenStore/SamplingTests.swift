import Foundation
import MemtopCore
import Testing

@testable import MemtopXen

/// Everything that talks to a real xenstored: one after another, since libxenstore and the fake
/// hypervisor are steered by the environment.
@Suite(.serialized, .enabled(if: Fixture.isPresent, "the xenstored package cannot be had"))
enum XenStore {}

extension XenStore {
  @Suite("sampling")
  struct SamplingTests {
    @Test("the first reading has every domain with its keys")
    func firstReading() throws {
      let host = try TestHost()
      try host.write(1, .name, "web1")
      try host.write(1, .target, "131072")
      let reading = try host.source.read()
      #expect(reading.domains.map(\.id.domid) == [0, 1, 2])
      #expect(reading.domains[1].keys.text(.name) == "web1")
      #expect(reading.domains[1].keys.text(.target) == "131072")
      #expect(reading.domains[1].keys[.staticMax] == nil)
      #expect(reading.domains[1].allocation == .mib(128))
      #expect(reading.domains[1].limit == .mib(256))
      #expect(reading.host.total == .gib(64))
      #expect(reading.host.free == .gib(16))
      #expect(reading.host.storeProblem == nil)
    }

    @Test("a tick in which nothing changed reads nothing and makes no new keys")
    func quietTick() throws {
      let host = try TestHost()
      try host.write(1, .name, "web1")
      let before = try host.keys(1)
      for _ in 0..<3 {
        let after = try host.keys(1)
        #expect(after === before)
        #expect(host.source.effort.storeReads == 0)
      }
    }

    @Test("a changed key costs exactly one read, however often it was written")
    func oneReadForAKey() throws {
      let host = try TestHost()
      _ = try host.source.read()
      for value in 1...200 { try host.write(1, .memtopReport, "v1 seq=\(value)") }
      try host.awaitEvents(200)
      let keys = try host.keys(1)
      #expect(keys?.text(.memtopReport) == "v1 seq=200")
      #expect(host.source.effort.storeReads == 1)
      #expect(keys?.reportWrites == 200)
    }

    @Test(
      "paths that memtop does not know cost nothing",
      arguments: [
        "data/memtop2", "data/memto", "data/memtop/below", "device/vif/0/state", "memory/target/x",
        "data/x/y/z/deep/er/than/any/of/ours/and/longer",
      ])
    func unknownPath(_ path: String) throws {
      let host = try TestHost()
      try host.write(1, path, "x")
      _ = try host.source.read()
      try host.write(1, path, "y")
      try host.awaitEvents(1)
      _ = try host.source.read()
      #expect(host.source.effort.storeReads == 0)
    }
  }
}
