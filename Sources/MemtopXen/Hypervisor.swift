import Glibc
import MemtopCore
import MemtopSystem
import XenBridge

/// The two hypercalls that a sample needs, with the buffer they fill, and the rarer ones; used by one thread at a time.
final class Hypervisor {
  private let handle: OpaquePointer
  /// At first for as many domains as libxenctrl's buffer of a page has room for (112 bytes each): that
  /// one it keeps from call to call, and larger ones it maps and unmaps each time.
  private var domains: [mt_domain] = Array(repeating: mt_domain(), count: 36)
  /// What the call before read.
  private var former: [mt_domain] = []
  private var formerCount = 0

  init() throws(SourceError) {
    var error: Int32 = 0
    guard let handle = mt_hypervisor_open(&error) else {
      throw SourceError(
        error == 0
          ? "libxenctrl's data layout is not one that this memtop knows (Xen 4.17 to 4.22);"
            + " this host needs a newer memtop"
          : "cannot open the hypercall interface: \(Errno(error))")
    }
    self.handle = handle
  }

  deinit { mt_hypervisor_close(handle) }

  /// Calls `body` with every domain, ascending by domid, and with whether all is as it was in the call
  /// before; the buffer is valid during the call only.
  func withDomains<T>(_ body: (UnsafeBufferPointer<mt_domain>, Bool) throws(SourceError) -> T)
    throws(SourceError) -> T
  {
    swap(&domains, &former)
    if domains.count < former.count {
      domains = Array(repeating: mt_domain(), count: former.count)
    }
    let before = formerCount
    // Where the call fails, nothing is known of the next one.
    formerCount = 0
    let count = try readDomains()
    formerCount = count
    let areSame = count == before && areFormer(count)
    return try domains.withUnsafeBufferPointer { buffer throws(SourceError) in
      try body(UnsafeBufferPointer(rebasing: buffer[..<count]), areSame)
    }
  }

  /// Byte by byte: a thousand domains in the time that a few would take one by one.
  private func areFormer(_ count: Int) -> Bool {
    domains.withUnsafeBytes { new in
      former.withUnsafeBytes {
        memcmp(new.baseAddress!, $0.baseAddress!, count * MemoryLayout<mt_domain>.stride) == 0
      }
    }
  }

  /// Reads on from the last domid + 1 for as long as a call fills all the room that is left.
  private func readDomains() throws(SourceError) -> Int {
    var count = 0
    var first: UInt32 = 0
    while true {
      let room = domains.count - count
      let got = try readDomains(from: first, at: count, room: room)
      count += got
      guard got == room else { return count }
      first = UInt32(domains[count - 1].domid) + 1
      domains.append(contentsOf: repeatElement(mt_domain(), count: domains.count))
    }
  }

  private func readDomains(from first: UInt32, at start: Int, room: Int) throws(SourceError) -> Int
  {
    var error: Int32 = 0
    let got = domains.withUnsafeMutableBufferPointer {
      mt_hypervisor_domains(handle, first, $0.baseAddress! + start, UInt32(room), &error)
    }
    guard got >= 0 else { throw failure("xc_domain_getinfolist", error) }
    return Int(got)
  }

  /// One domain as it is now, or nil where no domain has that domid.
  func domain(_ domid: UInt16) throws(SourceError) -> mt_domain? {
    var found = mt_domain()
    var error: Int32 = 0
    let got = mt_hypervisor_domains(handle, UInt32(domid), &found, 1, &error)
    guard got >= 0 else { throw failure("xc_domain_getinfolist", error) }
    return got == 1 && found.domid == domid ? found : nil
  }

  func host() throws(SourceError) -> mt_host {
    var host = mt_host()
    var error: Int32 = 0
    guard mt_hypervisor_host(handle, &host, &error) else { throw failure("xc_physinfo", error) }
    return host
  }

  /// What a domain has left to populate on demand; nil where Xen does not say, as of a PV guest.
  func populateOnDemand(_ domid: UInt16) -> PopulateOnDemand? {
    var entries: UInt64 = 0
    var cache: UInt64 = 0
    var error: Int32 = 0
    if !mt_hypervisor_pod(handle, UInt32(domid), &entries, &cache, &error) {
      // A Xen that has no such call (Arm) populates nothing on demand.
      guard error == ENOSYS || error == EOPNOTSUPP else { return nil }
    }
    return PopulateOnDemand(
      entries: .pages(Int64(clamping: entries)), cache: .pages(Int64(clamping: cache)))
  }

