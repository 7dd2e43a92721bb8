/// A step of a change of a target. Each has its own time limit (`ChangeLimits`).
package enum ChangePhase: String, CaseIterable, Hashable, Sendable {
  /// The process that makes the change is being started.
  case starting
  /// It loads and opens Xen's libraries.
  case loading
  /// It looks at the domain once more.
  case checking
  /// libxl waits for the domain's lock, or memtop for another memtop that changes the domain.
  case locked
  /// libxl sets the target.
  case setting
  /// XAPI sets the dynamic range.
  case asking
  /// Target and limit are read back.
  case reading
}

/// The phase in which a change that was given up spent its time.
package struct ChangeDelay: Hashable, Sendable, CustomStringConvertible {
  package var phase: ChangePhase
  package var span: Span
  /// Who holds the domain's lock, where that is known: "process 812 (xl)".
  package var holder: String?
  /// XAPI was being asked when it was given up, and may still do what it was asked.
  package var mayFollow: Bool

  package init(
    _ phase: ChangePhase, _ span: Span, holder: String? = nil, mayFollow: Bool = false
  ) {
    self.phase = phase
    self.span = span
    self.holder = holder
    self.mayFollow = mayFollow || phase == .asking
  }

  /// Why the change was given up: "gave up: process 812 (xl) held the domain's lock for 10 s".
  package var description: String {
    "gave up: \(what) \(span.wholeSeconds) s"
      + (mayFollow ? "; the range may still change" : "")
  }

  private var what: String {
    switch phase {
    case .starting: "the process that sets targets had not started after"
    case .loading: "Xen's libraries were not loaded after"
    case .checking: "Xen or xenstore had not responded to the last check after"
    case .locked: "\(holder ?? "another process") held the domain's lock for"
    case .setting: "libxl had not set the target after"
    case .asking: "XAPI had not answered after"
    case .reading: "the target was not read back after"
    }
  }
}
