import MemtopCore
import XenBridge

/// Asks what a domain has left to populate on demand, which is a hypercall of its own: often while it
/// starts, seldom for as long as something is left, and never again once all is populated.
///
/// Entries are made only while a domain is built, when it is paused (xg_dom_x86.c, meminit_hvm).
struct PopulateOnDemandProbe {
  static let often = Span.seconds(60)
  static let seldom = Span.seconds(10)

  private var last: PopulateOnDemand?
  private var since: SteadyTime?
  private var next: SteadyTime?
  private var isOver = false
  private var failures = 0
  /// A kind of guest that Xen tells nothing of fails each time.
  private static let mostFailures = 3

  /// It will not be asked again for a domain of this kind while nothing else of it changes.
  func isDone(_ kind: DomainKind) -> Bool { isOver || kind == .pv }

  mutating func figure(
    _ kind: DomainKind, _ life: DomainLife, now: SteadyTime, ask: () -> PopulateOnDemand?
  ) -> PopulateOnDemand? {
    guard !isOver, kind != .pv, life == .running || life == .paused else { return nil }
    if let next, now < next { return last }
    let found = ask()
    let begin = since ?? now
    since = begin
    next = now - begin < Self.often ? now : now + Self.seldom
    guard let found else {
      failures += 1
      if failures >= Self.mostFailures, life == .running { (isOver, last) = (true, nil) }
      return last
    }
    (last, failures) = (found, 0)
    if life == .running, found.entries == .zero { (isOver, last) = (true, nil) }
    return last
  }
}

/// The size of a domain's paging pool, asked for only when it may be another.
///
/// libxl sizes the pool when it builds the domain, after it has set the limit and before it writes the
/// first target (libxl_dom.c, libxl__build_pre and libxl__build_post). So it is read at first sight,
/// when the limit changes, and when the target appears.
struct PagingPool {
  private struct Basis: Equatable {
    let limit: UInt64
    let isBuilt: Bool
  }

  /// nil where Xen does not tell.
  private(set) var size: Bytes?
  private var basis: Basis?

  mutating func update(_ figure: mt_domain, isBuilt: Bool, read: (UInt16) -> Bytes?) {
    guard figure.hasPagingPool else { return self = PagingPool() }
    let now = Basis(limit: figure.limit_pages, isBuilt: isBuilt)
    guard now != basis else { return }
    (basis, size) = (now, read(figure.domid))
  }
}

/// The free memory of each NUMA node, asked for seldom; never again on a host with one node.
struct NodeProbe {
  private static let interval = Span.seconds(10)

  private var next: SteadyTime?
  private var nodes: [HostNode] = []
  private var isOne = false

  /// Empty where there is one node, or none is known.
  ///
  /// - Parameter hypercall: nil where it failed, which says nothing of the next.
  mutating func nodes(at now: SteadyTime, read hypercall: () -> [HostNode]?) -> [HostNode] {
    if isOne { return [] }
    if let next, now < next { return nodes }
    next = now + Self.interval
    guard let found = hypercall() else { return nodes }
    isOne = found.count < 2
    nodes = isOne ? [] : found
    return nodes
  }
}
