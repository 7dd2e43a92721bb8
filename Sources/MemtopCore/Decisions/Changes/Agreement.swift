/// What was agreed to: the findings that were shown, each as severe as it was shown or milder.
///
/// The screen's review, `set`, `free` and the regulator all use this: nothing else counts as agreed.
public struct Agreement: Hashable, Sendable {
  private let shown: [GuardRule: Verdict.Severity]
  /// What can be agreed to at all: warnings, and refusals where they are overridden.
  private let most: Verdict.Severity

  /// - Parameter isForced: `memtop set --force`: the refusals that were shown are agreed to as well.
  public init(to shown: Verdict, isForced: Bool = false) {
    self.shown = Dictionary(
      shown.findings.map { ($0.rule, $0.severity) }, uniquingKeysWith: max)
    most = isForced ? .refuse : .warn
  }

  /// The worst finding that was not agreed to; nil where the order may be written.
  public func objection(to verdict: Verdict) -> Verdict.Finding? {
    verdict.findings.first { $0.severity > .allow && !covers($0) }
  }

  private func covers(_ finding: Verdict.Finding) -> Bool {
    guard finding.severity <= most, let shown = shown[finding.rule] else { return false }
    return finding.severity <= shown
  }
}
