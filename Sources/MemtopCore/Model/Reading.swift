/// What a host said at one instant, before anything is concluded from it.
///
/// Made by a `HostSource` (a real Xen, the simulated host, a recording); turned into a `Snapshot`
/// by the `Observer`.
package struct Reading: Sendable {
  package var time: WallTime
  package var steady: SteadyTime
  package var host: HostReading
  /// Ascending by domid.
  package var domains: [DomainReading]

  package init(time: WallTime, steady: SteadyTime, host: HostReading, domains: [DomainReading]) {
    self.time = time
    self.steady = steady
    self.host = host
    self.domains = domains
  }
}

/// The host's own figures (`xc_physinfo`), and who it is.
package struct HostReading: Sendable {
  package var hostname: String
  /// As `xl info` gives it, for example "4.17.7".
  package var xenVersion: String
  package var total: Bytes
  package var free: Bytes
  /// Memory claimed for domains that are being built (`outstanding_pages`).
  package var claimed: Bytes
  package var traits: HostTraits
  /// The NUMA nodes where there are several; they may be some seconds old.
  package var nodes: [HostNode]
  /// Another program that sets targets on this host, if one was found.
  package var owner: TargetOwner?
  /// Dom0's own /proc, read by the source; nil where memtop does not run in dom0.
  package var dom0: GuestReport?
  /// Why xenstore could not be read: the domains' keys are then those of before. One line.
  package var storeProblem: String?

  package init(
    hostname: String, xenVersion: String, total: Bytes, free: Bytes, claimed: Bytes = .zero,
    traits: HostTraits = HostTraits(), nodes: [HostNode] = [], owner: TargetOwner? = nil,
    dom0: GuestReport? = nil,
    storeProblem: String? = nil
  ) {
    self.hostname = hostname
    self.xenVersion = xenVersion
    self.total = total
    self.free = free
    self.claimed = claimed
    self.traits = traits
    self.nodes = nodes
    self.owner = owner
    self.dom0 = dom0
    self.storeProblem = storeProblem
  }
}

/// A program that re-asserts its own targets; memtop acts through it or not at all.
public enum TargetOwner: String, CaseIterable, Hashable, Sendable {
  /// XAPI, whose tool `xe` was found: memtop sets dynamic ranges through it.
  case xapi
  /// XAPI's balloon daemon, on a host without `xe`.
  case squeezed
  /// Qubes' memory manager.
  case qmemman

  /// As sentences name it.
  public var word: String { self == .xapi ? "XAPI" : rawValue }
}

/// One domain as `xc_domain_getinfolist` and xenstore give it.
///
/// A class: a domain in which nothing changes has the same one in each reading, and nothing of it is
/// looked at.
package final class DomainReading: Sendable {
  package let id: DomainID
  package let kind: DomainKind
  package let life: DomainLife
  /// `tot_pages`: what the domain holds now.
  package let allocation: Bytes
  /// `max_pages`: what it may hold; nil is unlimited.
  package let limit: Bytes?
  /// `outstanding_pages`: promised to it while it is being built.
  package let claim: Bytes
  /// What Xen holds for its page tables beside its pages; nil where Xen does not tell.
  package let overhead: Bytes?
  /// nil where it was not asked for: of PV guests, and once all is populated.
  package let populateOnDemand: PopulateOnDemand?
  package let keys: StoreKeys
  /// libxl saves it or sends it to another host (`SaveHelper`).
  package let isBeingSaved: Bool
  /// Whether all its values were read from xenstore; else `keys` has its name and target at most.
  package let isRead: Bool

  package init(
    id: DomainID, kind: DomainKind, life: DomainLife = .running, allocation: Bytes,
    limit: Bytes? = nil, claim: Bytes = .zero, overhead: Bytes? = nil,
    populateOnDemand: PopulateOnDemand? = nil, keys: StoreKeys = StoreKeys(),
    isBeingSaved: Bool = false, isRead: Bool = true
  ) {
    self.id = id
    self.kind = kind
    self.life = life
    self.allocation = allocation
    self.limit = limit
    self.claim = claim
    self.overhead = overhead
    self.populateOnDemand = populateOnDemand
    self.keys = keys
    self.isBeingSaved = isBeingSaved
    self.isRead = isRead
  }

  /// Whether it says the same as another.
  package func isSame(as other: DomainReading) -> Bool {
    if self === other { return true }
    return keys === other.keys && allocation == other.allocation && life == other.life
      && limit == other.limit && claim == other.claim && kind == other.kind
      && overhead == other.overhead && populateOnDemand == other.populateOnDemand
      && isBeingSaved == other.isBeingSaved && isRead == other.isRead && id == other.id
  }
}

