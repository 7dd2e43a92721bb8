/// Everything memtop knows of a host at one instant: an immutable value, made by the `Observer`.
public struct Snapshot: Sendable {
  public var time: WallTime
  public var steady: SteadyTime
  public var host: HostMemory
  /// Ascending by domid; dom0 first.
  public var domains: [DomainSample]
  /// What happened since the previous snapshot, oldest first.
  public var events: [HostEvent]
  /// Why xenstore could not be read for it, where the domains' keys are those of before.
  public var problem: String?

  public init(
    time: WallTime, steady: SteadyTime, host: HostMemory, domains: [DomainSample],
    events: [HostEvent] = [], problem: String? = nil
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

  /// Its place in `domains`, found by halving: domains ascend by domid.
  public func index(of id: DomainID) -> Int? {
    domains.firstIndex(domid: id.domid, by: \.id.domid).flatMap { domains[$0].id == id ? $0 : nil }
  }

  /// Whichever domain has this domid now.
  public func domain(domid: UInt16) -> DomainSample? {
    domains.firstIndex(domid: domid, by: \.id.domid).map { domains[$0] }
  }

  /// The domain that now bears this uuid, whatever its domid.
  public func domain(uuid: DomainUUID) -> DomainSample? {
    domains.first { $0.id.uuid == uuid }
  }
}

/// Where a host's memory is; the parts of the bar sum to `total`.
///
/// `total = dom0 + guests + dying + xen + free + scrubbing`
public struct HostMemory: Hashable, Sendable {
  public var hostname: String
  public var xenVersion: String
  public var total: Bytes
  public var dom0: Bytes
  public var guests: Bytes
  /// Held by domains that are dying or shut down.
  public var dying: Bytes
  /// Xen's own: what is left when all else is subtracted.
  public var xen: Bytes
  public var free: Bytes
  public var scrubbing: Bytes
  /// Of `free`: claimed for domains being built.
  public var claimed: Bytes
  /// Of `free`: Σ max(0, target − allocation), what ballooning guests may still take.
  public var promised: Bytes
  public var owner: TargetOwner?

  /// What a new promise could be made of: free − claimed − promised, never below zero.
  public var uncommitted: Bytes { max(.zero, free - claimed - promised) }

  public init(
    hostname: String, xenVersion: String, total: Bytes, dom0: Bytes, guests: Bytes, dying: Bytes,
    xen: Bytes, free: Bytes, scrubbing: Bytes, claimed: Bytes, promised: Bytes, owner: TargetOwner?
  ) {
    self.hostname = hostname
    self.xenVersion = xenVersion
    self.total = total
    self.dom0 = dom0
    self.guests = guests
    self.dying = dying
    self.xen = xen
    self.free = free
    self.scrubbing = scrubbing
    self.claimed = claimed
    self.promised = promised
    self.owner = owner
  }
}

/// What seldom changes about a domain; shared between samples, all text already safe to print.
public final class DomainFacts: Sendable {
  /// The name with every byte outside printable UTF-8 escaped; "(unnamed)" where there is none.
  public let name: String
  public let osName: String?
  public let kernel: String?
  public let ipv4: String?
  public let ipv6: String?
  public let startedAt: WallTime?

  public init(
    name: String, osName: String? = nil, kernel: String? = nil, ipv4: String? = nil,
    ipv6: String? = nil, startedAt: WallTime? = nil
  ) {
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
}

/// How a domain's balloon relates to its target.
public struct BalloonState: Hashable, Sendable {
  public enum Phase: Hashable, Sendable {
    /// Allocation is where the target puts it, or there is no target.
    case settled
    /// On its way; `since` is when it last made progress.
    case growing(since: SteadyTime)
    case shrinking(since: SteadyTime)
    /// Off its target with no progress for longer than the limit.
    case stuck(since: SteadyTime)
  }
  public var phase: Phase
  /// allocation − target when settled: toolstacks keep some pages back or add some.
  public var offset: Bytes
  /// Has it been seen to follow a target change, by memtop's own eyes or by its offset from a
  /// static-max above its target?
  public var hasFollowed: Bool
  /// The allocation at the moment the present target was first seen: where it started from.
  public var startedFrom: Bytes

