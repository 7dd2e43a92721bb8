import Glibc
import MemtopCore
import MemtopSystem

/// Asks the operator on the terminal; without one nobody agrees.
enum Consent {
  /// How plain the answer must be.
  enum Kind: CaseIterable {
    /// A plan in which nothing speaks against anything: `y`.
    case plan
    /// Something that the guard warns of: the whole word `yes`.
    case warning

    var prompt: String {
      switch self {
      case .plan: " [y/N] "
      case .warning: " Type yes to go on: "
      }
    }

    func isYes(_ answer: String) -> Bool {
      switch self {
      case .plan: ["y", "yes"].contains(answer.lowercased())
      case .warning: answer.lowercased() == "yes"
      }
    }
  }

  enum Answer: Equatable {
    case yes
    /// What was typed, safe to print; empty is nothing.
    case no(String)
    /// There is no terminal to ask on.
    case nobody
  }

  static func ask(_ question: String, _ kind: Kind) -> Answer {
    guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else { return .nobody }
    writeError(question + kind.prompt)
    // The end of input leaves the cursor behind the question.
    // Nothing is under way: ^C ends the program here.
    guard let line = Signals.letThrough({ readLine() }) else {
      writeError("\n")
      return .no("")
    }
    return answer(line, kind)
  }

  static func answer(_ line: String, _ kind: Kind) -> Answer {
    let bytes = Array(line.utf8).trimmingSpaces
    let typed = String(decoding: bytes, as: UTF8.self)
    return kind.isYes(typed) ? .yes : .no(SafeText.escaped(bytes, limit: 40))
  }

  /// - Throws: where it is not agreed to: what was answered, and how to agree beforehand.
  static func require(_ question: String, _ kind: Kind) throws(Failure) {
    switch ask(question, kind) {
    case .yes: return
    case .nobody: throw Failure(line: "nothing was changed: \(hint)", status: .refused)
    case .no:
      throw Failure(line: "nothing was changed: \(reason(kind))", status: .refused)
    }
  }

  static let hint = "re-run with --yes to accept"

  private static func reason(_ kind: Kind) -> String {
    switch kind {
    case .plan: "the plan was not accepted"
    case .warning: "type yes in full"
    }
  }
}

extension [UInt8] {
  fileprivate var trimmingSpaces: [UInt8] {
    let isSpace: (UInt8) -> Bool = { [0x20, 0x09, 0x0D].contains($0) }
    return Array(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
  }
}

/// What was agreed to on the command line, before anything was judged.
struct ChangeConsent {
  /// Say what would be done; change nothing.
  var isDryRun = false
  /// Warnings and the plan are accepted.
  var agrees = false
}

/// What the guard said, a line a finding, for a shell.
enum VerdictLines {
  /// Of what is impossible nothing else matters: it cannot be overridden.
  ///
  /// - Parameter isForced: what is refused is done all the same.
  static func say(_ verdict: Verdict, isForced: Bool = false) {
    let least: Verdict.Severity = verdict.severity == .never ? .never : .warn
    for finding in verdict.findings where finding.severity >= least {
      let word =
        isForced && finding.severity == .refuse ? "overridden by --force" : finding.severity.word
      complain("\(word): \(finding.text) [\(finding.rule.rawValue)]")
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
  /// "web1: 2.00G -> 3.00G"; in MiB where both would look the same.
  var line: String {
    let (before, after) = Bytes.apart(from, to)
    return "\(name): \(before ?? "no target")\(held) -> \(after ?? to.short)"
  }

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
