/// What a cell of the timeline stands for.
public struct TimelineMark: Hashable, Sendable {
  /// What happened, the more notable the greater; what is not worth a mark of its own has none.
  public enum Event: UInt8, CaseIterable, Hashable, Comparable, Sendable {
    /// A report went stale, or cannot be believed.
    case report
    case started
    case gone
    case target
    /// A target was not followed, or could not be set.
    case failed
    /// The host ran short of free memory.
    case hostShort
    case note
    case crashed

    public static func < (a: Event, b: Event) -> Bool { a.rawValue < b.rawValue }
  }

  /// The worst pressure of any domain in it; nil where none reported any.
  public var worst: Pressure?
  /// The worst that any of them came under in it, from something better; nil where none did.
  public var entered: Pressure?
  /// The most notable event in it.
  public var event: Event?
  /// All of it lies in a stretch in which nobody was looking.
  public var isGap: Bool

  public init(
    worst: Pressure? = nil, entered: Pressure? = nil, event: Event? = nil, isGap: Bool = false
  ) {
    self.worst = worst
    self.entered = entered
    self.event = event
    self.isGap = isGap
  }

  /// Where nobody was looking nothing is known of pressure.
  package static func clearGaps(_ marks: inout [TimelineMark]) {
    for index in marks.indices where marks[index].isGap {
      (marks[index].worst, marks[index].entered) = (nil, nil)
    }
  }
}

extension HostEvent.Kind {
  /// Its mark on the timeline; nil for good news, which needs none.
  public var mark: TimelineMark.Event? {
    switch self {
    case .started, .rebooted: .started
    case .gone: .gone
    case .crashed: .crashed
    case .targetChanged: .target
    case .notFollowing, .changeFailed: .failed
    case .reportStale, .reportSilent, .reportImplausible, .reportUnreadable: .report
    case .hostShort: .hostShort
    case .note: .note
    // Pressure has heights of its own there.
    case .pressure, .leftOut: nil
    case .targetReached, .reportBack, .stuckEnded, .hostEnough: nil
    case .regulated, .released, .regulator: nil
    }
  }
}
