import MemtopCore

/// What is read of xenstore: of a thousand domains a change needs one, and a list of names little of each.
package enum ReadScope: Sendable {
  case everything
  /// The domain that is called so, by domid, uuid or name, and dom0. Of the others what Xen says must
  /// do, and their names where they tell which one is meant.
  case domain(String)
  /// Of all domains what Xen says, and name, target and videoram: enough for the fields `FieldID.early`. It is
  /// read once, and not again where it changes.
  case early

  /// The domains to read; `domains` have their names where those were asked for.
  func wanted(_ domains: [TrackedDomain], among ids: [DomainID]) -> [TrackedDomain] {
    switch self {
    case .everything: return domains
    case .early: return []
    case .domain(let text):
      let isByName = isByName(among: ids)
      return domains.filter { domain in
        if domain.id.isDom0 { return true }
        return isByName ? domain.isNamed(text) : Self.isCalled(text, domain.id)
      }
    }
  }

  /// What is read of each domain before anything else.
  func firstKeys(among ids: [DomainID]) -> StoreKeySet {
    switch self {
    case .everything: StoreKeySet(.name).union(StoreKeySet(.target))
    case .domain: isByName(among: ids) ? StoreKeySet(.name) : .none
    case .early: StoreKeySet(.name).union(StoreKeySet(.target)).union(StoreKeySet(.videoram))
    }
  }

  /// Neither a domid nor a uuid that there is.
  private func isByName(among ids: [DomainID]) -> Bool {
    guard case .domain(let text) = self else { return false }
    return !ids.contains { Self.isCalled(text, $0) }
  }

  private static func isCalled(_ text: String, _ id: DomainID) -> Bool {
    UInt16(text) == id.domid || DomainUUID(text) == id.uuid
  }
}

extension TrackedDomain {
  fileprivate func isNamed(_ text: String) -> Bool {
    guard let name = keys[.name] else { return false }
    return name.elementsEqual(text.utf8) || SafeText.name(Array(name)) == text
  }
}

/// When a first reading that takes long is shown as far as it is.
struct PreviewTimes {
  /// Less is not missed, and what is shown costs time.
  static let patience = Span(milliseconds: 100)

  private var next: SteadyTime
  private(set) var wasDue = false

  init(from now: SteadyTime) { next = now + Self.patience }

  /// Whether it is time, and then not again soon.
  mutating func isDue(at now: SteadyTime) -> Bool {
    guard now >= next else { return false }
    next = now + Self.patience * 10
    wasDue = true
    return true
  }
}
