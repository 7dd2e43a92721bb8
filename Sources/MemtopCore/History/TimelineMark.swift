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
    case note
    case crashed

    public static func < (a: Event, b: Event) -> Bool { a.rawValue < b.rawValue }
  }

  /// The worst pressure of any domain in it; nil where none reported any.
  public var worst: Pressure?
  /// The most notable event in it.
  public var event: Event?
  /// All of it lies in a stretch in which nobody was looking.
  public var isGap: Bool

  public init(worst: Pressure? = nil, event: Event? = nil, isGap: Bool = false) {
    self.worst = worst
    self.event = event
    self.isGap = isGap
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
    case .reportStale, .reportImplausible, .reportUnreadable: .report
    case .note: .note
    case .targetReached, .reportBack, .regulated, .released, .regulator: nil
    }
  }
}
