import MemtopCore
import MemtopSystem
import Synchronization

/// Sets targets on the Xen host that memtop runs on.
///
/// libxl waits without limit for a lock that another `xl` may hold, and a change must not land
/// minutes later on stale facts. So a process of its own makes the changes, which is killed where a
/// phase of one takes too long (`ChangeLimits`), and with its parent. It stays for the next change,
/// with libxl loaded. `write` blocks for up to `ChangeLimits.longest`. All of its limits count from the
/// figures that the order was judged by.
package final class XenTargetWriter: TargetWriter {
  /// How this program is started as the writer process (`TargetChild.run`).
  package static let subcommand = "apply-target"

  private let author: String?
  private let session: Mutex<WriterSession>

  /// - Parameter author: the login name that a change is noted under; nil is the operator's.
  package convenience init(
    author: String? = nil, limits: ChangeLimits = ChangeLimits(), clock: HostClock = .system
  ) {
    self.init(
      author: author, limits: limits, program: "/proc/self/exe",
      arguments: ["memtop", Self.subcommand], clock: clock)
  }

  init(
    author: String?, limits: ChangeLimits, program: String, arguments: [String],
    clock: HostClock = .system
  ) {
    self.author = author
    session = Mutex(
      WriterSession(program: program, arguments: arguments, limits: limits, clock: clock))
  }

  /// Starts the writer process, which loads libxl meanwhile, and looks the author up.
  package func prepare() {
    if author == nil { OperatorName.prepare() }
    session.withLock { $0.prepare() }
  }

  /// The same without starting a program: only for a process that has one thread.
  package func prepareByDoubling(on host: XenHost) {
    session.withLock { $0.prepareByDoubling(on: host) }
  }

  package func write(_ order: TargetOrder, _ term: OrderTerm) -> TargetOutcome {
    let author = author ?? OperatorName.ofThisProcess
    return session.withLock { session in
      let deadline = term.judged + session.limits.whole
      let change = TargetTask.Change(
        domain: order.domain, from: order.from, size: order.to, begin: term.begin,
        deadline: deadline, author: author, reason: order.reason, range: order.range)
      do throws(Errno) {
        let course = try session.carryOut(.set(change), until: deadline)
        let ending = Self.ending(course, age: session.clock.steady() - term.judged)
        var outcome = Self.readBack(order, course, ending, &session)
        outcome.isContested = course.replies.contains(.contested)
        outcome.unlocked = course.unlocked
        outcome.isMended = outcome.isMended || course.replies.contains(.mended)
        return outcome
      } catch {
        let why = "cannot start \(session.program): \(error)"
        return TargetOutcome(ending: .failed(why))
      }
    }
  }

  /// What libxl left behind is read in every case: it does not roll back.
  private static func readBack(
    _ order: TargetOrder, _ course: WriterSession.Course, _ ending: TargetOutcome.Ending,
    _ session: inout WriterSession
  ) -> TargetOutcome {
    let limit = course.limit(order)
    let first = outcome(ending, course.replies)
    if let first, limit == nil || course.isReadBack { return first }
    let end = session.clock.steady() + session.limits.readBack
    let task = limit.map { TargetTask.mend(order.domain, $0) } ?? .read(order.domain)
    let second = try? session.carryOut(task, until: end)
    return second.flatMap { outcome(ending, $0.replies) } ?? first ?? TargetOutcome(ending: ending)
  }

  /// nil where it did not come as far as to read back.
  private static func outcome(_ ending: TargetOutcome.Ending, _ replies: [TargetReply])
    -> TargetOutcome?
  {
    var outcome: TargetOutcome?
    for reply in replies {
      switch reply {
      case .target(let target):
        outcome = outcome ?? TargetOutcome(ending: ending)
        outcome?.target = target
      case .limit(let limit):
        outcome = outcome ?? TargetOutcome(ending: ending)
        outcome?.limit = limit.map { .at($0) } ?? .unlimited
      case .range(let range):
        outcome = outcome ?? TargetOutcome(ending: ending)
        outcome?.range = range
      case .mended:
        outcome = outcome ?? TargetOutcome(ending: ending)
        outcome?.isMended = true
      case .started, .phase, .unlocked, .former, .written, .contested, .late, .failed, .done: break
      }
    }
    return outcome
  }

  /// What the process said counts before how it ended: it may have been killed while reading back.
  ///
  /// - Parameter age: of the figures, at the end of it.
  static func ending(_ course: WriterSession.Course, age: Span) -> TargetOutcome.Ending {
    for reply in course.replies {
      switch reply {
      case .written: return .written
      case .failed(let why): return .failed(why)
      case .late: return .notTried(age)
      case .started, .phase, .unlocked, .former, .contested, .target, .limit, .mended, .range,
        .done:
        break
      }
    }
    switch course.ending {
    case .done: return .failed("the writer process did not say what it has done")
    case .late(let delay): return .timedOut(delay)
    case .ended(.unkillable):
      return .failed("the writer process cannot be killed; the change may still happen")
    case .ended(.signalled(let signal)):
      return .failed("the writer process was killed by signal \(signal)")
    case .ended(.exited(let status)):
      return .failed("the writer process exited with status \(status)")
    }
  }
}
