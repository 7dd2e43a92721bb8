import MemtopCore
import MemtopRecording
import Testing

/// Snapshots of which every number is known.
struct Handmade {
  static let uuid = DomainUUID("11111111-2222-4333-8444-555555555555")!

  /// - Parameters:
  ///   - second: on the steady clock.
  ///   - offset: the wall clock's, where it was set.
  static func snapshot(
    _ second: Double, offset: Int64 = 0, _ domains: [DomainSample], _ events: [HostEvent] = [],
    hostname: String = "xen1"
  ) -> Snapshot {
    let milliseconds = Int64(second * 1000)
    return Snapshot(
      time: WallTime(milliseconds: 1_790_000_000_000 + milliseconds + offset),
      steady: SteadyTime(milliseconds: milliseconds),
      host: HostMemory(
        hostname: hostname, xenVersion: "4.17.7", total: .gib(64), dom0: .zero, guests: .zero,
        dying: .zero, xen: .mib(420), free: .zero, claimed: .zero,
        promised: .zero, owner: nil),
      domains: domains, events: events)
  }

  static func domain(
    _ allocation: Bytes, busy: Bytes? = nil, available: Bytes? = nil, swapIn: Bytes? = nil,
    pressure: Pressure? = nil, domid: UInt16 = 7, uuid: DomainUUID = uuid, name: String = "db2"
  ) -> DomainSample {
    var report = GuestReport(dialect: .memtop)
    report.available = available
    report.swapIn = swapIn
    return DomainSample(
      id: DomainID(domid: domid, uuid: uuid), facts: DomainFacts(name: name),
      allocation: allocation, report: report, health: .fresh, busy: busy, available: available,
      pressure: pressure)
  }

  static func change(
    _ second: Double, by: ChangeAuthor?, domid: UInt16 = 7, uuid: DomainUUID = uuid,
    name: String = "db2"
  ) -> HostEvent {
    HostEvent(
      time: WallTime(milliseconds: 1_790_000_000_000 + Int64(second * 1000)),
      domain: DomainID(domid: domid, uuid: uuid), name: name,
      kind: .targetChanged(from: .gib(1), to: .gib(2), by: by))
  }
}

/// Records these, as alice, in one session.
func record(
  _ snapshots: [Snapshot], _ path: String, user: String = "alice", note: String? = nil,
  interval: Span = .seconds(1)
) throws {
  let writer = try RecordingWriter(
    path,
    RecordingOptions(interval: interval, program: "memtop record", user: user, note: note),
    now: WallTime(milliseconds: 1_790_000_000_000))
  for snapshot in snapshots { #expect(try writer.append(snapshot) == .written) }
  try writer.close()
}

extension Extract {
  /// All of it.
  func snapshots() throws -> [Snapshot] {
    var all: [Snapshot] = []
    try forEach([.host, .events]) {
      all.append($0)
      return true
    }
    return all
  }
}
