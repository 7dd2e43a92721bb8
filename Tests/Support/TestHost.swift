@testable import MemtopCore

/// A hand-made host for the policy's tests: figures round enough to reckon with.
enum TestHost {
  static func id(_ domid: UInt16) -> DomainID {
    DomainID(domid: domid, uuid: domid == 0 ? .zero : DomainUUID(high: 7, low: UInt64(domid)))
  }

  /// A settled guest of 2 GiB, 1 GiB of which is busy, that may grow to 4 GiB.
  static func guest(
    _ domid: UInt16 = 5, size: Bytes = .gib(2), busy: Bytes? = .gib(1), max: Bytes? = .gib(4),
    _ change: (inout DomainSample) -> Void = { _ in }
  ) -> DomainSample {
    var report = GuestReport(dialect: .memtop)
    report.available = busy.map { size - $0 }
    var sample = DomainSample(
      id: id(domid), facts: DomainFacts(name: "g\(domid)"), kind: .pvh, allocation: size,
      target: size, staticMax: max, balloon: BalloonState(hasFollowed: true, startedFrom: size),
      report: report, health: .fresh, reportAge: .seconds(1), busy: busy,
      available: report.available, pressure: .ok)
    change(&sample)
    return sample
  }

  static func dom0(_ change: (inout DomainSample) -> Void = { _ in }) -> DomainSample {
    var sample = guest(0, size: .gib(4), busy: .gib(1), max: nil)
    sample.report?.dialect = .proc
    change(&sample)
    return sample
  }

  /// Dom0 and `guests` at `second`, with this much free.
  static func snapshot(
    _ guests: [DomainSample], free: Bytes = .gib(20), second: Int64 = 100,
    _ change: (inout HostMemory) -> Void = { _ in }
  ) -> Snapshot {
    let domains = guests.first?.id.isDom0 == true ? guests : [dom0()] + guests
    let promised = domains.reduce(Bytes.zero) { $0 + $1.promise }
    let held = domains.reduce(Bytes.zero) { $0 + $1.allocation }
    var host = HostMemory(
      hostname: "xen1", xenVersion: "4.17.7", total: .gib(64), dom0: .gib(4),
      guests: held - .gib(4), dying: .zero, xen: .mib(300), free: free,
      claimed: .zero, promised: promised, owner: nil)
    change(&host)
    return Snapshot(
      time: WallTime(milliseconds: 1_700_000_000_000 + second * 1000),
      steady: SteadyTime(milliseconds: second * 1000), host: host, domains: domains)
  }
}
