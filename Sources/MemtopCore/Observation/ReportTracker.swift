/// Keeps what a guest reported, when each report arrived, and what follows from two of them.
struct ReportTracker {
  /// One dialect's last word.
  struct Voice {
    var report: GuestReport
    /// When it was seen to be written; nil where it was found.
    var arrival: SteadyTime?
    var allocation: Bytes
    /// Bytes a second since the dialect's report before; nil where that cannot be told.
    var swapInRate: Bytes?
    var swapOutRate: Bytes?
  }

  private(set) var voices: [Voice] = []
  private(set) var problem: String?
  private var keys: StoreKeys?

  /// Takes note of the keys if they changed; returns true if a report arrived.
  mutating func update(_ keys: StoreKeys, allocation: Bytes, now: SteadyTime) -> Bool {
    guard self.keys !== keys else { return false }
    let arrived = keys.reportWrites > (self.keys?.reportWrites ?? 0)
    self.keys = keys
    switch ReportReader.readAll(keys) {
    case .none: (voices, problem) = ([], nil)
    case .unreadable(let why): (voices, problem) = ([], why)
    case .read(let reports):
      problem = nil
      let before = voices
      let isOnly = reports.count == 1
      voices = reports.map { report in
        let old = before.first { $0.report.dialect == report.dialect }
        return Self.voice(report, old, arrived, isOnly: isOnly, allocation, now)
      }
    }
    return arrived
  }

  /// Dom0 reads its own figures each time.
  mutating func update(own report: GuestReport, allocation: Bytes, now: SteadyTime) {
    let old = voices.first { $0.report.dialect == report.dialect }
    voices = [Self.arrival(of: report, old, allocation, now)]
  }

  /// A dialect arrived if its words changed, or if something was written and it is the only one.
  private static func voice(
    _ report: GuestReport, _ old: Voice?, _ arrived: Bool, isOnly: Bool, _ allocation: Bytes,
    _ now: SteadyTime
  ) -> Voice {
    if arrived, isOnly || old?.report != report {
      return Self.arrival(of: report, old, allocation, now)
    }
    if let old, old.report == report { return old }
    return Voice(report: report, arrival: nil, allocation: allocation)
  }

  private static func arrival(
    of report: GuestReport, _ old: Voice?, _ allocation: Bytes, _ now: SteadyTime
  ) -> Voice {
    var voice = Voice(report: report, arrival: now, allocation: allocation)
    guard let old, let before = old.arrival, now > before else { return voice }
    voice.swapInRate = rate(old.report.swapIn, report.swapIn, over: now - before)
    voice.swapOutRate = rate(old.report.swapOut, report.swapOut, over: now - before)
    return voice
  }

  /// Bytes a second; nil where the counter went back (a reboot, another agent).
  private static func rate(_ old: Bytes?, _ new: Bytes?, over span: Span) -> Bytes? {
    guard let old, let new, new >= old else { return nil }
    let (product, overflow) = (new - old).count.multipliedReportingOverflow(by: 1000)
    return overflow ? nil : Bytes(product / max(1, span.milliseconds))
  }

  /// The richest voice that is fresh, else the richest.
  func best(at now: SteadyTime) -> Voice? {
    voices.first { Self.health($0, at: now) == .fresh } ?? voices.first
  }

  /// Fresh, of unknown age or stale: whether it is plausible is another question.
  static func health(_ voice: Voice, at now: SteadyTime) -> ReportHealth {
    guard let arrival = voice.arrival else { return .unknownAge }
    guard let limit = limit(voice.report), now - arrival > limit else { return .fresh }
    return .stale
  }

  /// When the first of the voices that are fresh now will be stale; nil is never.
  func nextStale(after now: SteadyTime) -> SteadyTime? {
    var next: SteadyTime?
    for voice in voices {
      guard let arrival = voice.arrival, let limit = Self.limit(voice.report) else { continue }
      let end = arrival + limit
      if end >= now { next = min(next ?? end, end) }
    }
    return next
  }

  /// How old a report of each dialect may grow; nil is for ever.
  static func limit(_ report: GuestReport) -> Span? {
    switch report.dialect {
    case .memtop:
      let stated = report.interval ?? .seconds(10)
      return min(max(stated, .seconds(1)), .seconds(3600)) * 3
    case .xapi: return .seconds(300)
    case .xenballoond: return .seconds(10)
    // Qubes writes only on change: no news is good news there.
    case .qubes, .proc: return nil
    }
  }
}
