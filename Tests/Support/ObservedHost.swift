@testable import MemtopCore

/// A host whose readings a test writes by hand, second by second, and an observer that sees them.
struct ObservedHost {
  struct Domain {
    var id: DomainID
    var kind = DomainKind.pvh
    var life = DomainLife.running
    var allocation = Bytes.gib(2)
    var limit: Bytes?
    var claim = Bytes.zero
    var overhead: Bytes?
    var startedAt: WallTime?
    var populateOnDemand: PopulateOnDemand?
    fileprivate(set) var values = StoreValues()
    fileprivate(set) var writes = ReportWrites()
    fileprivate var keys: StoreKeys?

    /// Writes a key, as the toolstack or the guest would.
    mutating func write(_ key: StoreKey, _ value: String) { write(key, Array(value.utf8)) }

    mutating func write(_ key: StoreKey, _ value: [UInt8]) {
      values[key] = value
      if let group = key.group { writes[group] += 1 }
      keys = nil
    }

    mutating func remove(_ key: StoreKey) {
      values[key] = nil
      keys = nil
    }

    /// Its values were there before anybody watched.
    mutating func forgetWrites() { writes = ReportWrites() }

    mutating func reading() -> DomainReading {
      let keys =
        self.keys
        ?? StoreKeys(
          values, reportWrites: writes, startedAt: startedAt)
      self.keys = keys
      return DomainReading(
        id: id, kind: kind, life: life, allocation: allocation, limit: limit, claim: claim,
        overhead: overhead, populateOnDemand: populateOnDemand, keys: keys)
    }
  }

  static let start = WallTime(milliseconds: 1_700_000_000_000)

  let observer = Observer()
  var domains: [Domain] = []
  var host = HostReading(hostname: "xen1", xenVersion: "4.17.7", total: .gib(64), free: .gib(20))
  private(set) var second: Int64 = 0
  private(set) var snapshot: Snapshot
  /// Everything that was told, with the second it was told in.
  private(set) var told: [(second: Int64, domid: UInt16, kind: HostEvent.Kind, name: String)] = []

  /// Dom0 and one guest of 2 GiB by default: domid 5, target and static-max set, nothing reported.
  init(_ domains: [Domain] = [Self.guest(5)], isFirstSeen: Bool = true) {
    self.domains = domains
    snapshot = Snapshot(
      time: Self.start, steady: SteadyTime(milliseconds: 0),
      host: HostMemory(
        hostname: "", xenVersion: "", total: .zero, dom0: .zero, guests: .zero, dying: .zero,
        xen: .zero, free: .zero, claimed: .zero, promised: .zero, owner: nil),
      domains: [])
    if isFirstSeen { look() }
  }

  static func id(_ domid: UInt16, uuid: UInt64? = nil) -> DomainID {
    DomainID(
      domid: domid, uuid: domid == 0 ? .zero : DomainUUID(high: 7, low: uuid ?? UInt64(domid)))
  }

  static func guest(
    _ domid: UInt16, uuid: UInt64? = nil, size: Bytes = .gib(2), videoram: Bytes = .zero
  ) -> Domain {
    var domain = Domain(id: id(domid, uuid: uuid))
    domain.allocation = size
    domain.write(.name, "g\(domid)")
    domain.write(.target, String((size - videoram).kib))
    domain.write(.staticMax, String(Bytes.gib(4).kib))
    if videoram > .zero { domain.write(.videoram, String(videoram.kib)) }
    return domain
  }

  subscript(domid: UInt16) -> Domain {
    get { domains.first { $0.id.domid == domid }! }
    set { domains[domains.firstIndex { $0.id.domid == domid }!] = newValue }
  }

  /// What was concluded about a domain, the guest by default.
  func sample(_ domid: UInt16 = 5) -> DomainSample { snapshot.domain(domid: domid)! }

  /// Everything told of a domain since `second`.
  func kinds(_ domid: UInt16 = 5, since: Int64 = 0) -> [HostEvent.Kind] {
    told.filter { $0.domid == domid && $0.second >= since }.map(\.kind)
  }

  /// The same without what is told of its pressure.
  func news(_ domid: UInt16 = 5) -> [HostEvent.Kind] {
    kinds(domid).filter { if case .pressure = $0 { false } else { true } }
  }

  /// Looks once, at the present second.
  mutating func look() {
    let domains = domains.indices.map { self.domains[$0].reading() }
    snapshot = observer.observe(
      Reading(
        time: Self.start + .seconds(second), steady: SteadyTime(milliseconds: second * 1000),
        host: host, domains: domains.sorted { $0.id.domid < $1.id.domid }))
    told += snapshot.events.map { (second, $0.domain.domid, $0.kind, $0.name) }
  }

  /// Lives `seconds` on, looking each second; `change` happens before each look.
  mutating func live(_ seconds: Int64, _ change: (inout ObservedHost) -> Void = { _ in }) {
    for _ in 0..<seconds {
      second += 1
      change(&self)
      look()
    }
  }

  /// Time passes in which nobody looks.
  mutating func skip(_ seconds: Int64) { second += seconds }

  /// The guest's balloon moves by `step` a second until it is at `end`.
  mutating func balloon(_ domid: UInt16 = 5, to end: Bytes, step: Bytes = .mib(128)) {
    while self[domid].allocation != end {
      live(1) { host in
        let left = end - host[domid].allocation
        let way = min(left.magnitude, step)
        host[domid].allocation += left > .zero ? way : -way
      }
    }
  }
}
