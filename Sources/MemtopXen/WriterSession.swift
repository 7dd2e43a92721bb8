import Glibc
import MemtopCore
import MemtopSystem

/// The writer process that there is, and a new one where it had to be killed or has ended.
struct WriterSession {
  /// What became of one task.
  struct Course: Hashable {
    enum Ending: Hashable {
      case done
      /// A phase took too long; the process is dead.
      case late(ChangeDelay)
      case ended(WriterProcess.Ending)
    }
    var replies: [TargetReply] = []
    var ending: Ending

    /// What libxl, which was called for a change, makes of the limit; nil where it was not called.
    func limit(_ order: TargetOrder) -> LimitChange? {
      for case .former(let limit) in replies {
        return LimitChange(from: order.from, size: order.to, former: limit)
      }
      return nil
    }

    /// Why the change went on without the lock against other memtops; nil where it had it.
    var unlocked: String? {
      for case .unlocked(let why) in replies { return why }
      return nil
    }

    /// All was read back, and the limit set back where it had to be.
    var isReadBack: Bool { replies.contains { if case .limit = $0 { true } else { false } } }

    /// Nothing was begun.
    var isEmpty: Bool { replies.allSatisfy { $0 == .started } }
  }

  let program: String
  let arguments: [String]
  let limits: ChangeLimits
  let clock: HostClock
  private var process: WriterProcess?

  /// So often the kernel is asked whether libxl waits for a lock.
  private static let lockInterval = Span(milliseconds: 200)

  init(program: String, arguments: [String], limits: ChangeLimits, clock: HostClock) {
    self.program = program
    self.arguments = arguments
    self.limits = limits
    self.clock = clock
  }

  mutating func prepare() {
    guard process == nil else { return }
    process = try? WriterProcess(program, arguments, clock: clock)
    process?.send(TargetTask.prepare.line)
  }

  mutating func prepareByDoubling(on host: XenHost) {
    guard process == nil else { return }
    process = try? WriterProcess(clock: clock, doubledFor: { TargetChild.serve(on: host) })
    process?.send(TargetTask.prepare.line)
  }

  /// Does a task; when this returns, nothing of it happens any more.
  mutating func carryOut(_ task: TargetTask, until end: SteadyTime) throws(Errno) -> Course {
    if let process, case let course = follow(process, task, until: end) {
      // One that was there may have been killed while it had nothing to do.
      guard course.isEmpty, case .ended = course.ending else { return course }
    }
    let process = try WriterProcess(program, arguments, clock: clock)
    self.process = process
    return follow(process, task, until: end)
  }

  private mutating func follow(
    _ process: WriterProcess, _ task: TargetTask, until end: SteadyTime
  ) -> Course {
    var course = Course(ending: .done)
    let now = clock.steady()
    var watch = PhaseWatch(
      process.hasStarted ? .loading : .starting, limits, at: now, end: end)
    process.send(task.line)
    while true {
      switch process.next(until: nextLook(watch)) {
      case .reply(.done): return course
      case .reply(let reply):
        course.replies.append(reply)
        note(reply, &watch)
      case .ended:
        course.ending = ending(process.wait(), watch)
        self.process = nil
        return course
      case .nothing:
        if watch.mayBeLocked { watch.note(LockWait(of: process.id), at: clock.steady()) }
        guard clock.steady() >= watch.due else { continue }
        course.ending = giveUp(process, watch)
        return course
      }
    }
  }

  private func nextLook(_ watch: PhaseWatch) -> SteadyTime {
    guard watch.mayBeLocked else { return watch.due }
    return min(watch.due, clock.steady() + Self.lockInterval)
  }

  private func note(_ reply: TargetReply, _ watch: inout PhaseWatch) {
    let now = clock.steady()
    switch reply {
    case .started: watch.enter(.loading, at: now)
    case .phase(let phase): watch.enter(phase, at: now)
    case .unlocked, .former, .written, .contested, .late, .failed, .target, .limit, .mended,
      .range, .done:
      break
    }
  }

  /// The next one is started at once: what is left behind is to be read back.
  private mutating func giveUp(_ process: WriterProcess, _ watch: PhaseWatch) -> Course.Ending {
    let delay = watch.delay(at: clock.steady())
    let ending = process.kill()
    self.process = nil
    prepare()
    return ending == .unkillable ? .ended(.unkillable) : .late(delay)
  }

  /// Its own alarm at the deadline is the same as being killed.
  private func ending(_ ending: WriterProcess.Ending, _ watch: PhaseWatch) -> Course.Ending {
    guard ending == .signalled(SIGALRM) else { return .ended(ending) }
    return .late(watch.delay(at: clock.steady()))
  }
}
