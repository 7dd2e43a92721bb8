import Foundation
import MemtopCore
import MemtopSimulation
import MemtopRecording
import RecordedLoad
import Testing

/// A directory of a test's own, removed with it.
final class Scratch {
  let path: String

  /// - Parameter fast: in memory where that can be had; what is killed is a process, not the disk.
  init(fast: Bool = false) {
    let inMemory = fast && FileManager.default.isWritableFile(atPath: "/dev/shm")
    path =
      (inMemory ? "/dev/shm/" : NSTemporaryDirectory()) + "memtop-test-\(UUID().uuidString)"
    try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }
}

/// A simulated host, sampled each second through the real observer.
final class Living {
  var host: SimulatedHost
  let observer = Observer()
  var now: SteadyTime

  init(_ scenario: Scenario = Scenario.all[0], seed: UInt64 = 7, from: Int64 = 1_000_000) {
    now = SteadyTime(milliseconds: from)
    host = SimulatedHost(
      scenario: scenario, seed: seed, startingAt: WallTime(milliseconds: 1_790_000_000_123),
      steady: now)
  }

  func next(after span: Span = .seconds(1)) -> Snapshot {
    now = now + span
    host.advance(to: now)
    return observer.observe(host.reading())
  }

  func next(_ count: Int) -> [Snapshot] { (0..<count).map { _ in next() } }
}

/// Fails at the first line that differs, naming it.
func expectEqual(_ one: Snapshot, _ other: Snapshot, _ what: String) {
  let (a, b) = (SnapshotText.lines(one), SnapshotText.lines(other))
  for (left, right) in zip(a, b) where left != right {
    Issue.record("\(what):\n  \(left)\n  \(right)")
    return
  }
  #expect(a.count == b.count, "\(what)")
}
