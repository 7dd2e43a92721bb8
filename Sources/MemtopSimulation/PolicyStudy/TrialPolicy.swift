import MemtopCore

/// A rule that sets the guests' targets.
protocol TrialPolicy {
  /// Called once a second, before the guests live it.
  mutating func act(second: Int, host: TrialHost, guests: inout [TrialView])
}

/// The rules that `memtop simulate` compares.
public enum TrialRule: String, CaseIterable, Sendable {
  case fixed
  case fixedCalm = "fixed-calm"
  case selfBallooning = "self"
  case regulator
  case qmemman
  case squeezed

  /// One line for `--help` and memtop(8).
  public var description: String {
    switch self {
    case .fixed: "each guest has the smallest size at which its OOM killer never strikes"
    case .fixedCalm: "each guest has the smallest size at which it also never thrashes"
    case .selfBallooning:
      "xenballoond in the guest: target = memory promised to programs (Committed_AS)"
    case .regulator: "memtop regulate: busy plus a reserve; raised at once, lowered slowly"
    case .qmemman:
      "Qubes' qmemman: 1.3 times the memory in use, plus a share of the rest of the host"
    case .squeezed: "XAPI's squeezed: every guest gets the same share of its dynamic range"
    }
  }
}
