/// Keeps what a guest reported, when each report arrived, and what follows from two of them.
struct ReportTracker {
  /// One dialect's last word. A class, because it is looked at a dozen times a second and is large.
  final class DialectReport {
    let report: KeptReport
    /// When it was seen to be written; nil where it was found.
    let arrival: SteadyTime?
    /// It was not written after this.
    let known: SteadyTime
    let allocation: Bytes
    /// Bytes a second since the dialect's report before; nil where that cannot be told.
    var swapInRate: Bytes?
    var swapOutRate: Bytes?
    var compressedIn: CompressedSwap?
    var punctuality = Punctuality.onTime
    /// How it follows on those before; nil where none was seen to be written.
    var succession: ReportSuccession?

    init(_ report: KeptReport, arrival: SteadyTime?, known: SteadyTime, allocation: Bytes) {
      (self.report, self.arrival, self.known, self.allocation) = (
        report, arrival, known, allocation
      )
    }
  }

  /// A report that comes after its limit does not count at once: an agent that is always a little
  /// late would be fresh and stale in turns. It does with the next one that is in time.
  enum Punctuality {
    case onTime, late, returning
  }

  private(set) var dialectReports: [DialectReport] = []
  private(set) var problem: String?
  private var keys: StoreKeys?

  /// Takes note of the keys if they changed, and of what is late; `lastLook` is when they were
  /// looked at before.
  mutating func update(
    _ keys: StoreKeys, allocation: Bytes, held: Bytes, lastLook: SteadyTime, now: SteadyTime
  ) {
    if self.keys !== keys {
      read(keys, Sight(allocation: allocation, held: held, lastLook: lastLook, now: now))
    }
    for index in dialectReports.indices where HealthRule.isPastLimit(dialectReports[index], at: now)
    {
      dialectReports[index].punctuality = .late
    }
  }

  /// The circumstances in which a report is found.
  struct Sight {
    let allocation: Bytes
    /// The most that the domain held since the last look. The report can be from any moment since then;
    /// with the most, its busy memory can come out too large, but not too small.
    let held: Bytes
    let lastLook: SteadyTime
    let now: SteadyTime
  }

  private mutating func read(_ keys: StoreKeys, _ sight: Sight) {
    let arrivals = Arrivals(before: self.keys?.reportWrites ?? ReportWrites(), keys.reportWrites)
    self.keys = keys
    switch ReportReader.readAll(keys) {
    case .none: (dialectReports, problem) = ([], nil)
    case .unreadable(let why): (dialectReports, problem) = ([], why)
    case .read(let reports):
      problem = nil
      guard !isInPlace(reports) else {
        for (index, report) in reports.enumerated() {
          dialectReports[index] = Self.dialectReport(
            report, dialectReports[index], arrivals, sight)
        }
        return
      }
      let before = dialectReports
      dialectReports = reports.map { report in
        let old = before.first { $0.report.dialect == report.dialect }
        return Self.dialectReport(report, old, arrivals, sight)
      }
    }
  }

  /// Whether these are the dialects of before, in their order: then no array is made.
  private func isInPlace(_ reports: [KeptReport]) -> Bool {
    guard reports.count == dialectReports.count else { return false }
    return reports.indices.allSatisfy {
      reports[$0].dialect == dialectReports[$0].report.dialect
    }
  }

  /// Dom0 reads its own figures each time.
  mutating func update(own report: KeptReport, allocation: Bytes, now: SteadyTime) {
    let old = dialectReports.first { $0.report.dialect == report.dialect }
    let sight = Sight(allocation: allocation, held: allocation, lastLook: now, now: now)
    dialectReports = [Self.arrival(of: report, old, sight)]
  }

  /// What was seen to be written since the keys were looked at before.
  private struct Arrivals {
    private let before: ReportWrites
    private let now: ReportWrites

    init(before: ReportWrites, _ now: ReportWrites) { (self.before, self.now) = (before, now) }

    func contains(_ dialect: ReportDialect) -> Bool {
      dialect.group.map { now[$0] > before[$0] } ?? false
    }
  }

  /// A report is new only if a key of its own dialect was written. A guest may have two agents, and one of them
  /// may be dead.
  private static func dialectReport(
    _ report: KeptReport, _ old: DialectReport?, _ arrivals: Arrivals, _ sight: Sight
  ) -> DialectReport {
    if arrivals.contains(report.dialect) { return arrival(of: report, old, sight) }
    if let old, old.report == report { return old }
    return DialectReport(report, arrival: nil, known: sight.now, allocation: sight.allocation)
  }

  private static func arrival(
    of report: KeptReport, _ old: DialectReport?, _ sight: Sight
  ) -> DialectReport {
    let now = sight.now
    let dialectReport = DialectReport(report, arrival: now, known: now, allocation: sight.held)
    dialectReport.succession = old?.succession
    dialectReport.follow(sight)
    if old?.punctuality == .late { dialectReport.punctuality = .returning }
    guard let old, let before = old.arrival, now > before else { return dialectReport }
    let (last, span) = (old.report, now - before)
    dialectReport.swapInRate = GuestReport.rate(last.swapIn, report.swapIn, over: span)
    dialectReport.swapOutRate = GuestReport.rate(last.swapOut, report.swapOut, over: span)
    let zram = GuestReport.rate(last.zramIn, report.zramIn, over: span)
    let zswap = GuestReport.rate(last.zswapIn, report.zswapIn, over: span)
    if zram != nil || zswap != nil {
      dialectReport.compressedIn = CompressedSwap(zram: zram ?? .zero, zswap: zswap ?? .zero)
    }
    return dialectReport
  }

  /// The richest voice that is fresh, else the richest.
  ///
  /// One agent may write in two dialects, and when it dies both fall silent: a voice that may be old
  /// counts after a richer one that is stale only if it has spoken since that should have.
  func best(at now: SteadyTime) -> DialectReport? {
    var due: SteadyTime?
    for dialectReport in dialectReports {
      if HealthRule.word(of: dialectReport, at: now) == .fresh, let arrival = dialectReport.arrival,
        due.map({ arrival > $0 }) ?? true
      {
        return dialectReport
      }
      if let arrival = dialectReport.arrival, let limit = HealthRule.limit(of: dialectReport.report)
      {
        due = max(due ?? arrival + limit, arrival + limit)
      }
    }
    return dialectReports.first
  }

  /// When the first of the voices that are not stale now will be; nil is never.
  func nextStale(after now: SteadyTime) -> SteadyTime? {
    var next: SteadyTime?
    for dialectReport in dialectReports {
      guard let limit = HealthRule.limit(of: dialectReport.report) else { continue }
      let end = dialectReport.known + limit
      if end >= now { next = min(next ?? end, end) }
    }
    return next
  }
}

extension ReportTracker.DialectReport {
  /// Its report has just been seen to be written.
  fileprivate func follow(_ sight: ReportTracker.Sight) {
    guard report.dialect == .memtop else { return }
    guard succession != nil else {
      succession = ReportSuccession(report, sight)
      return
    }
    succession?.follow(report, sight)
  }
}

extension GuestReport {
  /// Bytes a second between two reports' counters; nil where one is unknown, or where the counter went
  /// back (a reboot, another agent).
  package static func rate(_ old: Bytes?, _ new: Bytes?, over span: Span) -> Bytes? {
    guard let old, let new, new >= old else { return nil }
    return (new - old).scaled(1000, over: max(1, span.milliseconds))
  }
}
