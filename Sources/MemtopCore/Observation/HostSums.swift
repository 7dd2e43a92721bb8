/// What the domains of a host hold and are promised, all together: kept up to date by what changes, since
/// of a thousand domains few do in a second. A damaged recording may hold any amounts: sums wrap around, so
/// that none ends the program.
package struct HostSums {
  package private(set) var dom0 = Bytes.zero
  package private(set) var guests = Bytes.zero
  package private(set) var dying = Bytes.zero
  package private(set) var promised = Bytes.zero
  private var overhead = Bytes.zero
  /// The domains whose overhead Xen tells.
  private var known: Int64 = 0

  package init() {}

  /// Takes the place of what the same domain had before.
  package mutating func note(_ share: DomainShare, before: DomainShare?) {
    if let before { add(before, sign: -1) }
    add(share, sign: 1)
  }

  mutating func remove(_ share: DomainShare?) {
    if let share { add(share, sign: -1) }
  }

  private mutating func add(_ share: DomainShare, sign: Int64) {
    func add(_ amount: Bytes, to sum: inout Bytes) {
      sum = Bytes(sum.count &+ amount.count &* sign)
    }
    switch share.life {
    case .dying, .shutDown: add(share.allocation, to: &dying)
    case .running, .paused:
      if share.isDom0 {
        add(share.allocation, to: &dom0)
      } else {
        add(share.allocation, to: &guests)
      }
    }
    add(share.promise, to: &promised)
    guard let own = share.overhead else { return }
    add(own, to: &overhead)
    known += sign
  }

  /// nil where Xen tells none.
  var overheadTold: Bytes? { known == 0 ? nil : overhead }
}

/// What one domain adds to its host's sums.
package struct DomainShare {
  let isDom0: Bool
  let life: DomainLife
  let allocation: Bytes
  let promise: Bytes
  let overhead: Bytes?

  package init(_ sample: DomainSample) {
    isDom0 = sample.id.isDom0
    life = sample.life
    allocation = sample.allocation
    promise = sample.promise
    overhead = sample.overhead
  }
}

extension HostMemory {
  /// Where the host's memory is, such that the parts sum to its total.
  init(_ host: HostReading, _ sums: HostSums) {
    let known =
      sums.dom0 + sums.guests + sums.dying + host.free + (sums.overheadTold ?? .zero)
    self.init(
      hostname: host.hostname, xenVersion: host.xenVersion, total: max(host.total, known),
      dom0: sums.dom0, guests: sums.guests, dying: sums.dying, xen: max(.zero, host.total - known),
      free: host.free, overhead: sums.overheadTold, claimed: host.claimed,
      promised: sums.promised, owner: host.owner)
    traits = host.traits
    nodes = host.nodes
  }
}

extension DomainSample {
  /// What it may still take of the host's free memory on its own: from what it holds to where its
  /// target puts it. A guest that balloons by itself may take it as well: its limit allows it.
  ///
  /// Without a target its limit is what it may take: libxl sets the limit before it builds a domain
  /// or receives its memory, and writes `memory/target` afterwards (libxl_dom.c, libxl__build_pre and
  /// libxl__build_post). What is claimed for it is counted as claimed. Four promise nothing: dom0,
  /// which often has no target; a domain without a limit; one without a name, because libxl names a
  /// domain before it gives it memory; and one whose keys were removed, because it is being destroyed.
  /// One that is yet to be read may have a target that leads up to its limit.
  package var promise: Bytes {
    switch self.life {
    case .running, .paused, .shutDown(.suspend): break
    // A dying domain gives its memory back; it does not ask for it.
    case .dying, .shutDown: return .zero
    }
    guard let target = self.target else { return untargeted }
    return self.balloon.promise(to: target, from: self.allocation)
  }

  private var untargeted: Bytes {
    guard !self.id.isDom0, self.state != .dying, let limit = self.limit,
      self.facts.isNamed || self.state == .reading
    else { return .zero }
    return max(.zero, limit - self.allocation - self.claim)
  }
}
