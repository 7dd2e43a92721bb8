/// The rules about what a domain is doing, and what its balloon can do.
extension Guard {
  static let ended: Rule = { wish in
    let state: DomainState
    switch wish.sample.life {
    case .running, .paused: return nil
    case .dying: state = .dying
    case .shutDown(.crash), .shutDown(.watchdog): state = .crashed
    // Suspended: being saved or migrated, which `unsettled` speaks of.
    case .shutDown(.suspend): return nil
    case .shutDown(.poweroff), .shutDown(.reboot), .shutDown(.softReset): state = .shutdown
    }
    return wish.finding(.ended, state.clause(of: wish.name))
  }

  /// libxl keeps no configuration of a stub domain, without which it sets no target (libxl_mem.c,
  /// libxl_set_memory_target); and a device model that lacks memory takes its guest with it.
  static let stubDomain: Rule = { wish in
    guard wish.sample.isStubDomain else { return nil }
    let whose = wish.snapshot.guest(of: wish.sample).map { " of \($0.name)" } ?? ""
    return wish.finding(
      .stubDomain,
      "\(wish.name) is a stub domain: it runs the device model\(whose), and libxl cannot"
        + " change its memory")
  }

  static let aboveStaticMax: Rule = { wish in
    guard let most = wish.sample.staticMax, wish.size > most else { return nil }
    return wish.finding(
      .aboveStaticMax,
      "\(wish.name) can have at most \(most.short) while it runs"
        + " (\(wish.snapshot.host.owner == .qmemman ? "maxmem" : "static-max"))")
  }

  /// The other host has fixed what the domain may hold there by its present target, so it would run
  /// out of memory in the middle; and a saved image keeps the present target.
  static let beingSaved: Rule = { wish in
    guard wish.facts.isBeingSaved else { return nil }
    return wish.finding(
      .beingSaved,
      "\(DomainState.migrating.clause(of: wish.name)); a new target would break that or be lost")
  }

  static let unsettled: Rule = { wish in
    var consequence = ""
    switch wish.sample.state {
    case .booting where wish.isRaise && (wish.populateOnDemand.left?.uncovered ?? .zero) > .zero:
      // What it lacks to populate on demand, Xen itself adds with a raise.
      return nil
    case .booting, .building, .reading, .migrating: break
    case .paused: consequence = " and cannot follow"
    case .running, .crashed, .dying, .shutdown, .stuck: return nil
    }
    return wish.finding(.unsettled, wish.sample.state.clause(of: wish.name) + consequence)
  }

  static let notFollowing: Rule = { wish in
    if wish.sample.balloon.isStuck, !wish.facts.isNudge {
      return wish.finding(
        .stuck,
        "\(wish.name) is stuck at \(wish.sample.allocation.short) on its way to"
          + " \(wish.present.short)")
    }
    guard !wish.sample.balloon.hasFollowed else { return nil }
    return wish.finding(
      .neverFollowed,
      "\(wish.name) was never seen to follow a target; it may have no balloon driver")
  }

  static let regulated: Rule = { wish in
    guard !wish.facts.isRegulator, wish.sample.regulation?.isRegulated == true else {
      return nil
    }
    return wish.finding(
      .regulated,
      "\(wish.name) is regulated; a change by hand releases it from the regulator")
  }

  /// A raise cures it.
  static let populateOnDemand: Rule = { wish in
    guard wish.concerns(.populateOnDemand) else { return nil }
    let left: PopulateOnDemand
    switch wish.populateOnDemand {
    case .notAsked: return nil
    case .notKnown: return mayPopulateOnDemand(wish)
    case .left(let found): left = found
    }
    guard left.uncovered > .zero else { return nil }
    let fact =
      "\(wish.name) has \(left.entries.short) left to populate on demand, but Xen set aside only"
      + " \(left.cache.short) for it"
    let danger = "Xen crashes the guest if it touches more"
    guard wish.sample.balloon.hasFollowed else {
      return wish.finding(
        .populateOnDemand, "\(fact), and it was never seen to follow a target; \(danger)")
    }
    return wish.finding(.populateOnDemand, atMost: .warn, "\(fact); \(danger)")
  }

  /// A guest that was seen to follow a target has a balloon driver, which has given back what the guest lacked.
  private static func mayPopulateOnDemand(_ wish: Wish) -> Verdict.Finding? {
    let sample = wish.sample
    guard sample.kind != .pv, !sample.id.isDom0, !sample.balloon.hasFollowed else { return nil }
    return wish.finding(
      .populateOnDemand, atMost: .warn,
      "Xen does not say what \(wish.name) has left to populate on demand, and it was never seen to"
        + " follow a target; Xen crashes a guest that touches more than is set aside for it")
  }
}
