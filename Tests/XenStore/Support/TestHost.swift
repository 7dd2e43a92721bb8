import Foundation
import MemtopCore
import MemtopSystem
import Synchronization

@testable import MemtopXen

/// A host made of a real xenstored and a table of domains, and a source that reads it.
final class TestHost {
  let xenstored: Xenstored
  var hypervisor: FakeHypervisor
  let source: XenSource
  let clock = TestClock()
  private(set) var store: StoreConnection

  /// - Parameter root: stands before dom0's own files.
  init(
    domids: some Sequence<UInt16> = [0, 1, 2], budget: ReadBudget = ReadBudget(),
    scope: ReadScope = .everything, root: String = ""
  ) throws {
    xenstored = try Xenstored()
    hypervisor = FakeHypervisor(in: xenstored.directory)
    hypervisor.domains = domids.map { FakeHypervisor.domain($0) }
    hypervisor.publish()
    store = try StoreConnection(socketOnly: true)
    source = try XenSource(
      XenHost(release: Fixture.release, hostname: "test"), parseDom0: { _ in nil },
      clock: clock.clock, budget: budget, scope: scope, root: root)
  }

  func reconnect() throws { store = try StoreConnection(socketOnly: true) }

  func write(_ domid: UInt16, _ path: String, _ value: String) throws {
    try store.write("/local/domain/\(domid)/\(path)", Array(value.utf8))
  }

  func write(_ domid: UInt16, _ key: StoreKey, _ value: String) throws {
    try write(domid, key.path, value)
  }

  func remove(_ domid: UInt16, _ path: String) throws {
    try store.remove("/local/domain/\(domid)/\(path)")
  }

  /// Who may do what with a node: "n0", "r5".
  func permissions(_ path: String) throws -> [String] {
    let bytes = try xenstored.ask(.permissions, Array(path.utf8) + [0])
    return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  func setPermissions(_ path: String, _ permissions: [String]) throws {
    let words = [path] + permissions
    _ = try xenstored.ask(.setPermissions, words.flatMap { Array($0.utf8) + [0] })
  }

  /// Everything of a domain's, as a toolstack does at its end.
  func remove(_ domid: UInt16) throws { try store.remove("/local/domain/\(domid)") }

  func setDomains(_ domains: [FakeHypervisor.Domain]) {
    hypervisor.domains = domains
    hypervisor.publish()
  }

  /// Waits until the watch has brought that many events since the last reading.
  func awaitEvents(_ count: Int) throws {
    try eventually { source.watch.pendingEvents >= count }
  }

  /// Waits until xenstored has that many connections.
  func awaitConnections(_ count: Int) throws {
    var seen: [Int] = []
    do {
      try eventually {
        let now = try xenstored.connections()
        if seen.last != now { seen.append(now) }
        return now == count
      }
    } catch {
      throw Unexpected(description: "waited for \(count) connections, there were \(seen)")
    }
  }

  func keys(_ domid: UInt16) throws -> StoreKeys? {
    try source.read().domains.first { $0.id.domid == domid }?.keys
  }
}

/// A clock that only a test moves.
final class TestClock: Sendable {
  private let now = Mutex<Int64>(1_000_000)
  /// By how much it moves each time that it is looked at.
  private let step = Mutex<Int64>(0)

  var clock: HostClock {
    HostClock(
      wall: { WallTime(milliseconds: self.now.withLock { $0 }) },
      steady: {
        self.advance(Span(milliseconds: self.step.withLock { $0 }))
        return SteadyTime(milliseconds: self.now.withLock { $0 })
      })
  }

  func moves(by span: Span) { step.withLock { $0 = span.milliseconds } }

  func advance(_ span: Span) { now.withLock { $0 += span.milliseconds } }
}

extension StoreKeys {
  func text(_ key: StoreKey) -> String? { self[key].map { String(decoding: $0, as: UTF8.self) } }
}

/// What was seen in place of what was awaited.
struct Unexpected: Error, CustomStringConvertible {
  var description: String
}
