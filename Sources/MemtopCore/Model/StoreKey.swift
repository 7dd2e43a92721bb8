/// Every xenstore key below `/local/domain/N/` that memtop reads, declared once.
///
/// Sources read these and nothing else; a watch event on any other path is ignored.
package enum StoreKey: UInt8, CaseIterable, Sendable {
  case name
  case target, staticMax, dynamicMin, dynamicMax, videoram
  case uncooperative, selfTarget
  /// "KIB AUTHOR DEADLINE REASON", written by memtop just before it changes a target. KIB is what `memory/target`
  /// will be, so without videoram. A guest cannot write here.
  case changeMark
  /// How a domain stands with memtop's regulator (`Regulation`); dom0's is the regulator's own sign of
  /// life (`RegulatorBeat`). A guest cannot write here.
  case regulation
  /// "LOW HIGH LOW HIGH" in KiB: the operator's dynamic range, and the one that the regulator set in its
  /// place (`KeptRange`). A guest cannot write here.
  case keptRange
  case memtopReport
  case xapiTotal, xapiFree, xapiUpdated
  case meminfo, swapinfo, vmstat
  /// The version of a XAPI agent.
  case agentMajor, agentMinor
  case osName, osUname, osDistro, ipv4, ipv6
  case featureBalloon, balloonActive, shutdownRequest
  /// Qubes' ceiling of a domain whose memory is hot-plugged: there qmemman rewrites static-max with each
  /// target (qubes-core-admin, qmemman/systemstate.py, mem_set).
  case hotplugMax
  /// Of a stub domain: the domid of the guest whose device model it runs (libxl_dm.c,
  /// libxl__spawn_stub_dm; libxl_utils.c, libxl_is_stubdom).
  case stubTarget
  /// Of a guest: the domid of the stub domain that runs its device model.
  case deviceModelDomid
  /// The directory of the devices that a domain serves to others; only that it exists counts.
  case backend

  /// The path below `/local/domain/N/`.
  package var path: String {
    switch self {
    case .name: "name"
    case .target: "memory/target"
    case .staticMax: "memory/static-max"
    case .dynamicMin: "memory/dynamic-min"
    case .dynamicMax: "memory/dynamic-max"
    case .videoram: "memory/videoram"
    case .uncooperative: "memory/uncooperative"
    case .selfTarget: "memory/selftarget"
    case .changeMark: "memory/memtop-set"
    case .regulation: "memory/memtop-regulation"
    case .keptRange: "memory/memtop-range"
    case .memtopReport: "data/memtop"
    case .xapiTotal: "data/meminfo_total"
    case .xapiFree: "data/meminfo_free"
    case .xapiUpdated: "data/updated"
    case .meminfo: "memory/meminfo"
    case .swapinfo: "memory/swapinfo"
    case .vmstat: "memory/vmstat"
    case .agentMajor: "attr/PVAddons/MajorVersion"
    case .agentMinor: "attr/PVAddons/MinorVersion"
    case .osName: "data/os_name"
    case .osUname: "data/os_uname"
    case .osDistro: "data/os_distro"
    case .ipv4: "attr/vif/0/ipv4/0"
    case .ipv6: "attr/vif/0/ipv6/0"
    case .featureBalloon: "control/feature-balloon"
    case .balloonActive: "control/balloon-active"
    case .shutdownRequest: "control/shutdown"
    case .hotplugMax: "memory/hotplug-max"
    case .stubTarget: "target"
    case .deviceModelDomid: "image/device-model-domid"
    case .backend: "backend"
    }
  }

  /// A write of one of these is a sign of life of the guest's agent, even if the value is the same.
  package var isReport: Bool { group != nil }

  /// Of which reports it is a part; nil for a key that is no report.
  package var group: ReportGroup? {
    switch self {
    case .memtopReport: .memtop
    case .meminfo, .swapinfo, .vmstat: .meminfo
    case .xapiTotal, .xapiFree, .xapiUpdated: .xapi
    case .name, .target, .staticMax, .dynamicMin, .dynamicMax, .videoram, .uncooperative,
      .selfTarget, .changeMark, .regulation, .keptRange, .agentMajor, .agentMinor, .osName,
      .osUname, .osDistro, .ipv4, .ipv6,
      .featureBalloon, .balloonActive, .shutdownRequest, .hotplugMax, .stubTarget,
      .deviceModelDomid, .backend:
      nil
    }
  }
}
