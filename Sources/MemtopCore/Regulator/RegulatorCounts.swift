/// Why the regulator moved a target, as a word to count by: sentences with figures in them would be
/// endlessly many.
package enum MoveCause: String, CaseIterable, Sendable {
  /// It lacked memory.
  case lacks
  /// It lacked memory and was under pressure.
  case pressed
  /// It lacked memory, and the host had a part of it to give.
  case shared
  /// It had more than it needs.
  case surplus
  /// The host was short, so it gave.
  case gives
  /// Its balloon was stuck and was woken.
  case nudge
  /// It was released, and the operator's dynamic range was given back.
  case returned

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

  private static let head = "memtop-regulate"

  /// "memtop-regulate PID", then a count a line: "moved lacks 3".
  package func bytes(pid: Int32) -> [UInt8] {
    var lines = ["\(Self.head) \(pid)", "failed - \(failures)", "released - \(releases)"]
    lines += MoveCause.allCases.filter { moves($0) > 0 }.map {
      "moved \($0.rawValue) \(moves($0))"
    }
    lines += GuardRule.allCases.filter { refusals($0) > 0 }.map {
      "refused \($0.rawValue) \(refusals($0))"
    }
    return Array((lines.joined(separator: "\n") + "\n").utf8)
  }

  /// nil for anything else, and for those of another process. What a later memtop counts is left out.
  package init?(_ bytes: [UInt8], pid: Int32) {
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    guard lines.first == "\(Self.head) \(pid)" else { return nil }
    for line in lines.dropFirst() {
      let words = line.split(separator: " ")
      guard words.count == 3, let number = Int64(words[2]), number >= 0 else { return nil }
      switch words[0] {
      case "failed": failures = number
      case "released": releases = number
      case "moved": MoveCause(rawValue: String(words[1])).map { moves[$0] = number }
      case "refused": GuardRule(rawValue: String(words[1])).map { refusals[$0] = number }
      default: break
      }
    }
  }
}
