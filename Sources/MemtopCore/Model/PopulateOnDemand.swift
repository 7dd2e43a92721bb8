/// A guest's memory that is there only once its kernel touches it: libxl starts HVM and PVH guests that
/// have less than their static-max so (`xc_domain_get_pod_target`; Xen, p2m-pod.c).
///
/// The kernel sees all of static-max, and its balloon driver is to give back what the target does not
/// cover. Until it has, there are more entries than pages for them.
public struct PopulateOnDemand: Hashable, Sendable {
  /// What the kernel was promised and has not touched yet (`pod_entries`).
  public var entries: Bytes
  /// What Xen has set aside for that; a part of the allocation (`pod_cache_pages`).
  public var cache: Bytes

  public init(entries: Bytes, cache: Bytes) {
    self.entries = entries
    self.cache = cache
  }

  /// What the guest was promised and cannot be given: Xen crashes a guest that touches more than its
  /// cache (p2m_pod_demand_populate). The balloon driver brings it to zero, or a raise: Xen itself
  /// allocates the cache for that (p2m_pod_set_mem_target).
  public var uncovered: Bytes { max(.zero, entries - cache) }
}
