import MemtopCore

/// In which phase a change is, for how long, and when that is too long.
struct PhaseWatch {
  private(set) var phase: ChangePhase
  private var since: SteadyTime
  private var spent: [ChangePhase: Span] = [:]
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
    spent[phase, default: .zero] += now - since
    (phase, since) = (next, now)
  }

  /// What the kernel says of the process that calls libxl: for whose lock it waits, if it does.
  mutating func note(_ wait: LockWait?, at now: SteadyTime) {
    guard mayBeLocked else { return }
    if let wait { holder = wait.holder }
    enter(wait == nil ? .setting : .locked, at: now)
  }

  /// Why it is given up now: the phase whose own limit has passed, else the longest one.
  func delay(at now: SteadyTime) -> ChangeDelay {
    var spent = spent
    spent[phase, default: .zero] += now - since
    let isOwn = now - since >= limits[phase]
    let longest = isOwn ? nil : spent.max { $0.value < $1.value }
    let blamed = longest?.key ?? phase
    return ChangeDelay(
      blamed, spent[blamed] ?? .zero, holder: blamed == .locked ? holder : nil)
  }
}
