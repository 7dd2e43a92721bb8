import MemtopCore

extension Extract {
  /// Writes it as OpenMetrics text, for `promtool tsdb create-blocks-from openmetrics`.
  ///
  /// All points of a metric stand together, as the format wants it, so the recording is gone through
  /// for as few families, and of them as few domains, at a time as have changes that can be kept. No
  /// time may come twice in a metric: what was sampled after the clock was set back is a metric of its
  /// own, with the label `clock_set_back`, which counts how often.
  ///
  /// - Parameters:
  ///   - host: the host's metrics, too.
  ///   - mostPoints: how many changes are kept at a time, of 16 bytes each.
  ///   - put: takes the text piece by piece; false ends it.
  /// - Returns: how often the clock was set back.
  @discardableResult
  package func writeOpenMetrics(
    _ fields: [Field], host: Bool, keeping mostPoints: Int64 = 500_000,
    put: @escaping (UnsafeBufferPointer<UInt8>) -> Bool
  ) throws(RecordingError) -> Int {
    try file.reading { () throws(DatabaseError) in
      let writing = try OpenMetricsWriting(self, mostPoints, put: put)
      if host { try writing.writeHost() }
      var metrics = DomainMetric.all(of: fields)[...]
      while !metrics.isEmpty, writing.isWanted {
        try writing.write(Array(metrics.prefix(writing.familiesAtOnce)))
        metrics = metrics.dropFirst(writing.familiesAtOnce)
      }
      writing.end()
      return writing.setBacks.count
    }
  }
}

/// What is at work while the text is written.
private final class OpenMetricsWriting {
  private let extract: Extract
  private let ids: ClosedRange<Int64>?
  private let put: (UnsafeBufferPointer<UInt8>) -> Bool
  /// Whose series are gathered at a time.
  private var groups: [SeriesGroup] = []
  private(set) var familiesAtOnce = 1
  /// All figures of the host can be kept at a time.
  private var hasRoomForHost = false
  private var hostname = ""
  private(set) var isWanted = true
  /// The samples before which the clock was set back; ascending.
  private(set) var setBacks: [Int64] = []

  /// Text handed over at a time, about.
  private static let piece = 1 << 16
  init(_ extract: Extract, _ mostPoints: Int64, put: @escaping (UnsafeBufferPointer<UInt8>) -> Bool)
    throws(DatabaseError)
  {
    self.extract = extract
    self.put = put
    ids = extract.ids
    guard let ids else { return }
    setBacks = try Self.setBacks(ChosenSamples(extract.file.samples, ids, step: extract.step))
    let counts = try PointCounts(extract, ids)
    groups = counts.groups(most: mostPoints)
    if groups.count == 1 { familiesAtOnce = Int(max(1, mostPoints / max(1, counts.sum))) }
    hasRoomForHost = counts.samples * Int64(HostMetric.all.count) <= mostPoints
    let stream = try SampleStream(extract.file, redactor: extract.redactor)
    _ = try stream.reach(ids.lowerBound)
    hostname = stream.hostname
  }

  private func chosen(from first: Int64) -> ChosenSamples {
    ChosenSamples(
      extract.file.samples, first...max(first, ids?.upperBound ?? first), step: extract.step)
  }

  private static func setBacks(_ samples: ChosenSamples) throws(DatabaseError) -> [Int64] {
    var (samples, found) = (samples, [Int64]())
    var latest: WallTime?
    while let time = try samples.next() {
      if let latest, time.wall <= latest { found.append(time.id) }
      latest = time.wall
    }
    return found
  }

  /// The labels of a metric's point: of the time after the clock was set back it is a metric of its own.
  private func labels(_ labels: String, at time: SampleTime) -> String {
    guard let place = setBacks.lastPlace({ $0 <= time.id }) else { return labels }
    return labels + ",clock_set_back=\"\(place + 1)\""
  }

  /// With one look at each sample where all figures can be kept, else with one for each of them.
  func writeHost() throws(DatabaseError) {
    let metrics = HostMetric.all
    for some in hasRoomForHost ? [metrics] : metrics.map({ [$0] }) where isWanted {
      try writeHost(some)
    }
  }

