import Foundation
import MemtopCore
import MemtopSimulation
import MemtopRecording

/// A recording of a simulated host, removed with this object.
final class RecordedHost {
  let directory: String
  var path: String { directory + "/host.memtop" }

  /// - Parameter from: the first second; several stretches leave gaps.
  init(_ scenario: String = "small", seconds: Range<Int64>...) throws {
    directory = NSTemporaryDirectory() + "memtop-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    var host = SimulatedHost(
      scenario: Scenario.named(scenario)!, seed: 7, startingAt: Self.start,
      steady: SteadyTime(milliseconds: 0))
    let observer = Observer()
    let writer = try RecordingWriter(
      path, RecordingOptions(user: "alice"), now: Self.start)
    for second in seconds.joined() {
      host.advance(to: SteadyTime(milliseconds: second * 1000))
      _ = try writer.append(observer.observe(host.reading()))
    }
    try writer.close()
  }

  private static let start = WallTime(milliseconds: 1_790_000_000_000)

  /// One recording of several hosts, which have the same domids and uuids.
  init(several names: [String], seconds: Range<Int64>) throws {
    directory = NSTemporaryDirectory() + "memtop-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    var host = SimulatedHost(
      scenario: Scenario.named("datacenter")!, seed: 7, startingAt: Self.start,
      steady: SteadyTime(milliseconds: 0))
    let observer = Observer()
    let writer = try RecordingWriter(path, RecordingOptions(user: "alice"), now: Self.start)
    for second in seconds {
      host.advance(to: SteadyTime(milliseconds: second * 1000))
      let snapshot = observer.observe(host.reading())
      let parts = names.map { name in
        let number = HostNumber.named(name)
        let share = HostShare(
          number: number, name: name, memory: snapshot.host, link: .current,
          sampledAt: snapshot.steady)
        return (share, snapshot.domains.map { Self.sample($0, of: number) })
      }
      let events = names.flatMap { name in
        snapshot.events.map { Self.event($0, of: .named(name)) }
      }
      _ = try writer.append(
        Snapshot(time: snapshot.time, steady: snapshot.steady, hosts: parts, events: events))
    }
    try writer.close()
  }

  private static func sample(_ sample: DomainSample, of host: HostNumber) -> DomainSample {
    var sample = sample
    sample.id = DomainID(domid: sample.id.domid, uuid: sample.id.uuid, host: host)
    sample.facts = DomainFacts(name: sample.facts.name, host: host.name)
    return sample
  }

  private static func event(_ event: HostEvent, of host: HostNumber) -> HostEvent {
    HostEvent(
      time: event.time,
      domain: DomainID(domid: event.domain.domid, uuid: event.domain.uuid, host: host),
      name: event.name, kind: event.kind)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  func file(_ name: String) -> String { directory + "/" + name }
}
