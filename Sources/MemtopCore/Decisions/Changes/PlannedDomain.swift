/// A domain that is to be created, as far as its memory depends on it: the keys of xl.cfg(5).
public struct PlannedDomain: Hashable, Sendable {
  public enum Passthrough: String, CaseIterable, Hashable, Sendable {
    case disabled, enabled
    case syncPageTables = "sync_pt"
    case sharePageTables = "share_pt"
  }

  public enum Adapter: String, CaseIterable, Hashable, Sendable {
    case none, cirrus, stdvga, qxl
  }

  public enum DeviceModel: String, CaseIterable, Hashable, Sendable {
    case qemu = "qemu-xen"
    case traditional = "qemu-xen-traditional"
  }

  public var kind: DomainKind
  /// `memory`: what it has when it starts.
  public var memory: Bytes
  /// `maxmem`: for this much its page tables are made.
  public var most: Bytes
  /// `maxvcpus`.
  public var vcpus: Int64
  /// `hap`; nil is what the host can do.
  public var hap: Bool?
  /// `shadow_memory`; nil is by libxl's rule.
  public var shadow: Bytes?
  /// `device_model_stubdomain_override`.
  public var hasStubdomain = false
  public var stubdomainMemory: Bytes?
  public var deviceModel: DeviceModel?
  public var adapter = Adapter.cirrus
  public var videoram: Bytes?
  /// nil is by whether it has devices.
  public var passthrough: Passthrough?
  /// `pci` or `dtdev` names any.
  public var hasDevices = false

  public init(
    kind: DomainKind = .pv, memory: Bytes, most: Bytes? = nil, vcpus: Int64 = 1
  ) {
    (self.kind, self.memory, self.vcpus) = (kind, memory, vcpus)
    self.most = most ?? memory
  }
}

/// What of a host decides how much memory a domain takes.
public struct HostTraits: Hashable, Sendable {
  /// Hardware-assisted paging; without it guests have shadow page tables.
  public var hasHAP: Bool
  /// An IOMMU can use a guest's own page tables.
  public var sharesPageTables: Bool

  public init(hasHAP: Bool = true, sharesPageTables: Bool = false) {
    (self.hasHAP, self.sharesPageTables) = (hasHAP, sharesPageTables)
  }
}
