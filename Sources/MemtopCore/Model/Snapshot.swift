/// Everything memtop knows of a host at one instant: an immutable value, made by the `Observer`.
public struct Snapshot: Sendable {
  /// When it was taken, by the wall clock.
  public var time: WallTime
  /// When it was taken, by the steady clock; of a recording, on its axis (`RecordingFile.range`).
  public var steady: SteadyTime
  /// Where the host's memory is. All zeros where a recording was read without `SnapshotParts.host`.
  public var host: HostMemory
  /// The hosts, where it is of several: then `host` is the sum of those that answer. Ascending by number.
  package var hosts: [HostShare] = []
  /// Ascending by host and domid; dom0 first.
  public var domains: DomainSamples
  /// How many domains the host has, where `domains` is only some of them.
  package var wholeCount: Int?
  /// What happened since the previous snapshot, oldest first.
  public var events: [HostEvent]
  /// Why xenstore could not be read for it, where the domains' keys are those of before.
  public var problem: String?

  /// Of some domains only what Xen says is known.
  package var isPartlyRead: Bool { domains.ageless.contains { $0.state == .reading } }

  package init(
    time: WallTime, steady: SteadyTime, host: HostMemory, domains: [DomainSample],
    events: [HostEvent] = [], problem: String? = nil
  ) {
    self.init(
      time: time, steady: steady, host: host, domains: DomainSamples(domains), events: events,
      problem: problem)
  }

  init(
    time: WallTime, steady: SteadyTime, host: HostMemory, domains: DomainSamples,
    events: [HostEvent], problem: String?
  ) {
    self.time = time
    self.steady = steady
    self.host = host
    self.domains = domains
    self.events = events
    self.problem = problem
  }

  /// The domain with this domid *and* uuid, or nil where it is gone or was replaced.
  public func domain(_ id: DomainID) -> DomainSample? {
    index(of: id).map { domains[$0] }
  }

  /// Its place in `domains`.
  public func index(of id: DomainID) -> Int? {
    domains.index(domid: id.domid, host: id.host).flatMap {
      domains.ageless[$0].id == id ? $0 : nil
    }
  }

  /// Whichever domain has this domid now.
  public func domain(domid: UInt16, host: HostNumber = .only) -> DomainSample? {
    domains.index(domid: domid, host: host).map { domains[$0] }
  }

  /// The domains with this uuid. Usually one. A migration within the host has two. A zero uuid
  /// identifies no domain.
  public func domains(uuid: DomainUUID) -> [DomainSample] {
    domains.filter { $0.id.uuid == uuid }
  }
}

/// Where a host's memory is; the parts of the bar sum to `total`.
///
/// `total = dom0 + guests + dying + overhead + xen + free`, where an unknown overhead is part of xen.
///
/// Memory that waits to be scrubbed is part of free: `scrub_pages` is always 0 (xen/common/sysctl.c).
public struct HostMemory: Hashable, Sendable {
  /// The host's name up to its first dot, safe to print; of several hosts, for example "3 hosts".
  public var hostname: String
  /// As `xl info` gives it, for example "4.17.7"; empty where several hosts differ in it.
  public var xenVersion: String
  /// The host's memory (`xc_physinfo_t.total_pages`), or the sum of its parts where that is more.
  public var total: Bytes
  /// Dom0's allocation.
  public var dom0: Bytes
  /// Allocations of all other domains that run or are paused, stub domains among them.
  public var guests: Bytes
  /// Held by domains that are dying or shut down.
  public var dying: Bytes
  /// Xen's own: what is left when all else is subtracted.
  public var xen: Bytes
  /// What is not allocated (`xc_physinfo_t.free_pages`).
  public var free: Bytes
  /// What Xen holds for the domains' page tables; nil where Xen tells of none.
  public var overhead: Bytes?
  /// Of `free`: claimed for domains being built.
  public var claimed: Bytes
  /// Of `free`: Σ `DomainSample.promise`, what ballooning guests and those being built may still take.
  public var promised: Bytes
  /// Another program that sets targets here; nil where none was found, and of several hosts.
  public var owner: TargetOwner?
  /// Not recorded.
  package var traits = HostTraits()
  /// The NUMA nodes where there are several. Not recorded.
  package var nodes: [HostNode] = []
  /// `memtop regulate`, where it runs or was killed. Not recorded.
  public var regulator: RegulatorStatus?

  /// What a new promise could be made of: free − claimed − promised, never below zero.
  public var uncommitted: Bytes { max(.zero, free - claimed - promised) }

  /// What a host should keep free: max(256 MiB, 2 %).
  package static func reserve(total: Bytes) -> Bytes { max(.mib(256), total / 50) }

  /// What is claimed and promised beyond what is free: it has to be freed before anything else is.
  public var overpromised: Bytes { max(.zero, claimed + promised - free) }

  package init(
    hostname: String, xenVersion: String, total: Bytes, dom0: Bytes, guests: Bytes, dying: Bytes,
    xen: Bytes, free: Bytes, overhead: Bytes? = nil, claimed: Bytes, promised: Bytes,
    owner: TargetOwner?, regulator: RegulatorStatus? = nil
  ) {
    self.hostname = hostname
    self.xenVersion = xenVersion
    self.total = total
    self.dom0 = dom0
    self.guests = guests
    self.dying = dying
    self.xen = xen
    self.free = free
    self.overhead = overhead
    self.claimed = claimed
    self.promised = promised
    self.owner = owner
    self.regulator = regulator
  }
}

