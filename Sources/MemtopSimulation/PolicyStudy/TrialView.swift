import MemtopCore

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

  init(_ guest: TrialGuest, allocation: Bytes) {
    memory = guest.memory
    staticMax = guest.staticMax
    self.allocation = allocation
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
  /// What guests can have of it in all: without Xen and dom0.
  public var forGuests: Bytes
  /// What of that no guest holds now.
  public var free: Bytes

  /// 128 GiB with 1 GiB of Xen's own and 4 GiB of dom0's.
  public static let standard = TrialHost(forGuests: .gib(123), free: .gib(123))

  public init(forGuests: Bytes, free: Bytes) {
    self.forGuests = forGuests
    self.free = free
  }
}
