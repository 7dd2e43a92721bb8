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
