import MemtopCore

/// How long to wait for a guest to report once: xenstore values carry no time, so one that was found
/// there may be of yesterday.
enum ReportWait {
  /// Twice the interval of the dialect; never longer than `most`.
  static func span(for sample: DomainSample, most: Span = .minutes(5)) -> Span {
    guard let report = sample.report else { return .zero }
    let interval: Span =
      switch report.dialect {
      case .memtop: report.interval ?? .seconds(10)
      case .xenballoond, .proc: .seconds(1)
      // It writes only when something changed.
      case .qubes: .seconds(5)
      case .xapi: .seconds(120)
      }
    return min(interval * 2 + .seconds(1), most)
  }
}

extension ChangeSession {
  /// Guests that report more seldom than this are not waited for, unless said.
  static let longestReportWait = Span.seconds(25)

  /// Reports found at the start may be old; those that can come soon are awaited.
  ///
  /// - Parameter tell: is told how long that may take.
  /// - Returns: the last sample, and which guests were waited for in vain.
  func awaitReports(
    since first: Snapshot, longest: Span = longestReportWait, tell: (Span) -> Void = { _ in }
  ) throws(Failure) -> (Snapshot, late: Set<DomainID>) {
    func isAwaited(_ sample: DomainSample) -> Bool {
      sample.health == .unknownAge && ReportWait.span(for: sample) <= longest
    }
    let span = first.domains.filter(isAwaited).map { ReportWait.span(for: $0) }.max()
    guard let span else { return (first, []) }
    tell(span)
    let last = try watch(for: span) { !$0.domains.contains(where: isAwaited) }
    return (last, Set(last.domains.filter(isAwaited).map(\.id)))
  }
}
