import MemtopCore

/// What is to be freed: an amount, or what `xl create` needs for a domain.
enum FreeRequest {
  case amount(Bytes)
  case domain(PlannedDomain)

  func amount(on host: HostMemory) -> Bytes {
    switch self {
    case .amount(let amount): amount
    case .domain(let domain): need(of: domain, on: host).total
    }
  }

  /// What makes up the amount, where that is more than the amount.
  func explanation(on host: HostMemory) -> String? {
    switch self {
    case .amount: nil
    case .domain(let domain): "xl create needs \(need(of: domain, on: host).sentence)"
    }
  }

  private func need(of domain: PlannedDomain, on host: HostMemory) -> CreationNeed {
    CreationNeed(domain, on: host.traits, xenVersion: host.xenVersion)
  }
}
