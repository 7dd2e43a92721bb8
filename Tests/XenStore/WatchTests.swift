import Foundation
import MemtopCore
import MemtopSystem
import Testing

@testable import MemtopXen

extension XenStore {
  @Suite("the watch's connection", .timeLimit(.minutes(30)))
  struct WatchConnectionTests {
    private let fake = FakeXenstored()

    /// The paths of all events that are there.
    private func paths(_ watcher: WatchConnection) throws(StoreConnection.Lost) -> [String] {
      var paths: [String] = []
      _ = try watcher.drain(limit: 100) { paths.append(String(cString: $0)) }
      return paths
    }

    private func confirmed() throws -> WatchConnection {
      let watcher = try fake.watcher()
      fake.send(StoreMessage.confirmation)
      try watcher.confirm { _ in Issue.record("an event that nobody sent") }
      return watcher
    }

    @Test("events that are torn anywhere arrive whole, once, and in order")
    func torn() throws {
      let watcher = try confirmed()
      let sent = ["/local/domain", "/local/domain/1/data/memtop", "/local/domain/2", "x"]
      let bytes = sent.flatMap { StoreMessage.event($0) }
      for cut in 1..<bytes.count {
        fake.send(bytes[..<cut])
        let before = try paths(watcher)
        // What is torn waits for its rest, however often it is asked for.
        #expect(try paths(watcher) == [])
        fake.send(bytes[cut...])
        let after = try paths(watcher)
        #expect(before + after == sent, "cut at \(cut)")
      }
    }

    @Test("events of the greatest length, more of them than the buffer holds, byte for byte")
    func long() throws {
      let watcher = try confirmed()
      let most = 4096 - "\0memtop\0".utf8.count
      let sent = (0..<9).map { "\($0)" + String(repeating: "x", count: most - 1) }
      fake.send(sent.flatMap { StoreMessage.event($0) })
      #expect(try paths(watcher) == sent)
    }

    @Test("no more are taken at once than asked for; the rest is not lost")
    func limit() throws {
      let watcher = try confirmed()
      fake.send((0..<5).flatMap { StoreMessage.event("/\($0)") })
      #expect(try watcher.drain(limit: 3) { _ in } == 3)
      #expect(try paths(watcher) == ["/3", "/4"])
    }

    @Test("events that come before the last confirmation are not lost")
    func interleaved() throws {
      let watcher = try fake.watcher()
      try watcher.watch(StoreEvent.squeezedPath)
      fake.send(StoreMessage.confirmation)
      fake.send(StoreMessage.event("/local/domain") + StoreMessage.event("/local/domain/1/name"))
      fake.send(StoreMessage.confirmation + StoreMessage.event("/squeezed"))
      var before: [String] = []
      try watcher.confirm { before.append(String(cString: $0)) }
      #expect(before == ["/local/domain", "/local/domain/1/name"])
      #expect(try paths(watcher) == ["/squeezed"])
    }

    static let hostile: [String: [UInt8]] = [
      "a length of one more than may be": StoreMessage.bytes(15, "", length: 4097),
      "the greatest length there is": StoreMessage.bytes(15, "", length: .max),
      "a length that wraps with the head": StoreMessage.bytes(15, "", length: .max - 15),
      "an event of nothing": StoreMessage.bytes(15, ""),
      "a path without an end": StoreMessage.bytes(15, "/local/domain/1"),
      "a kind of message that nobody knows": StoreMessage.bytes(77, "/a\0memtop\0"),
      "a confirmation of nothing": StoreMessage.confirmation,
      "an error": StoreMessage.bytes(StoreMessage.error, "ENOSPC\0"),
      "an error that would say that there is none": StoreMessage.bytes(
        StoreMessage.error, "EAGAIN\0"),
      "an error without a known name": StoreMessage.bytes(StoreMessage.error, "E"),
    ]

