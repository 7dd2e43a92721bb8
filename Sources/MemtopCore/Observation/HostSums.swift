/// What the domains of a host hold and are promised, all together: kept up to date by what changes, since
/// of a thousand domains few do in a second. A damaged recording may hold any amounts: what is added up is
/// wide enough for all of them, so that what was added can be taken away again, and only what is asked for
/// ends at the largest amount.
package struct HostSums {
  private var sums = Wide()
  /// The domains whose overhead Xen tells.
  private var known = 0

  private struct Wide {
    var dom0: Int128 = 0
    var guests: Int128 = 0
    var dying: Int128 = 0
    var promised: Int128 = 0
    var overhead: Int128 = 0
  }

  package init() {}

  package var dom0: Bytes { Bytes(clamping: sums.dom0) }
  package var guests: Bytes { Bytes(clamping: sums.guests) }
  package var dying: Bytes { Bytes(clamping: sums.dying) }
  package var promised: Bytes { Bytes(clamping: sums.promised) }
  /// nil where Xen tells none.
  var overheadTold: Bytes? { known == 0 ? nil : Bytes(clamping: sums.overhead) }

  /// Puts what a domain has now in the place of what it had before; nil is nothing.
  package mutating func put(_ share: DomainShare?, before: DomainShare?) {
    if let before { add(before, sign: -1) }
    if let share { add(share, sign: 1) }
  }

  private mutating func add(_ share: DomainShare, sign: Int) {
    func add(_ amount: Bytes, to sum: inout Int128) {
      sum += sign < 0 ? -Int128(amount.count) : Int128(amount.count)
    }
    switch share.life {
    case .dying, .shutDown: add(share.allocation, to: &sums.dying)
    case .running, .paused:
      if share.isDom0 {
        add(share.allocation, to: &sums.dom0)
      } else {
        add(share.allocation, to: &sums.guests)
      }
    }
    add(share.promise, to: &sums.promised)
    guard let own = share.overhead else { return }
    add(own, to: &sums.overhead)
    known += sign
  }
}

extension Bytes {
  fileprivate init(clamping amount: Int128) { self.init(Int64(clamping: amount)) }
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
