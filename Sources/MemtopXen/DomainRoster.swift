import MemtopCore
import XenBridge

/// The domains that are being followed, ascending by domid.
struct DomainRoster {
  private(set) var domains: [TrackedDomain] = []

  /// Takes over the hypervisor's list: who is new or bears another uuid starts from nothing, and
  /// who is missing is forgotten.
  mutating func update(_ figures: UnsafeBufferPointer<mt_domain>) {
    guard !isSame(figures) else { return }
    var former = domains[...]
    domains = figures.map { figure in
      while let first = former.first, first.id.domid < figure.domid { former.removeFirst() }
      if let same = former.first, same.id == figure.id { return same }
      return TrackedDomain(id: figure.id)
    }
  }

  private func isSame(_ figures: UnsafeBufferPointer<mt_domain>) -> Bool {
    figures.count == domains.count && zip(figures, domains).allSatisfy { $0.id == $1.id }
  }

  subscript(domid: UInt16) -> TrackedDomain? {
    var low = 0
    var high = domains.count
    while low < high {
      let middle = (low + high) / 2
      if domains[middle].id.domid < domid { low = middle + 1 } else { high = middle }
    }
    guard low < domains.count, domains[low].id.domid == domid else { return nil }
    return domains[low]
  }
}