    @Test(
      "what xenstored never says ends the connection for good", arguments: hostile.keys.sorted())
    func hostileMessage(_ name: String) throws {
      let watcher = try confirmed()
      let bytes = try #require(Self.hostile[name])
      fake.send(StoreMessage.event("/before") + bytes + StoreMessage.event("/behind"))
      #expect(try watcher.drain(limit: 1) { _ in } == 1)
      let first = #expect(throws: StoreConnection.Lost.self) { try paths(watcher) }
      #expect(first?.attempt == "cannot watch xenstore")
      #expect(throws: try #require(first)) { try paths(watcher) }
      #expect(fake.isLeft(), "xenstored must not wait for it")
    }

    @Test("a watch that is refused is named with xenstored's reason")
    func refused() throws {
      let watcher = try fake.watcher()
      fake.send(StoreMessage.bytes(StoreMessage.error, "ENOSPC\0"))
      let expected = StoreConnection.Lost(attempt: "cannot watch xenstore", error: Errno(ENOSPC))
      #expect(throws: expected) { try watcher.confirm { _ in } }
    }

    @Test("the end of xenstored shows on the descriptor, behind the events of before")
    func end() throws {
      let watcher = try confirmed()
      fake.send(StoreMessage.event("/last"))
      fake.end()
      #expect(try paths(watcher) == ["/last"])
      #expect(isReadable(watcher))
      let expected = StoreConnection.Lost(
        attempt: "xenstored closed the watch", error: Errno(ECONNRESET))
      #expect(throws: expected) { try paths(watcher) }
    }

    private func isReadable(_ watcher: WatchConnection) -> Bool {
      var descriptor = pollfd(fd: watcher.descriptor, events: Int16(POLLIN), revents: 0)
      return poll(&descriptor, 1, 0) > 0
    }

    @Test("where there is no socket libxenstore watches, over the device")
    func device() throws {
      let xenstored = try Xenstored()
      let writer = try StoreConnection(socketOnly: true)
      try writer.remove("/nothing")
      let device = try FakeDevice(xenstored)
      setenv("XENSTORED_PATH", device.path, 1)
      #expect(throws: StoreConnection.Lost.self) { try WatchConnection(socketOnly: true) }
      let watcher = try WatchConnection(socketOnly: false)
      try watcher.watch(StoreEvent.domains)
      var arrived: [String] = []
      try watcher.confirm { arrived.append(String(cString: $0)) }
      try writer.write("/local/domain/1/name", Array("web1".utf8))
      try eventually {
        guard isReadable(watcher) else { return false }
        arrived += try paths(watcher)
        return arrived.last == "/local/domain/1/name"
      }
      #expect(arrived == ["/local/domain", "/local/domain/1/name"])
      #expect(!isReadable(watcher))
    }
  }

  @Suite("how long events gather", .timeLimit(.minutes(30)))
  struct GatheringTests {
    /// Pauses while so many events come in a millisecond, until they stay the same.
    private func pause(atRate rate: Double, room: Int) -> Int32 {
      var coalescing = EventCoalescing()
      coalescing.note(1)
      for _ in 0..<20 {
        coalescing.note(min(room, max(1, Int(Double(coalescing.milliseconds) * rate))))
      }
      return coalescing.milliseconds
    }

    @Test("the pause is such that twenty events come, though the socket has room for few more")
    func steady() {
      #expect(pause(atRate: 0.2, room: 35) == 100)
      #expect((15...25).contains(pause(atRate: 1, room: 35)))
      #expect((2...4).contains(pause(atRate: 7, room: 35)))
      #expect(pause(atRate: 1000, room: 35) == 1)
    }

    @Test("few events make the pause no longer than a tenth of a second")
    func few() {
      var coalescing = EventCoalescing()
      coalescing.note(4000)
      #expect(coalescing.milliseconds == 100, "they came while nobody gathered")
      coalescing.note(4000)
      #expect(coalescing.milliseconds == 1)
      for _ in 0..<3 { coalescing.note(1) }
      #expect(coalescing.milliseconds == 100)
    }

    @Test("it ends after a pause in which nothing came, not after half an event")
    func end() {
      var coalescing = EventCoalescing()
      #expect(coalescing.isOver)
      coalescing.note(0)
      #expect(!coalescing.isOver)
      coalescing.note(3)
      #expect(!coalescing.isOver)
      coalescing.note(0)
      #expect(coalescing.isOver)
    }
  }
}
