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

/// What a policy may know of one guest, and the target that it may set.
public struct TrialView: Sendable {
  public let memory: Bytes
  public let staticMax: Bytes
  /// What the hypervisor says that it holds.
  public internal(set) var allocation: Bytes
  /// The agent's last report; nil until the first.
  public internal(set) var report: TrialReport?
  /// What is known in the guest alone, now and without delay: for a rule that runs there.
  public internal(set) var inside: Inside
  public private(set) var target: Bytes
  /// How often the target was changed.
  public private(set) var changes = 0

  public struct Inside: Sendable {
    /// MemTotal.
    public var total: Bytes
    /// Committed_AS: what programs have been promised.
    public var committed: Bytes
  }

  /// - Parameter allocation: what it is built with, which is its first target.
  init(_ guest: TrialGuest, allocation: Bytes) {
    memory = guest.memory
    staticMax = guest.staticMax
    self.allocation = allocation + TrialMachine.offset
    target = allocation
    inside = Inside(total: .zero, committed: .zero)
  }

  /// As libxl does: refused above static-max, in whole KiB, and with no lower bound.
  public mutating func setTarget(_ wanted: Bytes) {
    let wanted = max(.kib(1), min(wanted, staticMax)).rounded(downTo: .kib(1))
    guard wanted != target else { return }
    target = wanted
    changes += 1
  }
}

/// What a policy may know of the host.
public struct TrialHost: Sendable {
  public var total: Bytes
  /// What guests can have of it in all: without Xen and dom0.
  public var forGuests: Bytes
  /// What of that no guest holds now.
  public var free: Bytes

  /// 128 GiB.
  public static let standard = TrialHost(forGuests: .gib(123))

  /// Without a guest. Xen has 1 GiB of its own and dom0 4, if `total` does not say otherwise.
  public init(forGuests: Bytes, total: Bytes? = nil) {
    self.total = total ?? forGuests + .gib(5)
    self.forGuests = forGuests
    free = forGuests
  }
}
