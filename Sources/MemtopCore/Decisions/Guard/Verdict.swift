/// What the guard says of one wanted target.
package struct Verdict: Hashable, Sendable {
  /// From harmless to impossible. *Never* cannot be forced; *refuse* yields to `--force`;
  /// *warn* to a typed `yes` or `--yes`.
  package enum Severity: UInt8, Comparable, Hashable, Sendable {
    case allow, warn, refuse, never
    package static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }

    /// The one word for it, on the screen and in a shell.
    package var word: String {
      switch self {
      case .allow: "safe"
      case .warn: "warning"
      case .refuse: "refused"
      case .never: "impossible"
      }
    }
  }

  /// One rule that has something to say.
  package struct Finding: Hashable, Sendable {
    package var severity: Severity
    package var rule: GuardRule
    /// One sentence in the operator's words, with the figures that decided it.
    package var text: String

    package init(severity: Severity, rule: GuardRule, text: String) {
      self.severity = severity
      self.rule = rule
      self.text = text
    }
  }

  /// Worst first; empty when every rule allows.
  package var findings: [Finding]

  package init(findings: [Finding] = []) {
    self.findings = findings.sorted { $0.severity > $1.severity }
  }

  package var severity: Severity { findings.first?.severity ?? .allow }
}

/// What the guard must know beyond a snapshot.
package struct GuardFacts: Hashable, Sendable {
  /// As it is now.
  package var populateOnDemand: OnDemand
  /// Targets already agreed for other domains in the same batch, as SIZE.
  package var agreed: [DomainID: Bytes]
  /// The regulator itself asks, to whom the domain was handed.
  package var isRegulator: Bool
  /// libxl saves the domain or sends it to another host just now (`SaveHelper`).
  package var isBeingSaved = false
  /// The NUMA nodes of the domain; nil where not asked, or where it may have memory of any.
  package var nodes: NodeRoom?
  /// A stuck balloon is to be woken.
  var isNudge = false

  /// What a domain has left to populate on demand.
  package enum OnDemand: Hashable, Sendable {
    case notAsked
    /// Xen was asked and did not say; of a PV guest, which has nothing left, it never does.
    case notKnown
    case left(PopulateOnDemand)

    var left: PopulateOnDemand? { if case .left(let left) = self { left } else { nil } }
  }

  package init(
    populateOnDemand: OnDemand = .notAsked, agreed: [DomainID: Bytes] = [:],
    isRegulator: Bool = false
  ) {
    self.populateOnDemand = populateOnDemand
    self.agreed = agreed
    self.isRegulator = isRegulator
  }
}

/// What was agreed to: the findings that were shown, each as severe as it was shown or milder.
///
/// The screen's review, `set`, `free` and the regulator all use this: nothing else counts as agreed.
package struct Agreement: Hashable, Sendable {
  private let shown: [GuardRule: Verdict.Severity]
  /// What can be agreed to at all: warnings, and refusals where they are overridden.
  private let most: Verdict.Severity

  /// - Parameter isForced: `memtop set --force`: the refusals that were shown are agreed to as well.
  package init(to shown: Verdict, isForced: Bool = false) {
    self.shown = Dictionary(
      shown.findings.map { ($0.rule, $0.severity) }, uniquingKeysWith: max)
    most = isForced ? .refuse : .warn
  }

  /// Whether it was agreed to that the change takes its guest from the regulator.
  var takesFromRegulator: Bool { shown.keys.contains(.regulated) }

  /// The worst finding that was not agreed to; nil where the order may be written.
  package func objection(to verdict: Verdict) -> Verdict.Finding? {
    verdict.findings.first { $0.severity > .allow && !covers($0) }
  }

  private func covers(_ finding: Verdict.Finding) -> Bool {
    guard finding.severity <= most, let shown = shown[finding.rule] else { return false }
    return finding.severity <= shown
  }
}

extension Guard {
  /// Judges an order as a whole; a nudge by both its steps, each on what the one before leaves.
  package static func verdict(
    on order: TargetOrder, in snapshot: Snapshot, facts: GuardFacts = GuardFacts()
  ) -> Verdict {
    guard order.nudge != nil else {
      return verdict(on: order.domain, to: order.to, in: snapshot, facts: facts)
    }
    var (snapshot, facts) = (snapshot.of(order.domain.host), facts)
    facts.isNudge = true
    var findings: [Verdict.Finding] = []
    for step in order.steps {
      let found = Guard.verdict(on: step.domain, to: step.to, in: snapshot, facts: facts)
      let known = Set(findings.map(\.rule))
      findings += found.findings.filter { !known.contains($0.rule) }
      snapshot.set(step)
    }
    return Verdict(findings: findings)
  }
}

extension Snapshot {
  /// As it is once an order is written, and before the guest has moved.
  fileprivate mutating func set(_ order: TargetOrder) {
    guard let index = index(of: order.domain) else { return }
    let promise = domains[index].promise
    domains[index].target = order.to - domains[index].videoram
    host.promised += domains[index].promise - promise
  }
}
