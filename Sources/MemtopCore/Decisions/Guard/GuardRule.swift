/// A rule of the guard, by the name that scripts, logs and memtop(8) know it by.
///
/// `facts` is the one table of them. What else depends on a rule asks this table, never its name.
package enum GuardRule: String, CaseIterable, Hashable, Sendable {
  case gone, ended
  case noSize = "no-size"
  case stubDomain = "stub-domain"
  case aboveStaticMax = "above-static-max"
  case dom0Floor = "dom0-floor"
  case dom0Reserve = "dom0-reserve"
  case belowBusy = "below-busy"
  case nearBusy = "near-busy"
  case reportAgeUnknown = "report-age-unknown"
  case reportStale = "report-stale"
  case reportSilent = "report-silent"
  case reportImplausible = "report-implausible"
  case reportUnreadable = "report-unreadable"
  case hostShort = "host-short"
  case hostReserve = "host-reserve"
  case beingSaved = "being-saved"
  case remoteMemory = "remote-memory"
  case unsettled
  case neverFollowed = "never-followed"
  case stuck
  case populateOnDemand = "populate-on-demand"
  case regulated
  case ownedByXAPI = "owned-by-xapi"
  case ownedBySqueezed = "owned-by-squeezed"
  case ownedByQmemman = "owned-by-qmemman"
  case unchanged

  /// What a rule protects, or asks about.
  package enum Kind: Hashable, Sendable {
    /// Whether the domain is there, and what it is.
    case identity
    /// Sizes that no domain, or not this one, can have.
    case limit
    /// The memory that its programs hold.
    case busy
    /// Whether its report can be trusted.
    case report
    /// What the host has to give: memory cures it.
    case hostMemory
    /// Where in the host the memory is.
    case place
    /// What the domain is doing.
    case state
    /// What its balloon can do.
    case balloon
    /// Who else decides about its target.
    case owner
    /// Nothing at all.
    case note
  }

  /// Which way a wanted size leads.
  package enum Direction: Hashable, Sendable {
    case raise, lower
    /// A nudge's first step: the target changes, and what the domain may hold does not.
    case hold
    /// The target stays what it is.
    case stay
  }

  /// How hard a rule speaks, by direction.
  enum Weight: Hashable, Sendable {
    case always(Verdict.Severity)
    /// Of every target that is not the present one.
    case change(Verdict.Severity)
    case raise(Verdict.Severity)
    case lower(Verdict.Severity)
    case move(raise: Verdict.Severity, lower: Verdict.Severity)
  }

  /// Who accepts its warning without being asked each time.
  struct Accepted: OptionSet, Sendable {
    let rawValue: UInt8
    /// The operator who hands a domain to the regulator.
    static let byHandingOver = Accepted(rawValue: 1)
    /// The operator who frees memory: such a domain gives too, but after the others.
    static let byFreeing = Accepted(rawValue: 2)
  }

  /// What is known of one rule.
  struct Facts: Sendable {
    let kind: Kind
    let weight: Weight
    /// When it speaks, for memtop(8); nil where there is nothing to heed.
    let when: String?
    var accepted: Accepted = []

    init(_ kind: Kind, _ weight: Weight, _ when: String?, accepted: Accepted = []) {
      (self.kind, self.weight, self.when, self.accepted) = (kind, weight, when, accepted)
    }
  }
}

extension GuardRule {
  /// Whether it may warn, so that an operator can accept it.
  package var warns: Bool {
    switch facts.weight {
    case .always(let severity), .change(let severity), .raise(let severity), .lower(let severity):
      severity == .warn
    case .move(let raise, let lower): raise == .warn || lower == .warn
    }
  }

  /// The table.
  var facts: Facts {
    switch self {
    case .gone: Facts(.identity, .always(.never), "gone, or another domain has its domid")
    case .ended: Facts(.state, .always(.never), "dying, crashed or shut down")
    case .noSize: Facts(.limit, .always(.never), "not a valid size")
    case .stubDomain: Facts(.identity, .change(.never), "runs another's device model")
    case .aboveStaticMax: Facts(.limit, .raise(.never), "above static-max or maxmem")
    case .dom0Floor: Facts(.limit, .lower(.never), "dom0 below 128M")
    case .dom0Reserve: Facts(.busy, .lower(.refuse), "dom0 below busy + max(256M, busy/8)")
    case .belowBusy: Facts(.busy, .lower(.refuse), "below busy + max(16M, busy/16)")
    case .nearBusy: Facts(.busy, .lower(.warn), "below busy + max(32M, busy/8)")
    case .reportAgeUnknown: Facts(.report, .lower(.warn), "report of unknown age")
    case .reportStale: Facts(.report, Self.untrusted, "report stale")
    case .reportSilent: Facts(.report, Self.untrusted, "no report")
    case .reportImplausible: Facts(.report, Self.untrusted, "report implausible")
    case .reportUnreadable: Facts(.report, Self.untrusted, "report unreadable")
    case .hostShort: Facts(.hostMemory, .raise(.refuse), "more than is free (not promised)")
    case .hostReserve:
      Facts(
        .hostMemory, .raise(.warn), "leaves less than max(256M, 2 %)", accepted: .byHandingOver)
    case .beingSaved: Facts(.state, .change(.never), "libxl saves or migrates it now")
    case .remoteMemory: Facts(.place, .raise(.warn), "more than its NUMA nodes have free")
    case .unsettled: Facts(.state, .change(.refuse), "booting, being built, paused or migrating")
    case .neverFollowed:
      Facts(
        .balloon, .change(.warn), "not seen to follow a target",
        accepted: [.byHandingOver, .byFreeing])
    case .stuck: Facts(.balloon, .change(.warn), "its balloon is stuck (except for a nudge)")
    case .populateOnDemand:
      Facts(.balloon, .lower(.refuse), "less set aside than is left to populate")
    case .regulated: Facts(.owner, .change(.warn), "regulated; the change releases it")
    case .ownedByXAPI:
      Facts(.owner, .change(.never), "XAPI cannot set it: dom0, or no dynamic range")
    case .ownedBySqueezed: Facts(.owner, .change(.refuse), "squeezed (XAPI) sets targets")
    case .ownedByQmemman: Facts(.owner, .change(.refuse), "qmemman (Qubes) sets targets")
    case .unchanged: Facts(.note, .always(.allow), nil)
    }
  }

  /// Without a report more memory can do no harm, less can.
  private static let untrusted = Weight.move(raise: .warn, lower: .refuse)

  package var kind: Kind { facts.kind }

  /// Its worst word in this direction; nil where it has nothing to say there.
  func severity(_ direction: Direction) -> Verdict.Severity? {
    switch (facts.weight, direction) {
    case (.always(let severity), _): severity
    case (.change, .stay): nil
    case (.change(let severity), .raise), (.change(let severity), .lower),
      (.change(let severity), .hold):
      severity
    case (.raise(let severity), .raise), (.move(let severity, _), .raise): severity
    case (.lower(let severity), .lower), (.move(_, let severity), .lower): severity
    case (.raise, _), (.lower, _), (.move, _): nil
    }
  }

  /// Whether its warning is accepted beforehand.
  func isAccepted(_ how: Accepted) -> Bool { facts.accepted.contains(how) }
}
