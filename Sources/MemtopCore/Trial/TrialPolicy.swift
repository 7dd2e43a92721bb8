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
    case .fixed: "each guest the smallest size with which its OOM killer never strikes"
    case .fixedCalm: "each guest the smallest size with which it never thrashes either"
    case .selfBallooning: "xenballoond's rule, in the guest: what its programs were promised"
    case .regulator: "memtop's own: what is busy and a reserve, up at once, down slowly"
    case .qmemman: "Qubes' rule: 1.3 times what is used, and all the rest of the host in proportion"
    case .squeezed: "XAPI's rule: each guest the same share of its dynamic range"
    }
  }
}
