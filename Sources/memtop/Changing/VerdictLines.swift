import MemtopCore

/// What the guard said, a line a finding, for a shell.
enum VerdictLines {
  /// Of what is impossible nothing else matters: it cannot be overridden.
  static func say(_ verdict: Verdict) {
    let least: Verdict.Severity = verdict.severity == .never ? .never : .warn
    for finding in verdict.findings where finding.severity >= least {
      complain("\(finding.severity.word): \(finding.text) [\(finding.rule.rawValue)]")
    }
  }

  /// What is different about these where XAPI owns the targets.
  static func say(_ orders: [TargetOrder]) {
    let ranges = orders.compactMap { order in order.range.map { (order.name, $0) } }
    for (name, range) in ranges { complain("\(name): \(range.sentence)") }
    if !ranges.isEmpty { complain(RangeChange.persistsInShell) }
  }
}

extension TargetOrder {
  /// "web1: 2.00G -> 3.00G"
  var line: String { "\(name): \(from?.short ?? "no target")\(held) -> \(to.short)" }

  private var held: String {
    if case .by(let held) = nudge { " -> \(held.short)" } else { "" }
  }
}

extension ChangeRun.Item {
  /// What has come of an order, for a shell: "web1: 2.00G -> 3.00G, reached".
  var line: String { "\(order.line), \(state.account)" }
}

extension ChangeState {
  /// How a script's command ends with it; nil where it is done.
  var failure: Failure.Status? {
    switch self {
    case .arrived, .following: nil
    case .stuck, .late: .notFollowed
    case .failed, .notAttempted, .pending, .writing: .failed
    }
  }
}
