import Testing

@testable import MemtopCore

/// One row: a domain, and what libxl's rules make of it.
struct NeedCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let domain: PlannedDomain
  let mib: Int64
  let host: HostTraits
  let version: String

  init(
    _ description: String, _ kind: DomainKind, _ memory: Int64, max most: Int64? = nil,
    vcpus: Int64 = 1, _ mib: Int64, hap: Bool = true, shares: Bool = false,
    version: String = "4.17.7", _ change: (inout PlannedDomain) -> Void = { _ in }
  ) {
    var domain = PlannedDomain(
      kind: kind, memory: .mib(memory), most: most.map { .mib($0) }, vcpus: vcpus)
    change(&domain)
    (testDescription, self.domain, self.mib) = (description, domain, mib)
    host = HostTraits(hasHAP: hap, sharesPageTables: shares)
    self.version = version
  }
}

@Suite(.timeLimit(.minutes(30))) struct CreationNeedTests {
  @Test("what xl create needs, in whole 2 MiB", arguments: cases)
  func need(row: NeedCase) {
    let need = CreationNeed(row.domain, on: row.host, xenVersion: row.version)
    #expect(need.total == .mib(row.mib), "\(need.sentence)")
    #expect(need.parts.allSatisfy { $0.amount > .zero })
  }

  static let cases = paging + devices + stubs

  static let paging = [
    NeedCase("64 GiB of maxmem", .pvh, 4096, max: 65_536, vcpus: 16, 4096 + 16 + 256 + 2),
    NeedCase("PV counts its map as shadow", .pv, 512, 512 + 1 + 2 + 1),
    NeedCase("rounded up", .pv, 513, 518),
    NeedCase("a host without HAP", .hvm, 1024, vcpus: 2, 1024 + 2 + 4 + 4 + 2, hap: false),
    NeedCase("hap = 0", .hvm, 1024, vcpus: 2, 1024 + 2 + 4 + 4 + 2) { $0.hap = false },
    NeedCase("hap means nothing for PV", .pv, 512, 512 + 1 + 2 + 1) { $0.hap = true },
    NeedCase("shadow_memory", .hvm, 1024, 1024 + 10 + 2) { $0.shadow = .mib(10) },
  ]

  /// The IOMMU's tables for 1 GiB are 515 pages.
  static let devices = [
    NeedCase("PCI devices", .hvm, 1024, 1024 + 5 + 3 + 2) { $0.hasDevices = true },
    NeedCase("an IOMMU that shares", .hvm, 1024, 1024 + 5 + 2 + 1, shares: true) {
      $0.hasDevices = true
    },
    NeedCase("it cannot share shadows", .hvm, 1024, 1024 + 1 + 8 + 3 + 2, hap: false, shares: true)
    {
      $0.hasDevices = true
    },
    NeedCase("nor with PV", .pv, 1024, 1024 + 5 + 3 + 2, shares: true) { $0.hasDevices = true },
    NeedCase("passthrough without devices", .hvm, 1024, 1024 + 5 + 3 + 2) {
      $0.passthrough = .syncPageTables
    },
    NeedCase("shared outright", .hvm, 1024, 1024 + 5 + 2 + 1) { $0.passthrough = .sharePageTables },
  ]

  static let stubs = [
    NeedCase("up to 4.20", .hvm, 1024, 1024 + 5 + 2 + 28 + 4 + 1, version: "4.20.3") {
      $0.hasStubdomain = true
    },
    NeedCase("from 4.21 on", .hvm, 1024, 1024 + 5 + 2 + 128 + 8 + 1, version: "4.21.0") {
      $0.hasStubdomain = true
    },
    NeedCase("with qemu-xen", .hvm, 1024, 1024 + 5 + 2 + 128 + 16 + 1) {
      ($0.hasStubdomain, $0.deviceModel, $0.adapter) = (true, .qemu, .stdvga)
    },
    NeedCase("with sizes", .hvm, 1024, 1024 + 5 + 2 + 200 + 32 + 1) {
      ($0.hasStubdomain, $0.stubdomainMemory, $0.videoram) = (true, .mib(200), .mib(32))
    },
    NeedCase("video memory is part of memory without one", .hvm, 1024, 1024 + 5 + 2 + 1) {
      $0.videoram = .mib(64)
    },
    NeedCase("PV has none", .pv, 512, 512 + 1 + 2 + 1) { $0.hasStubdomain = true },
  ]

  @Test("the sentence names each part")
  func sentence() {
    let domain = PlannedDomain(kind: .pvh, memory: .mib(100), most: .gib(64), vcpus: 16)
    let need = CreationNeed(domain, on: HostTraits(), xenVersion: "4.19.0")
    #expect(need.sentence == "374M: 100M memory, 272M page tables, 2M extra")
  }
}
