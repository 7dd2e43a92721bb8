import Foundation
import MemtopCore
import Testing

@testable import MemtopXen

/// Everything that talks to a real xenstored: one after another, since libxenstore and the fake
/// hypervisor are steered by the environment.
@Suite(
  .serialized, .enabled(if: Fixture.isPresent, "xenstored's package cannot be had"),
  .timeLimit(.minutes(30)))
enum XenStore {}

extension XenStore {
  @Suite("sampling reads what changed, once", .timeLimit(.minutes(30)))
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
      #expect(reading.domains[1].keys.reportWrites.total == 0)
      #expect(reading.domains[1].allocation == .mib(128))
      #expect(reading.domains[1].limit == .mib(256))
      #expect(reading.host.total == .gib(64))
      #expect(reading.host.free == .gib(16))
      #expect(reading.host.storeProblem == nil)
    }

    @Test("every key of the table is read", arguments: StoreKey.allCases)
    func everyKey(_ key: StoreKey) throws {
      let host = try TestHost(domids: [31_000])
      try host.write(31_000, key, "found")
      #expect(try host.keys(31_000)?.text(key) == "found")
      try host.write(31_000, key, "changed")
      try host.awaitEvents(1)
      let keys = try host.keys(31_000)
      #expect(keys?.text(key) == "changed")
      #expect(keys?.reportWrites.total == (key.isReport ? 1 : 0))
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

    @Test("a stub domain and its guest are linked by reads of once; devices that come cost one")
    func stubDomains() throws {
      let host = try TestHost()
      try host.write(1, "image/device-model-domid", "2")
      try host.write(2, "target", "1")
      let observer = Observer()
      let snapshot = observer.observe(try host.source.read())
      #expect(host.source.effort.storeReads <= 3 * (StoreKey.allCases.count + 1) + 1)
      #expect(snapshot.domain(domid: 2).flatMap { snapshot.guest(of: $0) }?.id.domid == 1)
      #expect(snapshot.stubDomains(of: snapshot.domains[1]).map(\.id.domid) == [2])
      _ = try host.source.read()
      #expect(host.source.effort.storeReads == 0)
      // A backend's directory is made with the first device in it, whose path alone is announced.
      #expect(try host.keys(1)?[.backend] == nil)
      try host.write(1, "backend/vif/2/0/state", "1")
      try host.write(1, "backend/vif/2/0/state", "4")
      try host.awaitEvents(2)
      #expect(try host.keys(1)?[.backend] == [])
      #expect(host.source.effort.storeReads == 1)
    }

    @Test("a changed key costs exactly one read, however often it was written")
    func oneReadForAKey() throws {
      let host = try TestHost()
      _ = try host.source.read()
      for value in 1...200 { try host.write(1, .memtopReport, "v1 seq=\(value)") }
      try host.write(2, .name, "written last")
      try eventually { host.source.watch.next(from: 2) == 2 }
      let keys = try host.keys(1)
      #expect(keys?.text(.memtopReport) == "v1 seq=200")
      #expect(host.source.effort.storeReads == 2, "one for each of the two keys")
      // xenstored merges events that wait for the same watcher.
      #expect((1...200).contains(keys?.reportWrites.total ?? 0))
    }

    @Test("a report that says the same again is a sign of life")
    func sameValueAgain() throws {
      let host = try TestHost()
      try host.write(1, .meminfo, "1000")
      let before = try host.keys(1)
      try host.write(1, .meminfo, "1000")
      try host.awaitEvents(1)
      let after = try host.keys(1)
      #expect(after !== before)
      #expect(after?.reportWrites.total == 1)
    }

    @Test("only domains with changes get new keys")
    func othersKeepTheirs() throws {
      let host = try TestHost()
      try host.write(1, .name, "a")
      try host.write(2, .name, "b")
      let before = try host.source.read()
      try host.write(1, .target, "1")
      try host.awaitEvents(1)
      let after = try host.source.read()
      #expect(after.domains[1].keys !== before.domains[1].keys)
      #expect(after.domains[2].keys === before.domains[2].keys)
    }

    @Test("a key that is removed is gone, and so is all below a removed directory")
    func removal() throws {
      let host = try TestHost()
      try host.write(1, .name, "web1")
      for key in [StoreKey.xapiFree, .xapiTotal, .ipv4] { try host.write(1, key, "1") }
      _ = try host.source.read()
      try host.remove(1, "data/meminfo_free")
      try host.awaitEvents(1)
      #expect(try host.keys(1)?.entries.map(\.key) == [.name, .xapiTotal, .ipv4])
      #expect(host.source.effort.storeReads == 1)
      try host.remove(1, "data")
      try host.remove(1, "attr/vif")
      try host.awaitEvents(2)
      let keys = try host.keys(1)
      #expect(keys?.entries.map(\.key) == [.name])
      #expect(keys?.reportWrites.total == 0, "a removal is not a report")
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

    /// By name: a failing test should not print two thousand numbers.
    static let hostile: [String: [UInt8]] = [
      "nothing": [], "a NUL": [0], "an escape sequence": [0x1B, 0x5B, 0x32, 0x4A],
      "two thousand bytes": Array(repeating: 0xFF, count: 2000),
      "lines and NULs": Array("12\n34\0 56".utf8),
    ]

    @Test("bytes are passed on as they are", arguments: hostile.keys.sorted())
    func hostileBytes(_ name: String) throws {
      let bytes = try #require(Self.hostile[name])
      let host = try TestHost()
      try host.store.write("/local/domain/1/data/memtop", bytes)
      #expect(try host.keys(1)?[.memtopReport] == bytes)
    }

    @Test("the time a domain was built is read, also when it appears later")
    func startTime() throws {
      let host = try TestHost()
      let uuid = host.hypervisor.domains[1].uuid
      #expect(try host.keys(1)?.startedAt == nil)
      try host.store.write("/vm/\(uuid)/start_time", Array("1700000000.25".utf8))
      try host.write(1, .target, "1000")
      try host.awaitEvents(1)
      #expect(try host.keys(1)?.startedAt == WallTime(milliseconds: 1_700_000_000_000))
    }

    @Test("squeezed is found, also when it starts later")
    func squeezed() throws {
      let host = try TestHost()
      #expect(try host.source.read().host.owner == nil)
      try host.store.write("/squeezed/state/x", Array("1".utf8))
      try host.awaitEvents(1)
      #expect(try host.source.read().host.owner == .squeezed)
    }
  }
}
