import CLinux
import Glibc
import MemtopCore
import MemtopSystem

/// The writer process's own part; see `XenTargetWriter`.
package enum TargetChild {
  /// Serves its parent until that closes the socket or ends, and returns the exit status.
  package static func run() -> Int32 {
    var status = stat()
    guard fstat(STDIN_FILENO, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else {
      say(.failed("not started by memtop"))
      return 64
    }
    return serve()
  }

  /// - Parameter host: where it is known; else it is looked for.
  static func serve(on host: XenHost? = nil) -> Int32 {
    guard mt_end_with_parent() else { return 1 }
    say(.started)
    let tools = ChangeTools(host: host, clock: .system)
    while let line = readLine() {
      guard let task = TargetTask(line: line) else { return 64 }
      perform(task, tools)
    }
    return 0
  }

  private static func perform(_ task: TargetTask, _ tools: ChangeTools) {
    switch task {
    case .prepare:
      // What is wrong is told by the change that needs it.
      return _ = try? tools.openLight()
    case .read(let domain): attempt { () throws(ChangeFailure) in try tools.readBack(domain, say) }
    case .mend(let domain, let limit): mend(domain, limit, tools)
    case .set(let change): set(change, tools)
    }
    say(.done)
  }

  private static func mend(_ domain: DomainID, _ limit: LimitChange, _ tools: ChangeTools) {
    let lock = openLock(tools)
    // Whoever has it sets the limit, too.
    let isFree = (try? lock?.takeAtOnce(domain.domid)) ?? true
    attempt { () throws(ChangeFailure) in
      try tools.readBack(domain, mending: isFree ? limit : nil, say)
    }
    withExtendedLifetime(lock) {}
  }

  /// The lock is held until all is read back, because a limit may have to be set back.
  private static func set(_ change: TargetTask.Change, _ tools: ChangeTools) {
    var lock = openLock(tools)
    var limit: LimitChange?
    attempt { () throws(ChangeFailure) in try perform(change, lock, tools, &limit) }
    say(.phase(.reading))
    if let range = change.range {
      // Here squeezed sets the limits, and takes its time.
      lock = nil
      tools.awaitTarget(change.domain, in: range.to)
    }
    try? tools.readBack(change.domain, mending: limit, say)
    withExtendedLifetime(lock) {}
    mt_end_never()
  }

  private static func openLock(_ tools: ChangeTools) -> ChangeLock? {
    do throws(RuntimeDirectory.Problem) {
      return try ChangeLock(in: tools.directory)
    } catch {
      say(.unlocked(error.description))
      return nil
    }
  }

  /// - Parameter limit: what libxl makes of the limit, from its call on.
  private static func perform(
    _ change: TargetTask.Change, _ lock: ChangeLock?, _ tools: ChangeTools,
    _ limit: inout LimitChange?
  ) throws(ChangeFailure) {
    // It ends by signal at its deadline, so that nothing can land later.
    let left = change.deadline - tools.clock.steady()
    guard mt_end_after(left.milliseconds) else { throw ChangeFailure("no alarm can be set") }
    say(.phase(.loading))
    let domid = change.domain.domid
    var change = try TargetChange(change, tools)
    say(.phase(.checking))
    var hasWaited = false
    do throws(Errno) {
      try lock?.take(domid) {
        hasWaited = true
        say(.phase(.locked))
      }
    } catch {
      say(.unlocked("\(error)"))
    }
    if hasWaited { say(.phase(.checking)) }
    let before = try change.check()
    guard change.isInTime else {
      change.removeMark()
      return say(.late)
    }
    limit = before
    if let limit { say(.former(limit: limit.former)) }
    say(.phase(change.setter.phase))
    try change.perform()
    say(.written)
    if change.conclude() { say(.contested) }
  }

  private static func attempt(_ body: () throws(ChangeFailure) -> Void) {
    do throws(ChangeFailure) {
      try body()
    } catch {
      say(.failed(error.description))
    }
  }

  /// Unbuffered: one that is killed later has said it all the same.
  private static func say(_ reply: TargetReply) {
    let line = Array((reply.line + "\n").utf8)
    _ = line.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
  }
}

/// Why a change was not made.
struct ChangeFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// Does `body`; what it throws is why the change was not made.
  static func of<Value, Cause: Error>(_ body: () throws(Cause) -> Value) throws(ChangeFailure)
    -> Value
  {
    do throws(Cause) {
      return try body()
    } catch {
      throw ChangeFailure("\(error)")
    }
  }
}
