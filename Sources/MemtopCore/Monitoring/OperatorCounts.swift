/// What came of the changes that operators made by `memtop set`, `memtop free` and on the screen, counted
/// for metrics since the host started.
///
/// Each of these processes ends soon, so they add to one file, which `memtop export` reads.
package struct OperatorCounts: Hashable, Sendable {
  private var refusals: [GuardRule: Int64] = [:]
  /// Targets that were set.
  package private(set) var moves: Int64 = 0
  /// Targets that could not be set.
  package private(set) var failures: Int64 = 0

  package init() {}

  package func refusals(_ rule: GuardRule) -> Int64 { refusals[rule] ?? 0 }

  /// One thing to count.
  package enum Entry: Hashable, Sendable {
    case written(isDone: Bool)
    /// The guard stopped one order, by this rule.
    case refused(GuardRule)
  }

  package mutating func count(_ entry: Entry) {
    switch entry {
    case .written(true): moves += 1
    case .written(false): failures += 1
    case .refused(let rule): refusals[rule, default: 0] += 1
    }
  }

  private static let head = "memtop-operator"

  /// A count a line.
  package var bytes: [UInt8] {
    CountLines(
      head: Self.head,
      [.init("moved", "-", moves), .init("failed", "-", failures)]
        + GuardRule.allCases.filter { refusals($0) > 0 }.map {
          .init("refused", $0.rawValue, refusals($0))
        }
    ).bytes
  }

  /// nil for anything else. What a later memtop counts is left out.
  package init?(_ bytes: [UInt8]) {
    guard let lines = CountLines(bytes, head: Self.head) else { return nil }
    for line in lines.lines {
      switch line.what {
      case "moved": moves = line.number
      case "failed": failures = line.number
      case "refused": GuardRule(rawValue: line.name).map { refusals[$0] = line.number }
      default: break
      }
    }
  }
}

extension Verdict {
  /// The rule by which the guard refuses the order; nil if it does not refuse it.
  package var refusal: GuardRule? { severity >= .refuse ? findings.first?.rule : nil }
}
