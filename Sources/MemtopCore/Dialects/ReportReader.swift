/// What a domain's keys hold by way of a report.
enum ReportFinding: Equatable, Sendable {
  case none
  /// One a dialect, the richest first.
  case read([KeptReport])
  case unreadable(String)
}

/// Finds the dialects that a guest speaks and reads them.
///
/// One that cannot be read gives way to a poorer one that can: a guest may have two agents.
enum ReportReader {
  /// Richest first.
  private static let dialects: [ReportDialect] = [.memtop, .xenballoond, .qubes, .xapi]

  static func readAll(_ keys: StoreKeys) -> ReportFinding {
    var problem: String?
    var reports: [KeptReport] = []
    for dialect in dialects {
      do throws(UnreadableReport) {
        if let report = try parse(dialect, keys) { reports.append(KeptReport(report)) }
      } catch {
        problem = problem ?? error.description
      }
    }
    if !reports.isEmpty { return .read(reports) }
    return problem.map { .unreadable($0) } ?? .none
  }

  private static func parse(_ dialect: ReportDialect, _ keys: StoreKeys)
    throws(UnreadableReport) -> GuestReport?
  {
    switch dialect {
    case .memtop:
      guard let line = keys[.memtopReport] else { return nil }
      return try MemtopReport.parse(line)
    case .xenballoond:
      guard let text = meminfo(keys), !QubesReport.isOne(text) else { return nil }
      return try XenballoondReport.parse(text, vmstat: keys[.vmstat])
    case .qubes:
      guard let text = meminfo(keys), QubesReport.isOne(text) else { return nil }
      return try QubesReport.parse(text, swapinfo: keys[.swapinfo])
    case .xapi: return try XAPIReport.parse(keys)
    case .proc: return nil
    }
  }

  /// A node that a toolstack made for its guest and that is still empty says nothing.
  private static func meminfo(_ keys: StoreKeys) -> [UInt8]? {
    keys[.meminfo].flatMap { ReportText.trimmed($0[...]).isEmpty ? nil : $0 }
  }
}
