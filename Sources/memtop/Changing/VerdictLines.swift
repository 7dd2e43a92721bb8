import MemtopCore

/// What the guard said, a line a finding, for a shell.
enum VerdictLines {
  static func say(_ verdict: Verdict) {
    for finding in verdict.findings where finding.severity > .allow {
      complain("\(finding.severity.word): \(finding.text) [\(finding.rule.rawValue)]")
    }
  }
}

extension TargetOrder {
  /// "web1: 2.00G -> 3.00G"
  var line: String { "\(name): \(from?.short ?? "no target")\(held) -> \(to.short)" }

  private var held: String {
    if case .by(let held) = nudge { " -> \(held.short)" } else { "" }
  }
}
