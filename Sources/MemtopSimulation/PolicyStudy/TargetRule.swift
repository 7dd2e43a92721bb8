import MemtopCore

/// A rule that sets the guests' targets.
protocol TargetRule {
  /// Called once a second, before the guests live it.
  mutating func act(second: Int, host: StudyHost, guests: inout [StudyView])
}

/// The rules that `memtop simulate` compares.
package enum StudyRule: String, CaseIterable, Sendable {
  case fixed
  case fixedCalm = "fixed-calm"
  case selfBallooning = "self"
  case regulator
  case qmemman
  case squeezed

  /// One line for `--help` and memtop(8).
  package var description: String {
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

/// What a rule may know of one guest, and the target that it may set.
package struct StudyView: Sendable {
  package let memory: Bytes
  package let staticMax: Bytes
  /// What the hypervisor says that it holds.
  package internal(set) var allocation: Bytes
  /// The agent's last report; nil until the first.
  package internal(set) var report: StudyReport?
  /// What is known in the guest alone, now and without delay: for a rule that runs there.
  package internal(set) var inside: Inside
  package private(set) var target: Bytes
  /// How often the target was changed.
  package private(set) var changes = 0

  package struct Inside: Sendable {
    /// MemTotal.
    package var total: Bytes
    /// Committed_AS: what programs have been promised.
    package var committed: Bytes
  }

  /// - Parameter allocation: what it is built with, which is its first target.
  init(_ guest: StudyGuest, allocation: Bytes) {
    memory = guest.memory
    staticMax = guest.staticMax
    self.allocation = allocation + StudyMachine.offset
    target = allocation
    inside = Inside(total: .zero, committed: .zero)
  }

  /// As libxl does: refused above static-max, in whole KiB, and with no lower bound.
  package mutating func setTarget(_ wanted: Bytes) {
    let wanted = max(.kib(1), min(wanted, staticMax)).rounded(downTo: .kib(1))
    guard wanted != target else { return }
    target = wanted
    changes += 1
  }
}

/// What a rule may know of the host.
package struct StudyHost: Sendable {
  package var total: Bytes
  /// What guests can have of it in all: without Xen and dom0.
  package var forGuests: Bytes
  /// What of that no guest holds now.
  package var free: Bytes

  /// 128 GiB.
  package static let standard = StudyHost(forGuests: .gib(123))

  /// Without a guest. Xen has 1 GiB of its own and dom0 4, if `total` does not say otherwise.
  package init(forGuests: Bytes, total: Bytes? = nil) {
    self.total = total ?? forGuests + .gib(5)
    self.forGuests = forGuests
    free = forGuests
  }
}
