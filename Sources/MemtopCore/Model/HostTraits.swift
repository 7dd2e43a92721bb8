/// What of a host decides how much memory a domain takes.
package struct HostTraits: Hashable, Sendable {
  /// Hardware-assisted paging; without it guests have shadow page tables.
  package var hasHAP: Bool
  /// An IOMMU can use a guest's own page tables.
  package var sharesPageTables: Bool

  package init(hasHAP: Bool = true, sharesPageTables: Bool = false) {
    (self.hasHAP, self.sharesPageTables) = (hasHAP, sharesPageTables)
  }
}
