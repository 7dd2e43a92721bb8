import MemtopCore
import XenBridge

/// What Xen's own record of a domain means in memtop's words.
extension mt_domain {
  var id: DomainID {
    DomainID(domid: domid, uuid: DomainUUID(high: uuid_high, low: uuid_low))
  }

  /// Xen knows no "PVH": it is a hardware-assisted guest for which no PC is emulated
  /// (libxl_x86.c, libxl__arch_domain_prepare_config; dom0 has an I/O APIC and vPCI too).
  var kind: DomainKind {
    guard has(MT_DOMAIN_HVM) else { return .pv }
    return emulation & ~UInt32(MT_EMULATES_PVH) == 0 ? .pvh : .hvm
  }

  var life: DomainLife {
    if has(MT_DOMAIN_DYING) { return .dying }
    if has(MT_DOMAIN_SHUTDOWN) {
      return .shutDown(ShutdownReason(rawValue: shutdown_reason) ?? .crash)
    }
    return has(MT_DOMAIN_PAUSED) ? .paused : .running
  }

  var allocation: Bytes { .pages(Int64(clamping: allocated_pages)) }

  /// nil is unlimited.
  var limit: Bytes? {
    limit_pages >= UInt64(UInt32.max) ? nil : .pages(Int64(clamping: limit_pages))
  }

  /// PV guests have none that Xen tells of, and a dying domain's is being freed.
  var hasPagingPool: Bool { has(MT_DOMAIN_HVM) && !has(MT_DOMAIN_DYING) }

  func reading(
    keys: StoreKeys, overhead: Bytes? = nil, populateOnDemand: PopulateOnDemand? = nil
  ) -> DomainReading {
    DomainReading(
      id: id, kind: kind, life: life, allocation: allocation, limit: limit,
      claim: .pages(Int64(clamping: claimed_pages)), overhead: overhead, cpuTime: cpu_nanoseconds,
      populateOnDemand: populateOnDemand, keys: keys)
  }

  private func has(_ flag: Int) -> Bool { flags & UInt32(flag) != 0 }
}
