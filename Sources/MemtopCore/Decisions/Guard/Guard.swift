/// Decides whether a domain's target may be set to a size. Nothing else decides: keystrokes, commands
/// and the regulator all ask here.
///
/// Each function in `Guard.rules` judges the change by itself; the verdict is the highest severity
/// found. Severities are in `GuardRule.facts`. An order, which may have two steps, is judged in
/// Verdict.swift.
package enum Guard {
  /// Judges setting `domain` to `size`, as `xl mem-set` means it: with videoram.
  ///
  /// - Parameters:
  ///   - snapshot: what is known of the host now; the domain is looked up by domid *and* uuid.
  ///   - facts: what a snapshot does not hold, and what is agreed for others in the same batch.
  package static func verdict(
    on domain: DomainID, to size: Bytes, in snapshot: Snapshot, facts: GuardFacts = GuardFacts()
  ) -> Verdict {
    let snapshot = snapshot.of(domain.host)
    guard let sample = snapshot.domain(domain) else {
      return Verdict(findings: [absent(domain, snapshot)].compactMap { $0 })
    }
    guard isSize(size, for: sample) else {
      let finding = Verdict.Finding(.noSize, "\(size.count) bytes is not a valid size")
      return Verdict(findings: [finding].compactMap { $0 })
    }
    let wish = Wish(sample: sample, size: size, snapshot: snapshot, facts: facts)
    return Verdict(findings: rules.compactMap { $0(wish) })
  }

  /// Whole KiB, with something left beside the videoram.
  private static func isSize(_ size: Bytes, for sample: DomainSample) -> Bool {
    size > sample.videoram && size <= .kib(ReportText.most) && size.count % Bytes.kib(1).count == 0
  }

  private static func absent(_ domain: DomainID, _ snapshot: Snapshot) -> Verdict.Finding? {
    let isReplaced = snapshot.domain(domid: domain.domid, host: domain.host) != nil
    let text =
      isReplaced
      ? "domid \(domain.domid) now belongs to another domain" : "the domain is gone"
    return .init(.gone, text)
  }

  /// One wanted change, with what the rules measure it by.
  struct Wish {
    let sample: DomainSample
    let size: Bytes
    let snapshot: Snapshot
    let facts: GuardFacts

    /// Where the domain is told to be now, as SIZE.
    var present: Bytes { sample.size ?? sample.allocation }
    var direction: GuardRule.Direction {
      if size == present { return .stay }
      if isHeld { return .hold }
      return size > present ? .raise : .lower
    }
    var isRaise: Bool { direction == .raise }
    /// A nudge's first step: being told to be where it is takes nothing of it and gives it nothing.
    private var isHeld: Bool {
      facts.isNudge && (size - sample.heldSize).magnitude <= BalloonFollower.tolerance
    }
    /// What `memory/target` would be: videoram is taken from SIZE by libxl.
    var target: Bytes { size - sample.videoram }
    /// Dom0 is called so in every sentence, whatever its name.
    var name: String { sample.id.isDom0 ? "dom0" : sample.name }
    /// The facts are newer than the sample.
    var populateOnDemand: GuardFacts.OnDemand {
      guard facts.populateOnDemand.left == nil else { return facts.populateOnDemand }
      return sample.populateOnDemand.map { .left($0) } ?? facts.populateOnDemand
    }
  }

  typealias Rule = @Sendable (Wish) -> Verdict.Finding?

  static let rules: [Rule] = [
    ended, beingSaved, stubDomain, aboveStaticMax, dom0Floor, dom0Reserve, belowBusy, reportAge,
    reportBroken, hostShort, hostReserve, remoteMemory, unsettled, notFollowing,
    populateOnDemand, ownedByAnother, regulated, unchanged,
  ]

  private static func unchanged(_ wish: Wish) -> Verdict.Finding? {
    guard wish.direction == .stay else { return nil }
    return wish.finding(.unchanged, "\(wish.name) already has this target")
  }
}

extension Guard.Wish {
  /// Whether a rule has anything to say of a size in this direction.
  func concerns(_ rule: GuardRule) -> Bool { rule.severity(direction) != nil }

  /// What a rule says of the size; nil where it has nothing to say in this direction.
  ///
  /// - Parameter most: where this case is less bad than the table's.
  func finding(
    _ rule: GuardRule, atMost most: Verdict.Severity = .never, _ text: @autoclosure () -> String
  ) -> Verdict.Finding? {
    Verdict.Finding(rule, going: direction, atMost: most, text())
  }
}

extension Verdict.Finding {
  /// In the severity that the table of rules gives it.
  fileprivate init?(
    _ rule: GuardRule, going direction: GuardRule.Direction = .stay,
    atMost most: Verdict.Severity = .never, _ text: @autoclosure () -> String
  ) {
    guard let severity = rule.severity(direction) else { return nil }
    self.init(severity: min(severity, most), rule: rule, text: text())
  }
}
