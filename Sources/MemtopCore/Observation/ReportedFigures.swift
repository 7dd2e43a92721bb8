extension DomainSample.Findings {
  /// The figures of a report that counts.
  ///
  /// - Parameter uncovered: what the kernel counts as its own, and Xen cannot give it.
  mutating func take(_ dialectReport: ReportTracker.DialectReport, uncovered: Bytes) {
    let report = dialectReport.report
    if let reported = report.available {
      let available = max(.zero, reported - uncovered)
      self.available = min(available, dialectReport.allocation)
      busy = max(.zero, dialectReport.allocation - available)
    } else if let used = report.used {
      busy = used
      available = max(.zero, dialectReport.allocation - used)
    }
    cache = report.cache
    swapUsed = report.swapUsed
    swapInRate = dialectReport.swapInRate
    swapOutRate = dialectReport.swapOutRate
    compressedIn = dialectReport.compressedIn
  }
}

extension PressureTracker.Report {
  /// - Parameter sample: with the report's figures in it.
  init(_ dialectReport: ReportTracker.DialectReport, _ sample: DomainSample.Findings) {
    let report = dialectReport.report
    let figures = PressureRule.Figures(
      psiSome: report.psiSome, psiFull: report.psiFull, swapInRate: sample.diskSwapIn,
      available: sample.available, allocation: dialectReport.allocation)
    self.init(
      figures: figures, arrival: dialectReport.arrival, isStanding: report.dialect.isStanding)
  }
}