  private func writeHost(_ metrics: [HostMetric]) throws(DatabaseError) {
    guard let ids else { return }
    var output = TextWriter(capacity: Self.piece * 2)
    var series = metrics.map { _ in MetricSeries(labels: hostLabels) }
    var hasHead = false
    let stream = try SampleStream(extract.file)
    var chosen = chosen(from: ids.lowerBound)
    while let time = try chosen.next() {
      guard try stream.reach(time.id) else { continue }
      let snapshot = try stream.snapshot(time, after: time.id, .host)
      for (place, metric) in metrics.enumerated() {
        let value = metric.value(snapshot)
        if metrics.count > 1 {
          series[place].note(value, at: time.id)
        } else if let value {
          // A family that has no points is left out, as where several are gathered.
          if !hasHead { metric.family.appendHead(to: &output) }
          hasHead = true
          metric.family.appendPoint(
            value, labels: labels(hostLabels, at: time), at: time, to: &output)
          guard pass(&output) else { return }
        }
      }
    }
    for (metric, series) in zip(metrics, series) where !series.points.isEmpty {
      metric.family.appendHead(to: &output)
      try append(series, of: metric.family, to: &output)
      guard isWanted else { return }
    }
    flush(&output)
  }

  private var hostLabels: String { "host=\"\(MetricFamily.escaped(hostname))\"" }

  /// Several at once only where one group holds everybody: else each must be gone through alone.
  func write(_ metrics: [DomainMetric]) throws(DatabaseError) {
    guard let ids else { return }
    var output = TextWriter(capacity: Self.piece * 2)
    for (number, group) in groups.enumerated() {
      let isOfGroup = isOfGroup(group)
      let collectors = metrics.map {
        SeriesCollector($0, choice: extract.shownDomain, isWanted: isOfGroup)
      }
      try collect(collectors, ids, group.places?.sorted())
      for (metric, collector) in zip(metrics, collectors) {
        if number == 0 { metric.family.appendHead(to: &output) }
        for series in collector.series where !series.points.isEmpty {
          try append(series, of: metric.family, to: &output)
          guard isWanted else { return }
        }
      }
    }
    flush(&output)
  }

  /// Those of a group, by the uuids that stand in the text.
  private func isOfGroup(_ group: SeriesGroup) -> (DomainUUID) -> Bool {
    guard let redactor = extract.redactor, let domains = group.domains else { return group.holds }
    let shown = Set(domains.map { redactor.uuid($0) })
    return { shown.contains($0) }
  }

  private func collect(
    _ collectors: [SeriesCollector], _ ids: ClosedRange<Int64>, _ places: [Int64]?
  ) throws(DatabaseError) {
    let stream = try SampleStream(extract.file, redactor: extract.redactor, places: places)
    var chosen = chosen(from: ids.lowerBound)
    var changed: Set<Int> = []
    while let time = try chosen.next() {
      let isThere = try stream.reach(time.id) { place, _, _ in changed.insert(place) }
      guard isThere else { continue }
      // In order: the same recording gives the same text.
      for place in changed.sorted() {
        let domain = stream.domain(at: place, time.at)
        for collector in collectors { collector.note(place, domain, at: time, host: hostname) }
      }
      changed.removeAll(keepingCapacity: true)
    }
  }

  private func append(
    _ series: MetricSeries, of family: MetricFamily, to output: inout TextWriter
  ) throws(DatabaseError) {
    var chosen = chosen(from: series.points[0].sample)
    var next = 0
    var value = MetricSeries.missing
    while let time = try chosen.next() {
      guard extract.file.lost(time.id) == nil else { continue }
      while next < series.points.count, series.points[next].sample <= time.id {
        value = series.points[next].value
        next += 1
      }
      if value == MetricSeries.missing {
        if next == series.points.count { return }
        continue
      }
      family.appendPoint(value, labels: labels(series.labels, at: time), at: time, to: &output)
      guard pass(&output) else { return }
    }
  }

  /// Hands over what has come together, where that is much.
  private func pass(_ output: inout TextWriter) -> Bool {
    if output.count >= Self.piece { flush(&output) }
    return isWanted
  }

  private func flush(_ output: inout TextWriter) {
    if isWanted { isWanted = put(output.bytes) }
    output.removeAll()
  }

  func end() {
    var output = TextWriter(capacity: 16)
    output.append("# EOF\n")
    flush(&output)
  }
}
