import MemtopCore

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
    spent.append(Stay(phase: phase, span: now - since))
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
    let present = Stay(phase: phase, span: now - since)
    let stays = Self.summed(spent + [present])
    let isOwn = present.span >= limits[phase]
    let longest = isOwn ? nil : stays.max { $0.span < $1.span }
    let blamed = longest?.phase ?? phase
    return ChangeDelay(
      blamed, stays.first { $0.phase == blamed }?.span ?? .zero,
      holder: blamed == .locked ? holder : nil)
  }

  /// In a phase, once.
  private struct Stay {
    var phase: ChangePhase
    var span: Span
  }

  /// One for each phase that there was.
  private static func summed(_ stays: [Stay]) -> [Stay] {
    stays.reduce(into: []) { sums, stay in
      if let place = sums.firstIndex(where: { $0.phase == stay.phase }) {
        sums[place].span += stay.span
      } else {
        sums.append(stay)
      }
    }
  }
}
