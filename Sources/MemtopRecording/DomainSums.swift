import MemtopCore

/// What follows from a host's domains, as the observer has it (`HostMemory.init(_:_:)`). A damaged file
/// may hold anything: sums wrap around, so that none ends the program, and what was added can be removed.
struct DomainSums: Equatable {
  private(set) var dom0 = Bytes.zero
  private(set) var guests = Bytes.zero
  private(set) var dying = Bytes.zero
  private(set) var promised = Bytes.zero

  mutating func add(_ sample: DomainSample) { count(sample, Self.sum) }
  mutating func remove(_ sample: DomainSample) { count(sample, Self.difference) }

  /// What the host has left beside its domains and Xen itself.
  func free(of host: HostMemory) -> Bytes {
    [dom0, guests, dying, host.xen, host.overhead ?? .zero].reduce(host.total, Self.difference)
  }

  private mutating func count(_ sample: DomainSample, _ combine: (Bytes, Bytes) -> Bytes) {
    promised = combine(promised, sample.promise)
    let allocation = sample.allocation
    switch sample.life {
    case .dying, .shutDown: dying = combine(dying, allocation)
    case .running, .paused:
      if sample.id.isDom0 {
        dom0 = combine(dom0, allocation)
      } else {
        guests = combine(guests, allocation)
      }
    }
  }

  private static func sum(_ one: Bytes, _ other: Bytes) -> Bytes {
    Bytes(one.count &+ other.count)
  }
  private static func difference(_ one: Bytes, _ other: Bytes) -> Bytes {
    Bytes(one.count &- other.count)
  }
}
