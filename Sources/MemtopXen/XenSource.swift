import MemtopCore
import MemtopSystem
import XenBridge

/// Readings of the Xen host that memtop runs on.
///
/// Two hypercalls a reading, and one for each guest that may populate on demand, is new or has another
/// limit; from xenstore only what changed since the last one, so that a quiet
/// host costs no read at all. It writes nothing, anywhere.
///
/// Unchecked: `read` belongs to one thread at a time and may block for as long as Xen or xenstored
/// does; `status`, `pauseWatch` and `resumeWatch` may be used from any thread meanwhile.
package final class XenSource: HostSource, @unchecked Sendable {
  /// What the last reading cost.
  package struct Effort: Hashable, Sendable {
    /// Nodes read from xenstore.
    package var storeReads = 0
    /// Watch events taken since the reading before.
    package var events = 0
  }

  /// For whom `read` is waiting.
  package let status: SamplerStatus
  package private(set) var effort = Effort()

  private let host: XenHost
  private let clock: HostClock
  private let hypervisor: Hypervisor
  let watch = StoreWatch()
  private let store: StoreSampler
  private let dom0: Dom0Memory
  private var owner: TargetOwnerProbe
  private var nodes = NodeProbe()
  private let saves: SaveWatch
  private var roster = DomainRoster()
  /// By their places in the roster; where nothing changes, nothing of it does.
  private var domains: [DomainReading] = []
  /// Another reading of each would be the same while Xen and xenstore say nothing new.
  private var areSettled = false
  private var saved: Set<UInt16> = []
  /// There was a reading.
  private var hasRead = false

  /// Opens the hypercall interface; xenstore is first spoken to by `read`.
  ///
  /// `root` stands before the paths of dom0's own files (for tests).
  package init(
    _ host: XenHost, parseDom0: @escaping Dom0Parser, clock: HostClock = .system,
    budget: ReadBudget = ReadBudget(), scope: ReadScope = .everything, root: String = ""
  ) throws(SourceError) {
    self.host = host
    self.clock = clock
    hypervisor = try Hypervisor()
    status = SamplerStatus(clock: clock)
    store = StoreSampler(watch: watch, status: status, clock: clock, budget: budget)
    store.scope = scope
    dom0 = Dom0Memory(root: root, parse: parseDom0)
    owner = TargetOwnerProbe(root: root)
    saves = SaveWatch(root: root)
  }

  deinit { watch.close() }

  package func readEverything() { store.scope = .everything }

  package func read(preview: (Reading) -> Void) throws(SourceError) -> Reading {
    defer { status.done() }
    status.await(.hypervisor)
    let time = clock.wall()
    let steady = clock.steady()
    let figures = try hypervisor.host()
    let domains = try hypervisor.withDomains { domains, areSame throws(SourceError) in
      try readings(domains, areSame, steady) { known in
        preview(Reading(time: time, steady: steady, host: reading(figures, steady), domains: known))
      }
    }
    effort = Effort(storeReads: store.reads, events: watch.takeEvents())
    return Reading(time: time, steady: steady, host: reading(figures, steady), domains: domains)
  }

  /// What the guard needs to know of a domain beside its sample, as it is at this moment; on `read`'s
  /// thread.
  package func guardFacts(_ domain: DomainID) -> GuardFacts {
    let left = hypervisor.populateOnDemand(domain.domid)
    var facts = GuardFacts(populateOnDemand: left.map { .left($0) } ?? .notKnown)
    facts.isBeingSaved = saves.domidsNow(at: clock.steady()).contains(domain.domid)
    facts.nodes = nodeRoom(domain.domid)
    return facts
  }

  private func nodeRoom(_ domid: UInt16) -> NodeRoom? {
    guard let nodes = hypervisor.nodes(), nodes.count > 1,
      let affinity = hypervisor.nodeAffinity(domid)
    else { return nil }
    return NodeRoom(affinity: affinity, of: nodes)
  }

  /// False where nothing in xenstore has changed since the last reading; from any thread, at no cost.
  package var hasNews: Bool { watch.hasNews }

  /// Gives the watch back, so that this process may be stopped without holding up any guest.
  package func pauseWatch() { watch.pause() }

  /// The next reading reads every key anew; what changed meanwhile does not count as a report.
  package func resumeWatch() { watch.resume() }

  private func readings(
    _ figures: UnsafeBufferPointer<mt_domain>, _ areSame: Bool, _ now: SteadyTime,
    _ preview: ([DomainReading]) -> Void
  ) throws(SourceError) -> [DomainReading] {
    // At once, since the rest may fail.
    if !areSame, roster.update(figures) { domains.removeAll(keepingCapacity: true) }
    store.sample(roster) { [hasRead] in
      guard !hasRead else { return }
      preview(zip(figures, roster.domains).map { $0.reading(keys: $1.keys, isRead: false) })
    }
    // Before what may fail: the next reading must not miss it.
    if !areSame || store.hasNews { areSettled = false }
    let gone = try goneMeanwhile()
    let saved = saves.domids(at: now)
    if !areSettled || saved != self.saved {
      self.saved = saved
      renew(figures, now)
    }
    hasRead = true
    return gone.isEmpty ? domains : domains.filter { !gone.contains($0.id) }
  }

  /// Makes the readings of domains of which something is new.
  private func renew(_ figures: UnsafeBufferPointer<mt_domain>, _ now: SteadyTime) {
    let saved = saved
    var areSettled = true
    // Through a pointer: nothing is counted for the many of which nothing is new.
    roster.domains.withUnsafeBufferPointer { tracked in
      for index in figures.indices {
        let isSaved = !saved.isEmpty && saved.contains(figures[index].domid)
        let isNew = index == domains.count
        if !isNew, tracked[index].isUnchanged(figures[index], isBeingSaved: isSaved) { continue }
        let reading = tracked[index].reading(
          figures[index], isBeingSaved: isSaved, hypervisor, at: now)
        if isNew { domains.append(reading) } else { domains[index] = reading }
        areSettled =
          areSettled && tracked[index].isUnchanged(figures[index], isBeingSaved: isSaved)
      }
    }
    self.areSettled = areSettled
  }

  /// A domain that lost all its keys may have ended between the hypercall and the reads.
  private func goneMeanwhile() throws(SourceError) -> [DomainID] {
    var gone: [DomainID] = []
    for id in store.emptied where try hypervisor.domain(id.domid)?.id != id { gone.append(id) }
    return gone
  }

  private func reading(_ figures: mt_host, _ now: SteadyTime) -> HostReading {
    HostReading(
      hostname: host.hostname, xenVersion: host.release.description,
      total: .pages(Int64(clamping: figures.total_pages)),
      free: .pages(Int64(clamping: figures.free_pages)),
      claimed: .pages(Int64(clamping: figures.claimed_pages)),
      traits: HostTraits(
        hasHAP: figures.has_hap, sharesPageTables: figures.shares_page_tables),
      nodes: nodes.nodes(at: now, read: hypervisor.nodes),
      owner: owner.owner(hasSqueezed: store.hasSqueezed, at: now),
      dom0: dom0.report(), storeProblem: store.problem)
  }
}
