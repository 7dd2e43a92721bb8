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
  static func objection(to report: KeptReport, _ bounds: Bounds) -> String? {
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

/// What reports of one guest show in a row, where each alone could be true.
///
/// Only for memtop's dialect: its line is written at once and numbered, so that two of them are two
/// moments. How far `available` may jump needs no rule of its own: a program that ends frees
/// everything at once, and never more than the domain holds, which `Plausibility` sees.
struct ReportSuccession {
  /// No device and no compressor reads swap back faster (a second).
  static let fastestSwap = Bytes.gib(64)
  /// A domain's size that moved this far moved its kernel's figures with it.
  static let movedFar = Bytes.mib(16)
  /// How many reports must have come since: the first may have been made before.
  static let stillReports = 3
  /// An idle guest of nothing but a shell stood still for as long as it was watched: 20 minutes.
  static let longestStill = Span.minutes(360)
  /// So many reports at least.
  static let mostStill = 60

  /// Why the last report cannot have followed the one before; nil where it can.
  private(set) var objection: String?

  private var last: KeptReport
  /// The look before the last report was seen: it was written after that.
  private var writtenAfter: SteadyTime
  private var still: Still

  /// How long the figures have been the same, to the byte.
  private struct Still {
    let since: SteadyTime
    let allocation: Bytes
    var reports = 1
    /// Of these, how many came after the domain's size had moved far.
    var reportsSinceMove = 0
    /// The size with which it was found out.
    var exposed: Bytes?
  }

  init(_ report: KeptReport, _ sight: ReportTracker.Sight) {
    (last, writtenAfter) = (report, sight.lastLook)
    still = Still(since: sight.now, allocation: sight.allocation)
  }

  /// Takes the next report that was seen to be written.
  mutating func follow(_ report: KeptReport, _ sight: ReportTracker.Sight) {
    defer { (last, writtenAfter) = (report, sight.lastLook) }
    objection = nil
    guard let number = report.sequence, number != last.sequence else { return }
    noteStill(report, sight)
    objection = counterObjection(report, now: sight.now) ?? stillObjection(report, at: sight.now)
  }

  private mutating func noteStill(_ report: KeptReport, _ sight: ReportTracker.Sight) {
    guard report.hasSameFigures(as: last) else {
      still = Still(since: sight.now, allocation: sight.allocation)
      return
    }
    still.reports += 1
    let moved = (sight.allocation - still.allocation).magnitude
    still.reportsSinceMove = moved >= Self.movedFar ? still.reportsSinceMove + 1 : 0
    if still.exposed == nil, still.reportsSinceMove >= Self.stillReports {
      still.exposed = sight.allocation
    }
  }

  private func stillObjection(_ report: KeptReport, at now: SteadyTime) -> String? {
    // Where nothing is left, nothing is what stays.
    guard report.available != .zero else { return nil }
    if let exposed = still.exposed {
      return "reports the same figures although its allocation moved from"
        + " \(still.allocation.short) to \(exposed.short)"
    }
    guard now - still.since >= Self.longestStill, still.reports >= Self.mostStill else {
      return nil
    }
    return "has reported exactly the same figures for more than \(Self.longestStill.short)"
  }

  private func counterObjection(_ report: KeptReport, now: SteadyTime) -> String? {
    let span = now - writtenAfter
    return objection("swapped in", last.swapIn, report.swapIn, report, over: span)
      ?? objection("swapped out", last.swapOut, report.swapOut, report, over: span)
  }

  private func objection(
    _ what: String, _ before: Bytes?, _ now: Bytes?, _ report: KeptReport, over span: Span
  ) -> String? {
    guard let before, let now, now != before else { return nil }
    if now < before {
      guard isSameRun(report, span) else { return nil }
      return
        "claims \(now.short) \(what) since boot, less than the \(before.short) it claimed before"
    }
    let most = Self.fastestSwap / 1000 * max(1000, span.milliseconds)
    guard now - before > most else { return nil }
    return "claims \((now - before).short) \(what) within \(span.short)"
  }

  /// Whether the numbering goes on. After a reboot in place it begins again, at one a second at most.
  private func isSameRun(_ report: KeptReport, _ span: Span) -> Bool {
    guard let before = last.sequence, let now = report.sequence else { return false }
    return now > before && now > UInt64(max(0, span.wholeSeconds)) + 2
  }
}

extension KeptReport {
  /// Whether all that it says of memory is the same to the byte.
  fileprivate func hasSameFigures(as other: KeptReport) -> Bool {
    self.available == other.available && self.free == other.free && self.total == other.total
      && self.cache == other.cache && self.swapUsed == other.swapUsed
      && self.swapIn == other.swapIn && self.swapOut == other.swapOut
      && self.swapTotal == other.swapTotal
  }
}
