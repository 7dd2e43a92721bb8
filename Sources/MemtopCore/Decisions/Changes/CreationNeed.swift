/// What `xl create` needs for a domain: the sum of libxl__domain_need_memory_calculate (libxl_mem.c), with
/// what libxl_create.c takes where the configuration does not say; the same from Xen 4.17 to 4.22, but
/// for the stub domain.
package struct CreationNeed: Sendable {
  /// What it is for, in words; none is zero.
  package private(set) var parts: [(word: String, amount: Bytes)] = []

  /// Rounded up to 2 MiB, as libxl does.
  package var total: Bytes {
    let sum = parts.reduce(Bytes.zero) { $0 + $1.amount }
    return (sum + .mib(2) - Bytes(1)).rounded(downTo: .mib(2))
  }

  /// - Parameter xenVersion: such as "4.17.7".
  package init(_ domain: PlannedDomain, on host: HostTraits, xenVersion: String) {
    let hap = domain.kind != .pv && (domain.hap ?? host.hasHAP)
    add("memory", domain.memory)
    add("page tables", domain.shadow ?? Self.paging(domain, hap: hap))
    if Self.passthrough(domain, hap: hap, host) == .syncPageTables {
      add("IOMMU", Self.iommu(domain.most))
    }
    // LIBXL_PV_EXTRA_MEMORY, LIBXL_HVM_EXTRA_MEMORY
    add("extra", domain.kind == .pv ? .mib(1) : .mib(2))
    guard domain.kind != .pv, domain.hasStubdomain else { return }
    let model = Self.deviceModel(domain, xenVersion)
    add("stub domain", domain.stubdomainMemory ?? (model == .qemu ? .mib(128) : .mib(28)))
    let video = domain.kind == .hvm ? Self.video(domain.adapter, model) : .zero
    add("video", domain.videoram ?? video)
  }

  private mutating func add(_ word: String, _ amount: Bytes) {
    if amount > .zero { parts.append((word, amount)) }
  }

  /// libxl__get_required_paging_memory: 1 MiB a vCPU, 4 KiB a MiB for the map of a guest that is not PV,
  /// and as much again for shadow page tables.
  private static func paging(_ domain: PlannedDomain, hap: Bool) -> Bytes {
    let tables: Int64 = (domain.kind == .pv ? 0 : 1) + (hap ? 0 : 1)
    // 4 KiB a MiB is 1/256.
    return .mib(1) * domain.vcpus + domain.most.rounded(downTo: .mib(1)) / 256 * tables
  }

  /// libxl__get_required_iommu_memory: four levels of page tables.
  private static func iommu(_ most: Bytes) -> Bytes {
    var (pages, tables) = (most.kib / 4, Bytes.zero)
    for _ in 0..<4 {
      pages = pages / 512 + (pages % 512 == 0 ? 0 : 1)
      tables += .pages(pages)
    }
    return tables
  }

  /// libxl__domain_config_setdefault and libxl__arch_passthrough_mode_setdefault (libxl_x86.c).
  private static func passthrough(
    _ domain: PlannedDomain, hap: Bool, _ host: HostTraits
  ) -> PlannedDomain.Passthrough {
    let wanted = domain.passthrough ?? (domain.hasDevices ? .enabled : .disabled)
    guard wanted == .enabled else { return wanted }
    return hap && host.sharesPageTables ? .sharePageTables : .syncPageTables
  }

  /// A stub domain runs qemu-xen-traditional up to Xen 4.20 where nothing else is said.
  private static func deviceModel(
    _ domain: PlannedDomain, _ xenVersion: String
  ) -> PlannedDomain.DeviceModel {
    if let model = domain.deviceModel { return model }
    let numbers = xenVersion.split(separator: ".").prefix(2).compactMap { Int($0) }
    guard domain.kind == .hvm, numbers.count == 2 else { return .qemu }
    return numbers[0] == 4 && numbers[1] <= 20 ? .traditional : .qemu
  }

  private static func video(
    _ adapter: PlannedDomain.Adapter, _ model: PlannedDomain.DeviceModel
  ) -> Bytes {
    switch adapter {
    case .none: .zero
    case .cirrus: model == .qemu ? .mib(8) : .mib(4)
    case .stdvga: model == .qemu ? .mib(16) : .mib(8)
    case .qxl: .mib(128)
    }
  }
}

extension CreationNeed {
  /// "4.27G: 4.00G memory, 272M page tables, 2.00M extra"
  package var sentence: String {
    "\(total.short): " + parts.map { "\($0.amount.short) \($0.word)" }.joined(separator: ", ")
  }
}

/// A domain that is to be created, as far as its memory depends on it: the keys of xl.cfg(5).
package struct PlannedDomain: Hashable, Sendable {
  package enum Passthrough: String, CaseIterable, Hashable, Sendable {
    case disabled, enabled
    case syncPageTables = "sync_pt"
    case sharePageTables = "share_pt"
  }

  package enum Adapter: String, CaseIterable, Hashable, Sendable {
    case none, cirrus, stdvga, qxl
  }

  package enum DeviceModel: String, CaseIterable, Hashable, Sendable {
    case qemu = "qemu-xen"
    case traditional = "qemu-xen-traditional"
  }

  package var kind: DomainKind
  /// `memory`: what it has when it starts.
  package var memory: Bytes
  /// `maxmem`: for this much its page tables are made.
  package var most: Bytes
  /// `maxvcpus`.
  package var vcpus: Int64
  /// `hap`; nil is what the host can do.
  package var hap: Bool?
  /// `shadow_memory`; nil is by libxl's rule.
  package var shadow: Bytes?
  /// `device_model_stubdomain_override`.
  package var hasStubdomain = false
  package var stubdomainMemory: Bytes?
  package var deviceModel: DeviceModel?
  package var adapter = Adapter.cirrus
  package var videoram: Bytes?
  /// nil is by whether it has devices.
  package var passthrough: Passthrough?
  /// `pci` or `dtdev` names any.
  package var hasDevices = false

  package init(
    kind: DomainKind = .pv, memory: Bytes, most: Bytes? = nil, vcpus: Int64 = 1
  ) {
    (self.kind, self.memory, self.vcpus) = (kind, memory, vcpus)
    self.most = most ?? memory
  }
}