/// How Xen runs a domain: paravirtualized (PV), or by hardware with a PC emulated (HVM) or without
/// one (PVH).
public enum DomainKind: String, CaseIterable, Hashable, Sendable {
  case pv, hvm, pvh
}

/// What Xen's flags say of a domain (`XEN_DOMINF_*`).
public enum DomainLife: Hashable, Sendable {
  case running
  case paused
  case dying
  /// Shut down but not yet destroyed.
  case shutDown(ShutdownReason)
}

/// Xen's `SHUTDOWN_*` codes.
public enum ShutdownReason: UInt8, CaseIterable, Hashable, Sendable {
  case poweroff = 0
  case reboot = 1
  case suspend = 2
  case crash = 3
  case watchdog = 4
  case softReset = 5
}

/// Gives readings of one host. A call may block for as long as Xen does; one thread at a time.
package protocol HostSource: AnyObject, Sendable {
  /// - Parameter preview: is given what is known meanwhile where a first reading takes long.
  func read(preview: (Reading) -> Void) throws(SourceError) -> Reading
  /// From now on all domains are read, where only one was asked for.
  func readEverything()
}

extension HostSource {
  /// A reading of which nothing is wanted before its end.
  package func read() throws(SourceError) -> Reading { try read(preview: { _ in }) }
  package func readEverything() {}
}

/// Why a host could not be read: what was tried, on what, and what to do.
package struct SourceError: Error, Hashable, Sendable, CustomStringConvertible {
  package var description: String
  package init(_ description: String) { self.description = description }
}

/// A NUMA node of the host.
package struct HostNode: Hashable, Sendable {
  package var number: Int
  package var size: Bytes
  package var free: Bytes

  package init(number: Int, size: Bytes, free: Bytes) {
    (self.number, self.size, self.free) = (number, size, free)
  }
}

/// The nodes that Xen prefers for a domain's memory, where these are not all (libxl's automatic
/// placement, or `cpus` in xl.cfg(5)).
package struct NodeRoom: Hashable, Sendable {
  package var nodes: [Int]
  /// Free on all of them together.
  package var free: Bytes

  package init(nodes: [Int], free: Bytes) { (self.nodes, self.free) = (nodes, free) }

  /// nil where the domain may as well have memory of any node.
  package init?(affinity: [Int], of host: [HostNode]) {
    let own = host.filter { affinity.contains($0.number) }
    guard !own.isEmpty, own.count < host.count else { return nil }
    self.init(nodes: own.map(\.number), free: own.reduce(.zero) { $0 + $1.free })
  }
}

/// A guest's memory that is there only once its kernel touches it: libxl starts HVM and PVH guests that
/// have less than their static-max so (`xc_domain_get_pod_target`; Xen, p2m-pod.c).
///
/// The kernel sees all of static-max, and its balloon driver is to give back what the target does not
/// cover. Until it has, there are more entries than pages for them.
public struct PopulateOnDemand: Hashable, Sendable {
  /// What the kernel was promised and has not touched yet (`pod_entries`).
  public var entries: Bytes
  /// What Xen has set aside for that; a part of the allocation (`pod_cache_pages`).
  public var cache: Bytes

  package init(entries: Bytes, cache: Bytes) {
    self.entries = entries
    self.cache = cache
  }

  /// What the guest was promised and cannot be given: Xen crashes a guest that touches more than its
  /// cache (p2m_pod_demand_populate). The balloon driver brings it to zero, or a raise: Xen itself
  /// allocates the cache for that (p2m_pod_set_mem_target).
  public var uncovered: Bytes { max(.zero, entries - cache) }
}

/// The program by which libxl saves a domain or sends it to another host, as it is seen among dom0's
/// processes (libxl_save_callout.c, run_helper).
///
/// It is the only sign of a live migration while its memory is copied, which takes minutes: the
/// domain is renamed only after that (xl_migrate.c, migrate_domain).
package enum SaveHelper {
  /// Its name as the kernel keeps it, in 15 bytes (/proc/PID/comm).
  package static let command = "libxl-save-help"

  private static let name = "libxl-save-helper"

  /// The domain that it saves; nil for any other process, and for one that restores.
  ///
  /// - Parameter commandLine: /proc/PID/cmdline, each word ended by a NUL: "…/libxl-save-helper
  ///   --save-domain STREAM_FD BACK_FD DOMID FLAGS CALLBACKS CHECKPOINTED".
  package static func domid(savedBy commandLine: [UInt8]) -> UInt16? {
    let words = commandLine.split(separator: 0, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard words.count > 4, words[0].split(separator: "/").last.map(String.init) == name,
      words[1] == "--save-domain"
    else { return nil }
    return UInt16(words[4])
  }
}
