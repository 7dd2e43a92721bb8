/// What a domain's target should be, and why.
public struct Advice: Hashable, Sendable {
  /// SIZE, in whole MiB.
  public var target: Bytes
  public var reason: String
}

/// Why there is no advice for a domain.
public struct NoAdvice: Error, Hashable, Sendable {
  public var reason: String
}

/// The advice for every domain of one snapshot, ascending by domid.
public struct AdviceTable: Sendable {
  fileprivate var entries: [(id: DomainID, advice: Result<Advice, NoAdvice>)]

  public func advice(for domain: DomainID) -> Result<Advice, NoAdvice> {
    guard let index = entries.firstIndex(domid: domain.domid, by: \.id.domid),
      entries[index].id == domain
    else { return .failure(NoAdvice(reason: "the domain is gone")) }
    return entries[index].advice
  }
}

/// Holds each guest's free area at a sensible size: what is busy, and a reserve beside it.
///
/// Up at once, since a guest that lacks memory suffers now; down slowly, since the cache that is
/// taken away may be wanted again; nothing on a report that is not fresh or whose meaning is not
/// known, and nothing while the last change is under way.
public enum Advisor {
  /// Room for the cache that programs live on, and for a burst until the next report:
  /// max(64 MiB, a quarter of busy). The guard's warning begins at an eighth of busy.
  static func reserve(busy: Bytes) -> Bytes { max(.mib(64), busy / 4) }

  /// A difference up to this is left alone: max(16 MiB, 1/32 of the present size).
  static func deadBand(size: Bytes) -> Bytes { max(.mib(16), size / 32) }

  /// Down goes an eighth of the way at a time.
  private static let downStep: Int64 = 8

  /// Advice for all domains at once: on a short host, raises share what is free in proportion.
  public static func advise(_ snapshot: Snapshot) -> AdviceTable {
    var table = AdviceTable(entries: [])
    table.entries.reserveCapacity(snapshot.domains.count)
    var wanted = Bytes.zero
    for sample in snapshot.domains {
      let advice = advice(for: sample, owner: snapshot.host.owner)
      if case .success(let advice) = advice { wanted += max(.zero, advice.target - size(sample)) }
      table.entries.append((sample.id, advice))
    }
    let reserve = Guard.hostReserve(total: snapshot.host.total)
    let free = max(.zero, snapshot.host.uncommitted - reserve)
    if wanted > free { scaleDown(&table, snapshot, wanted: wanted, free: free) }
    return table
  }

  private static func size(_ sample: DomainSample) -> Bytes { sample.size ?? sample.allocation }

  private static func advice(
    for sample: DomainSample, owner: TargetOwner?
  ) -> Result<Advice, NoAdvice> {
    if let reason = objection(sample, owner) { return .failure(NoAdvice(reason: reason)) }
    guard let busy = sample.busy else {
      return .failure(NoAdvice(reason: "what is busy is not known"))
    }
    let present = size(sample)
    let wanted = sample.size(holding: busy + reserve(busy: busy))
    let ideal = bounded(wanted, sample)
    if (ideal - present).magnitude <= deadBand(size: present) {
      let isShort = wanted - present > deadBand(size: present)
      let reason = isShort ? "it has all that it can have (static-max)" : "its target suits it"
      return .failure(NoAdvice(reason: reason))
    }
    return ideal > present ? raise(sample, to: ideal, busy: busy) : lower(sample, towards: ideal)
  }

  private static func raise(
    _ sample: DomainSample, to ideal: Bytes, busy: Bytes
  ) -> Result<Advice, NoAdvice> {
    guard sample.report?.dialect != .xapi else {
      return .failure(NoAdvice(reason: "its XAPI report may count cache as busy"))
    }
    let reason = "busy \(busy.short) + \(reserve(busy: busy).short) of reserve"
    return .success(Advice(target: ideal, reason: reason))
  }

  private static func lower(
    _ sample: DomainSample, towards ideal: Bytes
  ) -> Result<Advice, NoAdvice> {
    if let pressure = sample.pressure, pressure > .ok {
      return .failure(NoAdvice(reason: "it is \(pressure.word), whatever it has left"))
    }
    let present = size(sample)
    let step = max(deadBand(size: present), (present - ideal) / downStep)
    let target = max(ideal, (present - step).rounded(downTo: .mib(1)))
    let reason = "on the way down to \(ideal.short), an eighth of it at a time"
    return .success(Advice(target: target, reason: reason))
  }

  /// In whole MiB, not below what the toolstack guarantees it, not above what it can have.
  private static func bounded(_ size: Bytes, _ sample: DomainSample) -> Bytes {
    let floor = sample.guaranteed ?? .zero
    let whole = (max(size, floor) + .mib(1) - Bytes(1)).rounded(downTo: .mib(1))
    return min(whole, sample.staticMax ?? whole)
  }

  private static func objection(_ sample: DomainSample, _ owner: TargetOwner?) -> String? {
    if let owner { return "\(owner.rawValue) sets the targets here" }
    if sample.id.isDom0 { return "dom0 is sized at boot" }
    if sample.selfBallooning { return "it sets its own target" }
    if sample.health != .fresh { return "its report is \(sample.health.word)" }
    switch sample.state {
    case .running: break
    case .paused, .booting, .crashed, .dying, .shutdown, .migrating, .stuck:
      return "it is \(sample.state.rawValue)"
    }
    switch sample.balloon.phase {
    case .settled: return nil
    case .growing, .shrinking: return "its last change is under way"
    case .stuck: return "its balloon is stuck"
    }
  }

  /// Every raise becomes the same share of itself.
  private static func scaleDown(
    _ table: inout AdviceTable, _ snapshot: Snapshot, wanted: Bytes, free: Bytes
  ) {
    let permille = Int64(Double(free.count) / Double(wanted.count) * 1000)
    for (index, sample) in snapshot.domains.enumerated() {
      guard case .success(var advice) = table.entries[index].advice else { continue }
      let raise = advice.target - size(sample)
      guard raise > .zero else { continue }
      let part = (raise / 1000 * permille).rounded(downTo: .mib(1))
      if part < .mib(1) {
        let reason = "it should have \(advice.target.short), and the host has nothing to give"
        table.entries[index].advice = .failure(NoAdvice(reason: reason))
      } else {
        advice.target = size(sample) + part
        advice.reason += ", as much as the host has"
        table.entries[index].advice = .success(advice)
      }
    }
  }
}

extension DomainSample {
  /// The SIZE that the toolstack guarantees it (dynamic-min): nobody goes below it for another.
  var guaranteed: Bytes? { self.dynamicMin.map { $0 + self.videoram } }
}