/// What seldom changes about a domain; shared between samples, all text already safe to print.
public final class DomainFacts: Sendable {
  /// The host's name, where several are shown together.
  public let host: String?
  /// The name with every byte outside printable UTF-8 escaped; "(unnamed)" where there is none.
  public let name: String
  /// The operating system that the guest reports: `data/os_name`, else `data/os_distro`, else nil.
  public let osName: String?
  /// The kernel release that the guest reports (`data/os_uname`); nil where it reports none.
  public let kernel: String?
  /// `attr/vif/0/ipv4/0` as the guest wrote it, so perhaps no address; nil where it wrote none.
  public let ipv4: String?
  /// `attr/vif/0/ipv6/0` as the guest wrote it, so perhaps no address; nil where it wrote none.
  public let ipv6: String?
  /// When the domain was built, to the second (`/vm/UUID/start_time`). nil where that is missing.
  public let startedAt: WallTime?

  package init(
    name: String, osName: String? = nil, kernel: String? = nil, ipv4: String? = nil,
    ipv6: String? = nil, startedAt: WallTime? = nil, host: String? = nil
  ) {
    self.host = host
    self.name = name
    self.osName = osName
    self.kernel = kernel
    self.ipv4 = ipv4
    self.ipv6 = ipv6
    self.startedAt = startedAt
  }
}

/// The one word for what a domain is doing.
public enum DomainState: String, CaseIterable, Hashable, Sendable {
  case running, paused, booting, crashed, dying, shutdown, migrating, stuck
  /// Being built, restored or received: it has no target yet.
  case building
  /// Its xenstore values are yet to be read: only what Xen says is known.
  case reading

  /// The state as a clause: "it has crashed".
  package var clause: String {
    if case .stuck = self { "its balloon is stuck" } else { clause(of: "it") }
  }

  /// The same of a name: "web1 has crashed".
  package func clause(of name: String) -> String {
    switch self {
    case .running, .paused, .booting, .dying, .stuck: "\(name) is \(rawValue)"
    case .building: "\(name) is being built, restored or received"
    case .reading: "\(name) has not been read from xenstore yet"
    case .crashed: "\(name) has crashed"
    case .shutdown: "\(name) has shut down"
    case .migrating: "\(name) is being saved or migrated"
    }
  }

  /// Whether its programs can run, so that its report says what they need now.
  public var isUp: Bool { self == .running || self == .stuck }
}

/// Stub domains: each runs the device model (QEMU) of one guest in a domain of its own.
///
/// libxl writes `target` for the stub domain and `image/device-model-domid` for its guest (libxl_dm.c,
/// libxl__spawn_stub_dm); no guest can write either.
extension DomainSample {
  /// Whether it runs the device model of a guest (`deviceModelOf`).
  public var isStubDomain: Bool { self.deviceModelOf != nil }

  /// What people call a guest: neither dom0 nor a guest's device model.
  public var isGuest: Bool { !self.id.isDom0 && !isStubDomain }
}

extension Snapshot {
  /// The place in `domains` of the guest whose device model the domain at `index` runs; nil where it is no
  /// stub domain, or its guest is not there or has another device model.
  package func guest(ofStubAt index: Int) -> Int? {
    guard let domid = domains.ageless[index].deviceModelOf,
      let guest = domains.index(domid: domid, host: domains.ageless[index].id.host),
      domains.ageless[guest].isGuest
    else { return nil }
    let stub = domains.ageless[index].id.domid
    return domains.ageless[guest].deviceModel ?? stub == stub ? guest : nil
  }

  /// The guest of a stub domain, by the same rule.
  public func guest(of stub: DomainSample) -> DomainSample? {
    index(of: stub.id).flatMap(guest(ofStubAt:)).map { domains[$0] }
  }

  /// The stub domains that belong to a guest, ascending by domid: one, or two while one takes over.
  public func stubDomains(of guest: DomainSample) -> [DomainSample] {
    stubPlaces.filter { domains[$0.guest].id == guest.id }.map { domains[$0.stub] }
  }

  /// Each stub domain that has its guest beside it, as places in `domains`; ascending by the stub's.
  package var stubPlaces: [(stub: Int, guest: Int)] {
    domains.chunks.enumerated().flatMap { place, chunk in
      chunk.indices.compactMap { offset -> (stub: Int, guest: Int)? in
        guard chunk[offset].deviceModelOf != nil else { return nil }
        let index = place * DomainSamples.chunkSize + offset
        return guest(ofStubAt: index).map { (index, $0) }
      }
    }
  }

  /// Places of domains in which each stub domain directly follows its guest, wherever it stood.
  ///
  /// - Parameter stubs: the snapshot's `stubPlaces`.
  package static func withStubsUnderGuests(
    _ places: [Int], _ stubs: [(stub: Int, guest: Int)]
  ) -> [Int] {
    guard !stubs.isEmpty else { return places }
    let ofGuest = Dictionary(grouping: stubs, by: \.guest).mapValues { $0.map(\.stub) }
    let listed = Set(places)
    let moved = Set(stubs.filter { listed.contains($0.guest) }.map(\.stub))
    return places.filter { !moved.contains($0) }.flatMap { place in
      [place] + (ofGuest[place] ?? []).filter(listed.contains)
    }
  }
}
