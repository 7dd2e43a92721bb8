import Foundation
import MemtopCore
import Testing

@testable import MemtopXen

extension XenStore {
  @Suite("writing into xenstore", .timeLimit(.minutes(30)))
  struct StoreWriteTests {
    private static let path = "/local/domain/5/name"

    /// A device on which a call blocks, as the kernel's does while xenstored is dead.
    private func deadDevice() -> (path: String, ends: [Int32]) {
      var (terminal, held): (Int32, Int32) = (-1, -1)
      var name = [CChar](repeating: 0, count: 64)
      precondition(openpty(&terminal, &held, &name, nil, nil) == 0)
      let path = String(decoding: name.prefix { $0 != 0 }.map { UInt8($0) }, as: UTF8.self)
      return (path, [terminal, held])
    }

    @Test(
      "a connection over the socket never turns to the kernel's device")
    func socketOnly() throws {
      let xenstored = try Xenstored()
      let store = try StoreConnection(socketOnly: true)
      let device = deadDevice()
      defer { device.ends.forEach { _ = close($0) } }
      setenv("XENSTORED_PATH", device.path, 1)
      try store.write(Self.path, Array("db2".utf8))
      #expect(try store.text(Self.path) == "db2")
      #expect(try store.writePrivate(Self.path, below: "/local/domain/5", Array("db3".utf8)))
      xenstored.kill()
      #expect(throws: StoreConnection.Lost.self) { try store.write(Self.path, [1]) }
      #expect(throws: StoreConnection.Lost.self) { try store.remove(Self.path) }
      #expect(throws: StoreConnection.Lost.self) { try StoreConnection(socketOnly: true) }
    }

    @Test("where there is no socket libxenstore writes, over the device")
    func device() throws {
      let host = try TestHost()
      let device = try FakeDevice(host.xenstored)
      setenv("XENSTORED_PATH", device.path, 1)
      let store = try StoreConnection(socketOnly: false)
      #expect(try !store.writePrivate(Self.path, below: "/local/domain/5", [1]))
      #expect(try store.text("/local/domain/5") == nil)
      try store.write(Self.path, Array("db2".utf8))
      let key = "/local/domain/5/memory/memtop-set"
      #expect(try store.writePrivate(key, below: "/local/domain/5", Array("x".utf8)))
      #expect(try host.permissions(key) == ["n0"])
      #expect(try store.text(key) == "x")
      try store.remove(key)
      #expect(try store.text(key) == nil)
    }

    @Test("a path or a value that is too long is refused, and the connection goes on")
    func tooLong() throws {
      let xenstored = try Xenstored()
      let store = try StoreConnection(socketOnly: true)
      let long = [UInt8](repeating: 0x78, count: 4096)
      #expect(throws: StoreConnection.Lost.self) { try store.write(Self.path, long) }
      #expect(throws: StoreConnection.Lost.self) {
        try store.remove("/" + String(decoding: long, as: UTF8.self))
      }
      try store.write(Self.path, Array("db2".utf8))
      #expect(try store.text(Self.path) == "db2")
      xenstored.kill()
    }
  }
}
