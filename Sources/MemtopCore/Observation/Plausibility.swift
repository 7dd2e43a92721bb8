/// Whether a well-formed report can be true of the domain that wrote it.
///
/// A guest can lie to look poorer or richer than it is; what Xen itself says bounds it. Margins
/// cover what moves between the guest's reading of its own figures and ours of Xen's.
enum Plausibility {
  struct Bounds {
    /// What the domain held when the report arrived, or before a balloon that is still moving.
    var held: Bytes
    /// The most that it can have; it may hold more where that was lowered.
    var ceiling: Bytes?
  }

  static let margin = Bytes.mib(16)

  /// Why it cannot be true; nil where it can.
  static func objection(to report: GuestReport, _ bounds: Bounds) -> String? {
    if report.dialect == .proc { return nil }
    if let total = report.total, let most = bounds.ceiling, total > max(most, bounds.held) + margin
    {
      return "claims \(total.short) in total but can have at most \(most.short)"
    }
    if let available = report.available, available > bounds.held + margin {
      return "claims \(available.short) available but holds only \(bounds.held.short)"
    }
    if let used = report.used, used > bounds.held + margin {
      return "claims \(used.short) in use but holds only \(bounds.held.short)"
    }
    // XAPI's two keys are written one after the other: between them they need not fit.
    guard report.dialect != .xapi, let total = report.total else { return nil }
    return excess(report.available, of: total, "available")
      ?? excess(report.free, of: total, "free") ?? excess(report.cache, of: total, "cached")
  }

  private static func excess(_ amount: Bytes?, of total: Bytes, _ word: String) -> String? {
    guard let amount, amount > total else { return nil }
    return "claims \(amount.short) \(word) but only \(total.short) in total"
  }
}
