import Glibc
import MemtopCore
import MemtopSystem

/// In which phase a change is, for how long, and when that is too long.
struct PhaseWatch {
  private(set) var phase: ChangePhase
  private var since: SteadyTime
  private var spent: [Stay] = []
  private var holder: String?
  private let limits: ChangeLimits
  private let end: SteadyTime

  init(_ phase: ChangePhase, _ limits: ChangeLimits, at now: SteadyTime, end: SteadyTime) {
    self.phase = phase
    self.limits = limits
    self.end = end
    since = now
  }

  /// The time up to which the present phase may last.
  var due: SteadyTime { min(since + limits[phase], end) }

  /// libxl may be waiting for the domain's lock, which it cannot be asked.
  var mayBeLocked: Bool { phase == .setting || phase == .locked }

  mutating func enter(_ next: ChangePhase, at now: SteadyTime) {
    guard next != phase else { return }
    count(until: now)
    phase = next
  }

  private mutating func count(until now: SteadyTime) {
    if let place = spent.firstIndex(where: { $0.phase == phase }) {
      spent[place].span += now - since
    } else {
      spent.append(Stay(phase: phase, span: now - since))
    }
    since = now
  }

  /// What the kernel says of the process that calls libxl: for whose lock it waits, if it does.
  mutating func note(_ wait: LockWait?, at now: SteadyTime) {
    guard mayBeLocked else { return }
    if let wait { holder = wait.holder }
    enter(wait == nil ? .setting : .locked, at: now)
  }

  /// Why it is given up now: the phase whose own limit has passed, else the longest one.
  func delay(at now: SteadyTime) -> ChangeDelay {
    let isOwn = now - since >= limits[phase]
    var whole = self
    whole.count(until: now)
    let longest = whole.spent.max { $0.span < $1.span }
    let blamed = isOwn ? phase : longest?.phase ?? phase
    return ChangeDelay(
      blamed, whole.spent.first { $0.phase == blamed }?.span ?? .zero,
      holder: blamed == .locked ? holder : nil, mayFollow: phase == .asking)
  }

  /// How long it was in a phase.
  private struct Stay {
    let phase: ChangePhase
    var span: Span
  }
}

/// Whether a process waits for a lock on a file, as the kernel tells in /proc/locks.
///
/// libxl cannot be asked whether it waits for a domain's lock, on which it calls flock(2) without a
/// limit (libxl_internal.c, libxl__lock_file). But the kernel lists every lock, and below it, marked
/// by "->", who waits for it (fs/locks.c, lock_get_status).
struct LockWait: Hashable, Sendable {
  /// Who holds it: "process 812 (xl)".
  let holder: String

  /// nil where it waits for none, or where that cannot be known.
  init?(of process: pid_t) {
    guard let table = try? SystemFile("/proc/locks").read(limit: 1 << 20),
      let pid = Self.holder(ofLockAwaitedBy: process, in: String(decoding: table, as: UTF8.self))
    else { return nil }
    self.init(pid: pid, name: try? SystemFile.text("/proc/\(pid)/comm"))
  }

  init(pid: pid_t, name: String?) {
    holder = "process \(pid)" + (name.map { " (\(SafeText.escaped(Array($0.utf8))))" } ?? "")
  }

  /// "1: FLOCK ADVISORY WRITE 812 …" and, waiting for it, "1: -> FLOCK ADVISORY WRITE 907 …". libxl's
  /// locks are FLOCK, memtop's own is POSIX (`ChangeLock`).
  static func holder(ofLockAwaitedBy process: pid_t, in table: String) -> pid_t? {
    var holder: pid_t?
    for line in table.split(separator: "\n") {
      let words = line.split(separator: " ").dropFirst()
      let isWaiting = words.first == "->"
      let fields = Array(isWaiting ? words.dropFirst() : words)
      guard fields.count > 3, ["FLOCK", "POSIX"].contains(fields[0]), let pid = pid_t(fields[3])
      else { continue }
      if !isWaiting { holder = pid } else if pid == process { return holder }
    }
    return nil
  }
}

/// How long each phase of a change may take. Only the wait for another program's lock has a short limit. The
/// others are long, because a host is busy exactly when memory must move.
package struct ChangeLimits: Sendable {
  package var starting = Span.seconds(30)
  package var loading = Span.seconds(30)
  package var checking = Span.seconds(20)
  package var locked = Span.seconds(10)
  package var setting = Span.seconds(30)
  /// More than xe is given (`XAPISetter.patience`), which the writer process then ends itself.
  package var asking = Span.seconds(30)
  package var reading = Span.seconds(20)
  /// All of them together.
  package var whole = Span.seconds(45)
  /// To read back what a change left behind whose process was killed, by a new one.
  package var readBack = Span.seconds(15)

  package init() {}

  /// The longest that a write takes: that both processes must be killed is counted.
  package var longest: Span { whole + readBack + WriterProcess.killPatience * 4 + .seconds(2) }

  subscript(phase: ChangePhase) -> Span {
    switch phase {
    case .starting: starting
    case .loading: loading
    case .checking: checking
    case .locked: locked
    case .setting: setting
    case .asking: asking
    case .reading: reading
    }
  }
}