  public init(
    phase: Phase = .settled, offset: Bytes = .zero, hasFollowed: Bool = false,
    startedFrom: Bytes = .zero
  ) {
    self.phase = phase
    self.offset = offset
    self.hasFollowed = hasFollowed
    self.startedFrom = startedFrom
  }

  public var isStuck: Bool {
    if case .stuck = phase { true } else { false }
  }
}

/// One domain at one instant, with what was concluded about it.
public struct DomainSample: Sendable {
  public var id: DomainID
  public var facts: DomainFacts
  public var kind: DomainKind
  public var life: DomainLife
  public var state: DomainState
  public var allocation: Bytes
  public var limit: Bytes?
  public var claim: Bytes
  /// `memory/target`: without videoram. nil where xenstore has none (often dom0).
  public var target: Bytes?
  public var staticMax: Bytes?
  public var dynamicMin: Bytes?
  public var dynamicMax: Bytes?
  public var videoram: Bytes
  public var balloon: BalloonState
  /// The guest keeps a target of its own: it says so (`memory/selftarget`), or it was seen to move
  /// its balloon with nobody having changed its target.
  public var selfBallooning: Bool

  /// The last readable report, fresh or not.
  public var report: GuestReport?
  public var health: ReportHealth
  /// Since the report was written; nil where unknown.
  public var reportAge: Span?

  /// Allocation when the report arrived − available; see ARCHITECTURE.md for each dialect.
  public var busy: Bytes?
  public var available: Bytes?
  public var cache: Bytes?
  public var swapUsed: Bytes?
  /// Bytes swapped in a second, between the last two reports.
  public var swapInRate: Bytes?
  public var swapOutRate: Bytes?
  public var pressure: Pressure?

  /// Another number each time that the domain was judged anew: samples of one domain and one observer
  /// with the same revision differ in nothing but how old their report is. 0 promises nothing.
  package var revision: UInt64 = 0

  public init(
    id: DomainID, facts: DomainFacts, kind: DomainKind = .pv, life: DomainLife = .running,
    state: DomainState = .running, allocation: Bytes, limit: Bytes? = nil, claim: Bytes = .zero,
    target: Bytes? = nil, staticMax: Bytes? = nil, dynamicMin: Bytes? = nil,
    dynamicMax: Bytes? = nil, videoram: Bytes = .zero, balloon: BalloonState = BalloonState(),
    selfBallooning: Bool = false, report: GuestReport? = nil, health: ReportHealth = .silent,
    reportAge: Span? = nil, busy: Bytes? = nil, available: Bytes? = nil, cache: Bytes? = nil,
    swapUsed: Bytes? = nil, swapInRate: Bytes? = nil, swapOutRate: Bytes? = nil,
    pressure: Pressure? = nil
  ) {
    self.id = id
    self.facts = facts
    self.kind = kind
    self.life = life
    self.state = state
    self.allocation = allocation
    self.limit = limit
    self.claim = claim
    self.target = target
    self.staticMax = staticMax
    self.dynamicMin = dynamicMin
    self.dynamicMax = dynamicMax
    self.videoram = videoram
    self.balloon = balloon
    self.selfBallooning = selfBallooning
    self.report = report
    self.health = health
    self.reportAge = reportAge
    self.busy = busy
    self.available = available
    self.cache = cache
    self.swapUsed = swapUsed
    self.swapInRate = swapInRate
    self.swapOutRate = swapOutRate
    self.pressure = pressure
  }

  public var name: String { facts.name }

  /// What an operator's SIZE means: `memory/target` plus videoram.
  public var size: Bytes? { target.map { $0 + videoram } }
}
