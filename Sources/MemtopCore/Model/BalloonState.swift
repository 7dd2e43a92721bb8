/// How a domain's balloon relates to its target.
public struct BalloonState: Hashable, Sendable {
  /// Where it is on the way to its target. A running guest that sets its own target, or a running
  /// stub domain, is settled wherever it is.
  public enum Phase: Hashable, Sendable {
    /// Its allocation is where the target puts it, or no target moves it.
    case settled
    /// On its way; `since` is when it last made progress.
    case growing(since: SteadyTime)
    case shrinking(since: SteadyTime)
    /// Off its target with no progress for longer than the limit.
    case stuck(since: SteadyTime)
  }
  /// At its target, on its way there, or stuck.
  public var phase: Phase
  /// allocation − target when settled: toolstacks keep some pages back or add some.
  public var offset: Bytes
  /// Has it been seen to follow a target change? Growing while it populates on demand is none of its
  /// driver's doing.
  public var hasFollowed: Bool
  /// A distance up to this (videoram aside) may be the toolstack's way of building, no journey.
  static let widestOffset = Bytes.mib(32)
  /// Of the offset, what a host can count on: more below the target than toolstacks keep back may be lent,
  /// or said by the guest, which may take it again at any time.
  package var sureOffset: Bytes { max(offset, -Self.widestOffset) }
  /// What a domain may still take of the host on its own: from what it holds to where `target` puts it.
  package func promise(to target: Bytes, from allocation: Bytes) -> Bytes {
    max(.zero, target + sureOffset - allocation)
  }
  /// The allocation at the moment the present target was first seen: where it started from.
  public var startedFrom: Bytes

  package init(
    phase: Phase = .settled, offset: Bytes = .zero, hasFollowed: Bool = false,
    startedFrom: Bytes = .zero
  ) {
    self.phase = phase
    self.offset = offset
    self.hasFollowed = hasFollowed
    self.startedFrom = startedFrom
  }

  /// Whether `phase` is settled.
  public var isSettled: Bool { phase == .settled }

  /// Whether `phase` is stuck: off its target, with no progress for 20 s.
  public var isStuck: Bool {
    if case .stuck = phase { true } else { false }
  }
}