  /// What Xen holds for its page tables, or nil where Xen does not tell.
  func pagingPool(_ domid: UInt16) -> Bytes? {
    var bytes: UInt64 = 0
    var error: Int32 = 0
    guard mt_hypervisor_paging_pool(handle, UInt32(domid), &bytes, &error) else { return nil }
    return Bytes(Int64(clamping: bytes))
  }

  /// The host's NUMA nodes, ascending by number; empty where Xen does not tell.
  func nodes() -> [HostNode]? {
    var nodes = [mt_node](repeating: mt_node(), count: Int(MT_MOST_NODES))
    var error: Int32 = 0
    let count = nodes.withUnsafeMutableBufferPointer {
      mt_hypervisor_nodes(handle, $0.baseAddress!, &error)
    }
    guard count >= 0 else { return nil }
    return nodes.prefix(Int(count)).enumerated().filter { $0.element.size > 0 }.map {
      HostNode(
        number: $0, size: Bytes(Int64(clamping: $1.size)), free: Bytes(Int64(clamping: $1.free)))
    }
  }

  /// The numbers of the nodes that Xen prefers for its memory; nil where Xen does not tell.
  func nodeAffinity(_ domid: UInt16) -> [Int]? {
    var bits: UInt64 = 0
    var error: Int32 = 0
    guard mt_hypervisor_node_affinity(handle, UInt32(domid), &bits, &error) else { return nil }
    return (0..<64).filter { bits & 1 << UInt64($0) != 0 }
  }

  /// Sets the most that Xen lets a domain hold (max_pages).
  func setLimit(_ domid: UInt16, _ limit: Bytes) throws(SourceError) {
    var error: Int32 = 0
    guard mt_hypervisor_set_limit(handle, UInt32(domid), UInt64(max(0, limit.kib)), &error) else {
      throw failure("xc_domain_setmaxmem", error)
    }
  }

  private func failure(_ call: String, _ error: Int32) -> SourceError {
    let words = String(cString: mt_hypervisor_message(handle))
    return SourceError("\(call) failed: \(Errno(error))" + (words.isEmpty ? "" : " (\(words))"))
  }
}

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
    keys: StoreKeys, overhead: Bytes? = nil, populateOnDemand: PopulateOnDemand? = nil,
    isBeingSaved: Bool = false, isRead: Bool = true
  ) -> DomainReading {
    DomainReading(
      id: id, kind: kind, life: life, allocation: allocation, limit: limit,
      claim: .pages(Int64(clamping: claimed_pages)), overhead: overhead,
      populateOnDemand: populateOnDemand, keys: keys, isBeingSaved: isBeingSaved, isRead: isRead)
  }

  func isSame(as other: mt_domain) -> Bool {
    allocated_pages == other.allocated_pages && flags == other.flags
      && limit_pages == other.limit_pages && claimed_pages == other.claimed_pages
      && uuid_low == other.uuid_low && uuid_high == other.uuid_high && domid == other.domid
      && emulation == other.emulation && shutdown_reason == other.shutdown_reason
  }

  private func has(_ flag: Int) -> Bool { flags & UInt32(flag) != 0 }
}

/// The domains that are being followed, ascending by domid.
struct DomainRoster {
  private(set) var domains: [TrackedDomain] = []

  /// Takes over the hypervisor's list: who is new or bears another uuid starts from nothing, and
  /// who is missing is forgotten.
  /// - Returns: whether there are other domains than before.
  mutating func update(_ figures: UnsafeBufferPointer<mt_domain>) -> Bool {
    guard !isSame(figures) else { return false }
    var former = domains[...]
    domains = figures.map { figure in
      while let first = former.first, first.id.domid < figure.domid { former.removeFirst() }
      if let same = former.first, same.id == figure.id { return same }
      return TrackedDomain(id: figure.id)
    }
    return true
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
