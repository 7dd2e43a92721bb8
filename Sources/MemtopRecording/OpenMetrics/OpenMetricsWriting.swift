import MemtopCore

extension Extract {
  /// Writes it as OpenMetrics text, for `promtool tsdb create-blocks-from openmetrics`.
  ///
  /// All points of a metric stand together, as the format wants it, so the recording is gone through
  /// once a family, and where it holds more changes than are kept at a time, more often. Where the
  /// clock was set back, samples are left out until it has caught up: no time may come twice.
  ///
  /// - Parameters:
  ///   - host: the host's metrics, too.
  ///   - put: takes the text piece by piece; false ends it.
  public func writeOpenMetrics(
    _ fields: [Field], host: Bool, put: @escaping (UnsafeBufferPointer<UInt8>) -> Bool
  ) throws(RecordingError) {
    do throws(DatabaseError) {
      let writing = try OpenMetricsWriting(self, put: put)
      if host { for metric in HostMetric.all where writing.isWanted { try writing.write(metric) } }
      for metric in DomainMetric.all(of: fields) where writing.isWanted {
        try writing.write(metric)
      }
      writing.end()
    } catch {
      throw RecordingError(error, file.path)
    }
  }
}

/// What is at work while the text is written.
private final class OpenMetricsWriting {
  private let extract: Extract
  private let ids: ClosedRange<Int64>?
  private let put: (UnsafeBufferPointer<UInt8>) -> Bool
  private var groups: [[Int64]?] = []
  private var hostname = ""
  private(set) var isWanted = true

  /// Text handed over at a time, about.
  private static let piece = 1 << 16
  /// Changes kept at a time, of all domains: 16 bytes each.
  private static let mostPoints: Int64 = 400_000

  init(_ extract: Extract, put: @escaping (UnsafeBufferPointer<UInt8>) -> Bool)
    throws(DatabaseError)
  {
    self.extract = extract
    self.put = put
    ids = extract.ids
    guard let ids else { return }
    groups = try PlaceGroups.of(extract.file.database, ids, most: Self.mostPoints)
    let stream = try SampleStream(extract.file, redactor: extract.redactor)
    try stream.go(to: ids.lowerBound)
    hostname = stream.hostname
  }

  private func chosen(from first: Int64) -> ChosenSamples {
    ChosenSamples(
      extract.file.samples, first...max(first, ids?.upperBound ?? first), step: extract.step,
      isRising: true)
  }

  func write(_ metric: HostMetric) throws(DatabaseError) {
    guard let ids else { return }
    var output = TextWriter(capacity: Self.piece * 2)
    metric.family.appendHead(to: &output)
    let labels = "host=\"\(MetricFamily.escaped(hostname))\""
    let stream = try SampleStream(extract.file)
    var chosen = chosen(from: ids.lowerBound)
    while let time = try chosen.next() {
      try stream.go(to: time.id)
      guard let value = metric.value(try stream.snapshot(time, after: time.id, .host)) else {
        continue
      }
      metric.family.appendPoint(value, labels: labels, at: time, to: &output)
      guard pass(&output) else { return }
    }
    flush(&output)
  }

  func write(_ metric: DomainMetric) throws(DatabaseError) {
    guard let ids else { return }
    var output = TextWriter(capacity: Self.piece * 2)
    metric.family.appendHead(to: &output)
    for group in groups {
      let collector = SeriesCollector(metric, choice: extract.shownDomain)
      try collect(collector, ids, group)
      for series in collector.series where !series.points.isEmpty {
        try append(series, of: metric.family, to: &output)
        guard isWanted else { return }
      }
    }
    flush(&output)
  }

  private func collect(_ collector: SeriesCollector, _ ids: ClosedRange<Int64>, _ places: [Int64]?)
    throws(DatabaseError)
  {
    let stream = try SampleStream(extract.file, redactor: extract.redactor, places: places)
    var chosen = chosen(from: ids.lowerBound)
    var changed: Set<Int> = []
    while let time = try chosen.next() {
      try stream.go(to: time.id) { place, _, _ in changed.insert(place) }
      for place in changed {
        collector.note(place, stream.domain(at: place, time.at), at: time, host: hostname)
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
      while next < series.points.count, series.points[next].sample <= time.id {
        value = series.points[next].value
        next += 1
      }
      if value == MetricSeries.missing {
        if next == series.points.count { return }
        continue
      }
      family.appendPoint(value, labels: series.labels, at: time, to: &output)
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

/// The places of a recording in groups, each of which has not too many changes to be kept.
private enum PlaceGroups {
  /// nil stands for everybody.
  static func of(_ database: Database, _ ids: ClosedRange<Int64>, most: Int64)
    throws(DatabaseError) -> [[Int64]?]
  {
    var counts: [Int64: Int64] = [:]
    for table in RecordTable.allCases {
      let statement = try database.prepare(
        "SELECT id & \(RowID.mostPlaces - 1), count(*) FROM \(table.name) "
          + "WHERE id BETWEEN ? AND ? GROUP BY 1")
      statement.bind(1, RowID.ids(ids).lowerBound)
      statement.bind(2, RowID.ids(ids).upperBound)
      while try statement.step() {
        counts[statement.number(0) ?? 0, default: 0] += statement.number(1) ?? 0
      }
    }
    if counts.values.reduce(0, +) <= most { return [nil] }
    var groups: [[Int64]] = [[]]
    var sum: Int64 = 0
    for (place, count) in counts.sorted(by: { $0.key < $1.key }) {
      if sum + count > most, !groups[groups.count - 1].isEmpty {
        groups.append([])
        sum = 0
      }
      groups[groups.count - 1].append(place)
      sum += count
    }
    return groups
  }
}
