/// The rules about what the host has to give, and who decides about it.
extension Guard {
  /// What the domain may take of the host: from what it holds to where it may settle.
  private static func demand(_ wish: Wish) -> Bytes {
    wish.sample.balloon.promise(to: wish.target, from: wish.sample.allocation)
  }

  /// free − claimed − Σ promises of the others, with what is agreed for them in this batch.
  ///
  /// What a lowered domain of the batch will give does not count before it is there.
  private static func supply(_ wish: Wish) -> Bytes {
    var free = wish.snapshot.host.free - wish.snapshot.host.claimed
    for other in wish.snapshot.domains where other.id != wish.sample.id {
      let agreed = wish.facts.agreed[other.id].map {
        other.balloon.promise(to: $0 - other.videoram, from: other.allocation)
      }
      free -= agreed ?? other.promise
    }
    return free
  }

  /// The highest SIZE for which the host has enough, and the highest that leaves it its reserve; in whole MiB,
  /// and neither more than the domain can have.
  package static func highest(
    for sample: DomainSample, in snapshot: Snapshot
  ) -> (withoutWarning: Bytes, atAll: Bytes) {
    let supply = max(.zero, snapshot.host.uncommitted) + sample.promise
    let settled = sample.allocation - sample.balloon.sureOffset + sample.videoram
    func size(leaving reserve: Bytes) -> Bytes {
      let fromHost = (settled + max(.zero, supply - reserve)).rounded(downTo: .mib(1))
      return min(fromHost, sample.staticMax ?? fromHost)
    }
    return (size(leaving: HostMemory.reserve(total: snapshot.host.total)), size(leaving: .zero))
  }

  static let hostShort: Rule = { wish in
    guard wish.concerns(.hostShort) else { return nil }
    let (demand, supply) = (demand(wish), max(.zero, supply(wish)))
    guard demand > supply else { return nil }
    return wish.finding(
      .hostShort,
      "\(wish.name) needs \(demand.short) more, but the host has only \(supply.short) free"
        + " (not promised); F or memtop free can free some")
  }

  static let hostReserve: Rule = { wish in
    guard wish.concerns(.hostReserve) else { return nil }
    let (demand, supply) = (demand(wish), supply(wish))
    let reserve = HostMemory.reserve(total: wish.snapshot.host.total)
    guard demand > .zero, demand <= supply, supply - demand < reserve else { return nil }
    return wish.finding(
      .hostReserve,
      "this leaves only \((supply - demand).short) free on the host, less than"
        + " \(reserve.short)")
  }

  /// Xen takes memory of other nodes without a word where its own have none.
  static let remoteMemory: Rule = { wish in
    guard let room = wish.facts.nodes, demand(wish) > room.free else { return nil }
    let nodes = room.nodes.map { "\($0)" }.joined(separator: ", ")
    // Whoever hands a domain over wants it raised, be it by slower memory.
    return wish.finding(
      .remoteMemory, atMost: wish.facts.isRegulator ? .allow : .warn,
      "\(wish.name) needs \(demand(wish).short) more, but its NUMA node \(nodes) has only"
        + " \(room.free.short) free; the rest would be remote memory, which is slower")
  }

  static let ownedByAnother: Rule = { wish in
    guard let owner = wish.snapshot.host.owner else { return nil }
    let undoing = "\(Hindrance.ownedBy(owner).words) and would undo this; use: "
    switch owner {
    case .xapi: return wish.xapiObjection.flatMap { wish.finding(.ownedByXAPI, $0) }
    case .squeezed:
      let size = wish.target.count
      // Dom0's handle is all zeros; XAPI knows it by a uuid of its own.
      let uuid = wish.sample.id.isDom0 ? "CONTROL-DOMAIN" : wish.sample.id.uuid.description
      return wish.finding(
        .ownedBySqueezed,
        undoing + "xe vm-memory-dynamic-range-set uuid=\(uuid) min=\(size) max=\(size)")
    case .qmemman:
      return wish.finding(
        .ownedByQmemman,
        undoing + "qvm-prefs \(ShellWord.quoted(wish.name)) maxmem \(wish.target.mib)")
    }
  }
}

extension Guard.Wish {
  /// Why XAPI cannot do it, which its tool would only say afterwards.
  fileprivate var xapiObjection: String? {
    if sample.id.isDom0 {
      return "XAPI does not change dom0's memory while it runs; set dom0_mem with"
        + " /opt/xensource/libexec/xen-cmdline and reboot the host"
    }
    if facts.isNudge { return "XAPI sets dynamic ranges, so a target cannot be nudged" }
    guard sample.dynamicRange == nil else { return nil }
    return "\(name) has no dynamic range in xenstore, so XAPI does not manage it"
  }
}
