/// The rules about how far a guest's own word can be trusted.
extension Guard {
  static let reportAge: Rule = { wish in
    switch wish.sample.health {
    case .implausible, .unreadable: return nil
    case .fresh where wish.sample.busy == nil, .unknownAge where wish.sample.busy == nil:
      return wish.finding(.reportSilent, "\(wish.name)'s report does not include its busy memory")
    case .fresh: return nil
    case .unknownAge:
      return wish.finding(
        .reportAgeUnknown,
        "\(wish.name)'s report has not changed since memtop started, so its age is unknown")
    case .stale:
      let age = wish.sample.reportAge.map { " \($0.short) old" } ?? " stale"
      return wish.finding(
        .reportStale, "\(wish.name)'s report is\(age); its busy memory is unknown")
    case .silent:
      return wish.finding(
        .reportSilent, "\(wish.name) sends no report, so its busy memory is unknown")
    }
  }

  static let reportBroken: Rule = { wish in
    let rule: GuardRule
    switch wish.sample.health {
    case .implausible: rule = .reportImplausible
    case .unreadable: rule = .reportUnreadable
    case .fresh, .unknownAge, .stale, .silent: return nil
    }
    guard let reason = wish.sample.health.clause else { return nil }
    return wish.finding(
      rule, "\(wish.name)'s report is \(wish.sample.health.word): \(reason)")
  }
}

/// The rules that keep a guest's programs alive: no target below what is busy.
extension Guard {
  /// What must stay beside busy: max(16 MiB, busy/16).
  static func reserve(busy: Bytes) -> Bytes { max(.mib(16), busy / 16) }

  /// What must stay beside dom0's busy: max(256 MiB, 1/8 of it): it serves all others.
  static func dom0Reserve(busy: Bytes) -> Bytes { max(.mib(256), busy / 8) }

  /// libxl's own floor for dom0 (LIBXL_MIN_DOM0_MEM in libxl_internal.h).
  package static let dom0Least = Bytes.mib(128)

  /// The lowest SIZE that the guard lets a domain have by its busy memory, rounded up to a MiB;
  /// nil while what is busy is not known.
  package static func lowest(for sample: DomainSample) -> (withoutWarning: Bytes, atAll: Bytes)? {
    guard let busy = sample.busy else { return nil }
    func size(_ reserve: Bytes) -> Bytes {
      sample.size(holding: busy + reserve).rounded(upTo: .mib(1))
    }
    if sample.id.isDom0 {
      let least = max(dom0Least, size(dom0Reserve(busy: busy)))
      return (least, least)
    }
    return (size(reserve(busy: busy) * 2), size(reserve(busy: busy)))
  }

  static let dom0Floor: Rule = { wish in
    guard wish.sample.id.isDom0, wish.size < dom0Least else { return nil }
    return wish.finding(.dom0Floor, "dom0 cannot go below \(dom0Least.short): libxl refuses that")
  }

  static let dom0Reserve: Rule = { wish in
    guard wish.sample.id.isDom0, wish.concerns(.dom0Reserve), let busy = wish.sample.busy,
      let lowest = lowest(for: wish.sample), wish.size < lowest.atAll
    else { return nil }
    return wish.finding(
      .dom0Reserve,
      "dom0 has \(busy.short) busy; below \(lowest.atAll.short) it may fail to serve its"
        + " guests")
  }

  static let belowBusy: Rule = { wish in
    guard !wish.sample.id.isDom0, wish.concerns(.belowBusy), let busy = wish.sample.busy,
      let lowest = lowest(for: wish.sample)
    else { return nil }
    if wish.size < lowest.atAll {
      return wish.finding(
        .belowBusy,
        "\(wish.name)'s programs and kernel hold \(busy.short); below"
          + " \(lowest.atAll.short) its OOM killer may strike")
    }
    guard wish.size < lowest.withoutWarning else { return nil }
    let beside = wish.size - wish.sample.size(holding: busy)
    return wish.finding(
      .nearBusy,
      "\(wish.name) would have only \(beside.short) to spare above the \(busy.short) in"
        + " use; it may swap")
  }
}

extension DomainSample {
  /// The SIZE at which it comes to rest holding `amount`.
  ///
  /// A domain rests at its target and the toolstack's offset: Qubes' hold 16 MiB less, HVM domains
  /// their video memory more. More than that is a guess that no guest's life is staked on; the MiB
  /// that libxl keeps back is well within every reserve.
  func size(holding amount: Bytes) -> Bytes {
    let offset = self.balloon.offset
    let isSlight = offset.magnitude <= BalloonFollower.tolerance * 2
    return amount + self.videoram - (isSlight ? .zero : min(offset, self.videoram))
  }
}
