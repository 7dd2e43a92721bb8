/// What an operator wants for one domain's memory; the defaults are those of no policy file.
public struct MemoryPolicy: Hashable, Sendable {
  /// What is kept beside busy: the free area that its kernel may use as cache.
  public enum Reserve: Hashable, Sendable {
    /// Always that much.
    case size(Bytes)
    /// Percent of busy, and never less than `leastShare`.
    case share(percent: Int64)
  }

  /// Whether an XAPI agent's `meminfo_free` counts cache as free.
  public enum XAPIFree: String, CaseIterable, Hashable, Sendable {
    /// It is the kernel's MemAvailable: cache counts as available, and the figure can be acted on.
    case available
    /// It is MemFree: cache looks busy. Enough for the guard, never for giving more.
    case free
    /// Nobody has said: as `free`.
    case unknown
  }

  public var reserve: Reserve = .share(percent: 25)
  /// SIZE below which it is never advised.
  public var floor: Bytes?
  /// SIZE above which it is never advised.
  public var ceiling: Bytes?
  /// How much it counts beside others where a host is short: 1 to 1000.
  public var weight: Int64 = 100
  /// Neither advice nor regulation: its target is the operator's alone.
  public var handsOff = false
  public var xapiFree: XAPIFree = .unknown
  /// `memtop regulate` takes it without being asked.
  public var isRegulated = false

  public init() {}

  /// A share of a small guest's busy memory would hold no cache at all.
  public static let leastShare = Bytes.mib(64)

  /// What is kept beside `busy`.
  public func reserve(busy: Bytes) -> Bytes {
    switch reserve {
    case .size(let size): size
    case .share(let percent):
      // In this order: whole percents of any amount fit.
      max(Self.leastShare, busy / 100 * percent)
    }
  }
}

/// What an operator wants for a host: rules by name or uuid, the later of which win, key by key.
public struct PolicySet: Hashable, Sendable {
  /// One section of a policy file.
  public struct Rule: Hashable, Sendable {
    public var pattern: DomainPattern
    public var changes: [Change]

    public init(pattern: DomainPattern, changes: [Change]) {
      self.pattern = pattern
      self.changes = changes
    }
  }

  /// One key of a section.
  public enum Change: Hashable, Sendable {
    case reserve(MemoryPolicy.Reserve)
    case floor(Bytes)
    case ceiling(Bytes)
    case weight(Int64)
    case handsOff(Bool)
    case xapiFree(MemoryPolicy.XAPIFree)
    case regulated(Bool)
  }

  public var rules: [Rule]
  /// What stays free on the host; nil is `Guard.hostReserve`.
  public var hostReserve: Bytes?
  /// `[host] owner = xapi`: `memtop regulate` may set dynamic ranges where XAPI owns the targets.
  public var throughXAPI = false

  public init(rules: [Rule] = [], hostReserve: Bytes? = nil) {
    self.rules = rules
    self.hostReserve = hostReserve
  }

  /// No policy file.
  public static let standard = PolicySet()

  /// What holds for a domain of this identity and name.
  public func policy(for id: DomainID, name: String) -> MemoryPolicy {
    var policy = MemoryPolicy()
    for rule in rules where rule.pattern.matches(id, name: name) {
      for change in rule.changes { policy.apply(change) }
    }
    return policy
  }

  public func hostReserve(total: Bytes) -> Bytes {
    hostReserve ?? Guard.hostReserve(total: total)
  }

  /// What advice may promise of a host: what is free and not promised, less the host's reserve.
  func free(on host: HostMemory) -> Bytes {
    free(uncommitted: host.uncommitted, total: host.total)
  }

  package func free(uncommitted: Bytes, total: Bytes) -> Bytes {
    max(.zero, uncommitted - hostReserve(total: total))
  }
}

extension MemoryPolicy {
  mutating func apply(_ change: PolicySet.Change) {
    switch change {
    case .reserve(let reserve): self.reserve = reserve
    case .floor(let floor): self.floor = floor
    case .ceiling(let ceiling): self.ceiling = ceiling
    case .weight(let weight): self.weight = weight
    case .handsOff(let handsOff): self.handsOff = handsOff
    case .xapiFree(let meaning): xapiFree = meaning
    case .regulated(let isRegulated): self.isRegulated = isRegulated
    }
  }
}
