/// What an operator wants for one domain's memory; the defaults are those of no policy file.
package struct MemoryPolicy: Hashable, Sendable {
  /// What is kept beside busy: the free area that its kernel may use as cache.
  package enum Reserve: Hashable, Sendable {
    /// Always that much.
    case size(Bytes)
    /// Percent of busy, and never less than `leastShare`.
    case share(percent: Int64)
  }

  /// Whether an XAPI agent's `meminfo_free` counts cache as free.
  package enum XAPIFree: String, CaseIterable, Hashable, Sendable {
    /// It is the kernel's MemAvailable: cache counts as available, and the figure can be acted on.
    case available
    /// It is MemFree: cache looks busy. Enough for the guard, never for giving more.
    case free
    /// Nobody has said: as `free`.
    case unknown
  }

  package var reserve: Reserve = .share(percent: 25)
  /// SIZE below which it is never advised.
  package var floor: Bytes?
  /// SIZE above which it is never advised.
  package var ceiling: Bytes?
  /// How much it counts beside others where a host is short: 1 to 1000.
  package var weight: Int64 = 100
  /// Neither advice nor regulation: its target is the operator's alone.
  package var handsOff = false
  package var xapiFree: XAPIFree = .unknown
  /// `memtop regulate` takes it without being asked.
  package var isRegulated = false

  package init() {}

  /// A share of a small guest's busy memory would hold no cache at all.
  package static let leastShare = Bytes.mib(64)

  /// What is kept beside `busy`.
  package func reserve(busy: Bytes) -> Bytes {
    switch reserve {
    case .size(let size): size
    case .share(let percent):
      // In this order: whole percents of any amount fit.
      max(Self.leastShare, busy / 100 * percent)
    }
  }
}

/// What an operator wants for a host: rules by name or uuid, the later of which win, key by key.
package struct PolicySet: Hashable, Sendable {
  /// One section of a policy file.
  package struct Rule: Hashable, Sendable {
    package var pattern: DomainPattern
    package var changes: [Change]

    package init(pattern: DomainPattern, changes: [Change]) {
      self.pattern = pattern
      self.changes = changes
    }
  }

  /// One key of a section.
  package enum Change: Hashable, Sendable {
    case reserve(MemoryPolicy.Reserve)
    case floor(Bytes)
    case ceiling(Bytes)
    case weight(Int64)
    case handsOff(Bool)
    case xapiFree(MemoryPolicy.XAPIFree)
    case regulated(Bool)
  }

  package var rules: [Rule]
  /// What stays free on the host; nil is `HostMemory.reserve`.
  package var hostReserve: Bytes?
  /// `[host] owner = xapi`: `memtop regulate` may set dynamic ranges where XAPI owns the targets.
  package var throughXAPI = false

  package init(rules: [Rule] = [], hostReserve: Bytes? = nil) {
    self.rules = rules
    self.hostReserve = hostReserve
  }

  /// No policy file.
  package static let standard = PolicySet()

  /// What holds for a domain of this identity and name.
  package func policy(for id: DomainID, name: String) -> MemoryPolicy {
    var policy = MemoryPolicy()
    for rule in rules where rule.pattern.matches(id, name: name) {
      for change in rule.changes { policy.apply(change) }
    }
    return policy
  }

  package func hostReserve(total: Bytes) -> Bytes {
    hostReserve ?? HostMemory.reserve(total: total)
  }

  /// Less is free on a host, beside what is promised and claimed, than it should keep.
  package func isShort(_ host: HostMemory) -> Bool {
    host.uncommitted < hostReserve(total: host.total)
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

extension MemoryPolicy {
  /// In an operator's words: "keeps 25% beside busy, from 512M to 8.00G".
  package var sentence: String {
    if handsOff { return "hands off" }
    var parts = ["keeps \(reserve.text) on top of busy"]
    switch (floor, ceiling) {
    case (let floor?, let ceiling?): parts.append("from \(floor.short) to \(ceiling.short)")
    case (let floor?, nil): parts.append("never below \(floor.short)")
    case (nil, let ceiling?): parts.append("never above \(ceiling.short)")
    case (nil, nil): break
    }
    if weight != MemoryPolicy().weight { parts.append("weight \(weight)") }
    return parts.joined(separator: ", ")
  }
}

extension MemoryPolicy.Reserve {
  /// As the policy file has it.
  package var text: String {
    switch self {
    case .size(let size): size.short
    case .share(let percent): "\(percent)%"
    }
  }
}

/// Which domains a section of a policy is about: a name or uuid in which `*` stands for any
/// characters and `?` for one.
package struct DomainPattern: Hashable, Sendable, CustomStringConvertible {
  package let description: String
  private let bytes: [UInt8]
  /// In lower case; nil where it can match no uuid.
  private let ofUUID: [UInt8]?
  private let matchesAll: Bool

  private static let star = UInt8(ascii: "*")
  private static let any = UInt8(ascii: "?")
  private static let uuidLength = 36

  package init(_ pattern: String) {
    description = pattern
    bytes = Array(pattern.utf8)
    matchesAll = bytes == [Self.star]
    let isLong = bytes.contains(Self.star) || bytes.count == Self.uuidLength
    let isShort = bytes.count { $0 != Self.star } <= Self.uuidLength
    ofUUID =
      isLong && isShort && bytes.allSatisfy(Self.mayBeOfUUID)
      ? bytes.map { (65...70).contains($0) ? $0 + 32 : $0 } : nil
  }

  /// A name is compared as it is shown (escaped), a uuid in lower case.
  package func matches(_ id: DomainID, name: String) -> Bool {
    if matchesAll { return true }
    var name = name
    if name.utf8.withContiguousStorageIfAvailable({ Self.matches(bytes, $0) })
      ?? name.withUTF8({ Self.matches(bytes, $0) })
    {
      return true
    }
    guard let ofUUID else { return false }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.uuidLength) { text in
      id.uuid.write(to: text)
      return Self.matches(ofUUID, UnsafeBufferPointer(text))
    }
  }

  private static func mayBeOfUUID(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...70, 97...102, UInt8(ascii: "-"), star, any: true
    default: false
    }
  }

  /// Greedy, with one step back to the last `*`: time is at most the product of both lengths. `?` is one
  /// character of UTF-8.
  private static func matches(_ pattern: [UInt8], _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    pattern.withUnsafeBufferPointer { pattern in
      var (place, at) = (0, 0)
      var last: (place: Int, at: Int)?
      while at < text.count {
        if place < pattern.count, pattern[place] == star {
          last = (place, at)
          place += 1
        } else if place < pattern.count, pattern[place] == any {
          place += 1
          at += 1
          while at < text.count, text[at] & 0xC0 == 0x80 { at += 1 }
        } else if place < pattern.count, pattern[place] == text[at] {
          place += 1
          at += 1
        } else if let before = last {
          last = (before.place, before.at + 1)
          (place, at) = (before.place + 1, before.at + 1)
        } else {
          return false
        }
      }
      return pattern[place...].allSatisfy { $0 == star }
    }
  }
}
