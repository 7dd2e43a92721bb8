import Foundation
import MemtopCore
import MemtopRecording
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
  let host: SimulatedHost
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

/// All that a snapshot holds, as lines that can be compared and read.
func cells(_ snapshot: Snapshot) -> [String] {
  let host = snapshot.host
  var lines = [
    "time \(snapshot.time.milliseconds) at \(snapshot.steady.milliseconds) "
      + "problem \(snapshot.problem ?? "-")",
    "host \(host)",
  ]
  for domain in snapshot.domains {
    var row = [Int64](repeating: 0, count: SampleRow.width)
    let arrival = domain.reportAge.map { snapshot.steady + $0 * -1 }
    SampleRow.fill(&row, from: domain, text: 0, arrival: arrival)
    let names = SampleRow.Column.allCases.map { "\($0)=\(row[$0.rawValue])" }
    let facts = domain.facts
    lines.append(
      "\(domain.id) \(facts.name) \(facts.osName ?? "-") \(facts.kernel ?? "-") "
        + "\(facts.ipv4 ?? "-") \(facts.ipv6 ?? "-") \(facts.startedAt?.milliseconds ?? -1) "
        + "\(domain.kind) \(domain.life) \(domain.health) \(domain.report?.dialect.rawValue ?? "-") "
        + "\(domain.report?.interval?.milliseconds ?? -1) "
        + names.filter { !$0.hasSuffix("=\(SampleRow.missing)") }.joined(separator: " "))
  }
  for event in snapshot.events { lines.append("event \(event)") }
  return lines
}

/// Fails at the first line that differs, naming it.
func expectEqual(_ one: Snapshot, _ other: Snapshot, _ what: String) {
  let (a, b) = (cells(one), cells(other))
  for (left, right) in zip(a, b) where left != right {
    Issue.record("\(what):\n  \(left)\n  \(right)")
    return
  }
  #expect(a.count == b.count, "\(what)")
}
