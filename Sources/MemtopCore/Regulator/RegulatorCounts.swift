/// What `memtop regulate` has done since it was started, counted for metrics.
///
/// It writes them as text in a file, which `memtop export` reads.
package struct RegulatorCounts: Hashable, Sendable {
  private var moves: [MoveCause: Int64] = [:]
  private var refusals: [GuardRule: Int64] = [:]
  /// Orders that were not carried out.
  package private(set) var failures: Int64 = 0
  /// Domains that were let go because of something else than an operator's wish.
  package private(set) var releases: Int64 = 0

  package init() {}

  package func moves(_ cause: MoveCause) -> Int64 { moves[cause] ?? 0 }
  package func refusals(_ rule: GuardRule) -> Int64 { refusals[rule] ?? 0 }

  /// An order was carried out, or failed.
  package mutating func count(_ order: TargetOrder, isWritten: Bool) {
    if !isWritten {
      failures += 1
    } else if let cause = order.cause {
      moves[cause, default: 0] += 1
    }
  }

  /// The guard stopped what was wanted in one sample.
  package mutating func count(_ refused: [GuardRule]) {
    for rule in refused { refusals[rule, default: 0] += 1 }
  }

  package mutating func countRelease() { releases += 1 }

  private static func head(_ pid: Int32) -> String { "memtop-regulate \(pid)" }

  /// Whose they are, then a count a line.
  package func bytes(pid: Int32) -> [UInt8] {
    var lines: [CountLines.Line] = [
      .init("failed", "-", failures), .init("released", "-", releases),
    ]
    for cause in MoveCause.allCases where moves(cause) > 0 {
      lines.append(.init("moved", cause.rawValue, moves(cause)))
    }
    for rule in GuardRule.allCases where refusals(rule) > 0 {
      lines.append(.init("refused", rule.rawValue, refusals(rule)))
    }
    return CountLines(head: Self.head(pid), lines).bytes
  }

  /// nil for anything else, and for those of another process. What a later memtop counts is left out.
  package init?(_ bytes: [UInt8], pid: Int32) {
    guard let lines = CountLines(bytes, head: Self.head(pid)) else { return nil }
    for line in lines.lines {
      switch line.what {
      case "failed": failures = line.number
      case "released": releases = line.number
      case "moved": MoveCause(rawValue: line.name).map { moves[$0] = line.number }
      case "refused": GuardRule(rawValue: line.name).map { refusals[$0] = line.number }
      default: break
      }
    }
  }
}

extension MoveCause {
  init(_ cause: Advice.Cause) {
    switch cause {
    case .lacks: self = .lacks
    case .pressed: self = .pressed
    case .shared: self = .shared
    case .surplus: self = .surplus
    case .gives: self = .gives
    }
  }
}
