/// The keys that one agent writes. A guest may have several agents, of which one may be dead.
package enum ReportGroup: UInt8, Sendable {
  case memtop = 1
  /// `memory/meminfo` is xenballoond's or Qubes', by its text.
  case meminfo = 2
  case xapi = 4
}

extension ReportDialect {
  /// nil for dom0's own figures, which are in no key.
  var group: ReportGroup? {
    switch self {
    case .memtop: .memtop
    case .xenballoond, .qubes: .meminfo
    case .xapi: .xapi
    case .proc: nil
    }
  }
}

/// How many writes of report keys were seen to happen, for each group by itself.
package struct ReportWrites: Hashable, Sendable {
  private var memtop: UInt64 = 0
  private var meminfo: UInt64 = 0
  private var xapi: UInt64 = 0

  package init() {}

  /// - Parameter count: of each group.
  package init(each count: UInt64) { (memtop, meminfo, xapi) = (count, count, count) }

  package subscript(group: ReportGroup) -> UInt64 {
    get {
      switch group {
      case .memtop: memtop
      case .meminfo: meminfo
      case .xapi: xapi
      }
    }
    set {
      switch group {
      case .memtop: memtop = newValue
      case .meminfo: meminfo = newValue
      case .xapi: xapi = newValue
      }
    }
  }

  package var total: UInt64 { memtop + meminfo + xapi }

  /// - Parameter isCounted: which groups of the others count.
  package func adding(_ others: ReportWrites, where isCounted: (ReportGroup) -> Bool)
    -> ReportWrites
  {
    var sum = self
    if isCounted(.memtop) { sum.memtop += others.memtop }
    if isCounted(.meminfo) { sum.meminfo += others.meminfo }
    if isCounted(.xapi) { sum.xapi += others.xapi }
    return sum
  }
}
