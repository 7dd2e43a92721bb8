import MemtopCore

/// Sets targets on the Xen host that memtop runs on.
///
/// libxl waits without limit for a lock that another `xl` may hold, and a change must not land
/// minutes later on stale facts. So the change is made by a short-lived child in a session of its
/// own, which both it and its parent end at the deadline. `write` blocks for up to `patience` and
/// a second `readBackPatience`.
public final class XenTargetWriter: TargetWriter {
  /// How this program is started as the child; `TargetChild.run` takes what follows.
  public static let subcommand = "apply-target"

  private static let readBackPatience = Span.seconds(3)
  /// The child ends itself at the deadline; the parent makes sure a little later.
  private static let grace = Span(milliseconds: 250)

  private let author: @Sendable () -> String
  private let patience: Span
  private let program: String
  private let leadingArguments: [String]

  /// `author` is the login name that a change is noted under, found when it is needed.
  public convenience init(
    author: @autoclosure @escaping @Sendable () -> String = OperatorName.ofThisProcess,
    patience: Span = .seconds(10)
  ) {
    self.init(
      author: author(), patience: patience, program: "/proc/self/exe",
      leadingArguments: ["memtop", Self.subcommand])
  }

  init(
    author: @autoclosure @escaping @Sendable () -> String, patience: Span, program: String,
    leadingArguments: [String]
  ) {
    self.author = author
    self.patience = patience
    self.program = program
    self.leadingArguments = leadingArguments
  }

  public func write(_ order: TargetOrder) -> TargetOutcome {
    let replies: [TargetReply]
    let ending: TargetOutcome.Ending
    do throws(Errno) {
      let child = try run(
        order.domain, from: order.from, size: order.to, within: patience, reason: order.reason)
      replies = TargetReply.parse(child.output)
      ending = Self.ending(replies, child.ending)
    } catch {
      return TargetOutcome(ending: .failed("cannot start \(program): \(error)"))
    }
    return readBack(order.domain, ending, replies) ?? TargetOutcome(ending: ending)
  }

  private func run(
    _ domain: DomainID, from: Bytes? = nil, size: Bytes?, within patience: Span,
    reason: String = ""
  ) throws(Errno) -> ChildProcess {
    let deadline = HostClock.system.steady() + patience
    let task = TargetTask(
      domain: domain, from: from, size: size, deadline: deadline, author: author(),
      reason: reason)
    return try ChildProcess.run(
      program, leadingArguments + task.arguments, until: deadline + Self.grace)
  }

  /// What libxl left behind is read in every case: it does not roll back.
  private func readBack(
    _ domain: DomainID, _ ending: TargetOutcome.Ending, _ replies: [TargetReply]
  ) -> TargetOutcome? {
    if let outcome = Self.outcome(ending, replies) { return outcome }
    let child = try? run(domain, size: nil, within: Self.readBackPatience)
    return child.flatMap { Self.outcome(ending, TargetReply.parse($0.output)) }
  }

  /// nil where the child did not come as far as to read back.
  private static func outcome(_ ending: TargetOutcome.Ending, _ replies: [TargetReply])
    -> TargetOutcome?
  {
    var outcome: TargetOutcome?
    for reply in replies {
      switch reply {
      case .target(let target):
        outcome = TargetOutcome(ending: ending, target: target, limit: outcome?.limit)
      case .limit(let limit):
        outcome = TargetOutcome(ending: ending, target: outcome?.target, limit: limit)
      case .written, .failed: break
      }
    }
    return outcome
  }

  /// What the child said counts before how it ended: it may have been killed while reading back.
  static func ending(_ replies: [TargetReply], _ child: ChildProcess.Ending)
    -> TargetOutcome.Ending
  {
    for reply in replies {
      switch reply {
      case .written: return .written
      case .failed(let why): return .failed(why)
      case .target, .limit: break
      }
    }
    switch child {
    case .overdue, .signalled(TargetChild.alarmSignal): return .timedOut
    case .unkillable:
      return .failed("the child process cannot be killed; the change may still happen")
    case .signalled(let signal): return .failed("the child process was killed by signal \(signal)")
    case .exited(let status): return .failed("the child process exited with status \(status)")
    }
  }
}
