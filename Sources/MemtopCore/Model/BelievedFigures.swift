extension DomainSample.Findings {
  /// The one gate between what a guest reports and everything that shows, stores or acts on it: of a
  /// report that is not believed no figure is left, and those of one that is mean one thing each.
  mutating func keepBelieved() {
    guard health.isReadable else { return forgetFigures() }
    if let cache, let available { self.cache = min(cache, available - unused(of: available)) }
  }

  /// Who reported, and how often, is not a figure: the domain's page says whose report is doubted.
  private mutating func forgetFigures() {
    report = report?.withoutFigures
    (busy, available, cache, swapUsed) = (nil, nil, nil, nil)
    (swapInRate, swapOutRate, compressedIn, pressure) = (nil, nil, nil, nil)
  }

  /// The part of what is available that is free; the kernel keeps the rest of its free memory back.
  private func unused(of available: Bytes) -> Bytes {
    max(.zero, min(report?.free ?? .zero, available))
  }
}

extension DomainSample {
  /// From where on in its allocation memory is free: bars and charts draw cache between busy and this.
  package var cacheEnd: Bytes? {
    Self.cacheEnd(busy: self.busy, available: self.available, free: self.report?.free)
  }

  package static func cacheEnd(busy: Bytes?, available: Bytes?, free: Bytes?) -> Bytes? {
    guard let busy, let available, let free else { return busy }
    return busy + max(.zero, available - max(.zero, min(free, available)))
  }
}

extension GuestReport {
  var withoutFigures: GuestReport {
    var report = GuestReport(dialect: dialect)
    report.interval = interval
    return report
  }
}

extension ReportHealth {
  /// Whether its numbers may be shown as the guest's.
  var isReadable: Bool {
    switch self {
    case .fresh, .unknownAge, .stale: true
    case .silent, .implausible, .unreadable: false
    }
  }
}
