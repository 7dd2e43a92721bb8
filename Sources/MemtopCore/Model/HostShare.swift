/// One host of a snapshot that is of several.
package struct HostShare: Sendable {
  /// Whether its figures are those of now.
  package enum Link: Hashable, Sendable {
    /// Nothing has come from it yet.
    case connecting
    case current
    /// Its last figures are from then; nothing came since.
    case late(since: SteadyTime)
    /// The connection was lost or refused, and why; it is tried again.
    case lost(why: String)
  }

  package var number: HostNumber
  /// As the operator calls it.
  package var name: String
  /// As of its last sample; nil before the first.
  package var memory: HostMemory?
  package var link: Link
  /// When its last sample came.
  package var sampledAt: SteadyTime?

  package init(
    number: HostNumber, name: String, memory: HostMemory? = nil, link: Link = .connecting,
    sampledAt: SteadyTime? = nil
  ) {
    self.number = number
    self.name = name
    self.memory = memory
    self.link = link
    self.sampledAt = sampledAt
  }

  package var isCurrent: Bool { link == .current }
}

extension HostShare {
  /// What is kept of it in the past: whether it gave figures, but not its own memory.
  package static func past(_ host: HostNumber, isMissing: Bool) -> HostShare {
    HostShare(
      number: host, name: host.name ?? "",
      link: isMissing ? .lost(why: "did not respond") : .current)
  }
}

extension Snapshot {
  /// It is of several hosts, of which some may not answer.
  package var isOfSeveral: Bool {
    !hosts.isEmpty || domains.ageless.last.map { $0.id.host != .only } == true
  }

  /// Of several hosts, those that gave no figures for it.
  package var missing: [HostNumber] { hosts.filter { !$0.isCurrent }.map(\.number) }

  /// It is of a host that answered, or of several of which some did.
  package var hasFigures: Bool { hosts.isEmpty || hosts.contains(where: \.isCurrent) }

  /// Adds the hosts to a snapshot of the past, of which its domains and `missing` tell.
  package mutating func addPastHosts(missing: [HostNumber]) {
    guard isOfSeveral || !missing.isEmpty else { return }
    let present = Set(domains.ageless.map(\.id.host))
    hosts =
      (present.map { HostShare.past($0, isMissing: false) }
      + Set(missing).subtracting(present).map { HostShare.past($0, isMissing: true) })
      .sorted { $0.number < $1.number }
  }

  package func share(of host: HostNumber) -> HostShare? { hosts.first { $0.number == host } }

  /// What concerns one host: its memory and its domains. A snapshot of one host is all that.
  package func of(_ host: HostNumber) -> Snapshot {
    guard host != .only, hosts.count != 1 || hosts[0].number != host else { return self }
    // In the past, the memory of each host is not known: only that of all together is kept.
    let share = share(of: host) ?? HostShare(number: host, name: host.name ?? "")
    var part = self
    part.hosts = [share]
    part.host = share.memory ?? HostMemory.sum([], named: share.name)
    part.domains = domains.part(places(of: host))
    return part
  }

  /// Where its domains are among `domains`, which ascend by host and domid.
  package func places(of host: HostNumber) -> Range<Int> {
    let first = domains.ageless.firstIndex(place: DomainID.place(host, 0)) { $0.id.place }
    let end = domains.ageless.firstIndex(place: DomainID.place(host, .max)) { $0.id.place }
    return first..<end
  }

  /// The same without the hosts that do not answer: what it says is true now.
  package var current: Snapshot {
    guard hosts.contains(where: { !$0.isCurrent }) else { return self }
    let late = Set(hosts.filter { !$0.isCurrent }.map(\.number))
    var part = self
    part.domains.removeAll { late.contains($0.id.host) }
    return part
  }

  /// Several hosts as one snapshot; their domains must have the hosts' numbers.
  package init(
    time: WallTime, steady: SteadyTime, hosts: [(HostShare, [DomainSample])],
    events: [HostEvent] = []
  ) {
    let hosts = hosts.sorted { $0.0.number < $1.0.number }
    let current = hosts.filter(\.0.isCurrent).compactMap(\.0.memory)
    self.init(
      time: time, steady: steady,
      host: .sum(current, named: hosts.count == 1 ? hosts[0].0.name : "\(hosts.count) hosts"),
      domains: hosts.flatMap(\.1), events: events)
    self.hosts = hosts.map(\.0)
  }
}

extension HostMemory {
  /// Nothing is known of it: no host has no memory.
  package var isUnknown: Bool { total == .zero }

  /// Where the memory of several hosts is, taken together.
  package static func sum(_ hosts: [HostMemory], named name: String) -> HostMemory {
    var sum = HostMemory(
      hostname: name, xenVersion: "", total: .zero, dom0: .zero, guests: .zero, dying: .zero,
      xen: .zero, free: .zero, claimed: .zero, promised: .zero, owner: nil)
    for host in hosts {
      sum.total += host.total
      sum.dom0 += host.dom0
      sum.guests += host.guests
      sum.dying += host.dying
      sum.xen += host.xen
      sum.free += host.free
      if let overhead = host.overhead { sum.overhead = (sum.overhead ?? .zero) + overhead }
      sum.claimed += host.claimed
      sum.promised += host.promised
    }
    let versions = Set(hosts.map(\.xenVersion))
    if versions.count == 1 { sum.xenVersion = versions.first! }
    return sum
  }
}
