/// What a scrape gets: a host's figures now, and what they cost.
///
/// A domain is known by its name and uuid, so that a reboot begins no new series; its domid is added
/// only where two domains have both in common, since no line may come twice.
package struct MetricsPage {
  /// nil where the host could not be read.
  package let snapshot: Snapshot?
  package let exporter: ExporterFigures
  private let labels: DomainLabels

  /// - Parameter labels: those of the page before.
  package init(
    _ snapshot: Snapshot?, _ exporter: ExporterFigures, labels: DomainLabels = DomainLabels()
  ) {
    (self.snapshot, self.exporter, self.labels) = (snapshot, exporter, labels)
  }

  /// - Parameter size: about how long it will be, where that is known.
  package func text(_ format: MetricsFormat, size: Int = 0) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(size)
    write(format) { text += $0 }
    return text
  }

  /// Gives the page to `sink` piece by piece: that of a thousand domains is megabytes.
  package func write(
    _ format: MetricsFormat, to sink: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    withoutActuallyEscaping(sink) { sink in
      var writer = MetricsWriter(format, sink: sink)
      write(to: &writer)
      writer.finish()
    }
  }

  private func write(to writer: inout MetricsWriter) {
    exporter.write(isUp: snapshot != nil, to: &writer)
    if let snapshot {
      let host = "host=\"\(MetricFamily.escaped(snapshot.host.hostname))\""
      HostMetrics.write(snapshot, host, to: &writer)
      RegulatorMetrics.write(
        snapshot.host.regulator, exporter.regulator, host, to: &writer)
      OperatorMetrics.write(exporter.operators, host, to: &writer)
      DomainMetrics.write(snapshot, labels, to: &writer)
    }
  }
}

/// What memtop tells of itself.
package struct ExporterFigures: Sendable {
  /// One of memtop's processes on the host.
  package struct Process: Sendable {
    /// Its command: "export", "regulate".
    let command: String
    /// nil where it lives for one sample only: the next run would begin at zero.
    let cpu: Span?
    let resident: Bytes?

    package init(command: String, cpu: Span?, resident: Bytes?) {
      (self.command, self.cpu, self.resident) = (command, cpu, resident)
    }
  }

  let version: String
  /// How long the sample took.
  let collection: Span?
  let processes: [Process]
  /// What the regulator has counted; nil where it does not run, or its counts are not to be had.
  let regulator: RegulatorCounts?
  /// What came of operators' changes; nil where it cannot be read.
  let operators: OperatorCounts?

  package init(
    version: String, collection: Span?, processes: [Process], regulator: RegulatorCounts? = nil,
    operators: OperatorCounts? = nil
  ) {
    (self.version, self.collection, self.processes) = (version, collection, processes)
    (self.regulator, self.operators) = (regulator, operators)
  }

  private static let build = MetricFamily(
    name: "memtop_build", help: "The version of memtop, as a label.", kind: .info)
  private static let up = MetricFamily(
    name: "memtop_up", help: "Whether memtop could read Xen.", kind: .whole)
  private static let duration = MetricFamily(
    name: "memtop_collection_duration_seconds", unit: "seconds",
    help: "How long it took to read the host.", kind: .age)
  private static let cpu = MetricFamily(
    name: "memtop_process_cpu_seconds", unit: "seconds",
    help: "Processor time that memtop's own process has used.", kind: .total)
  private static let resident = MetricFamily(
    name: "memtop_process_resident_memory_bytes", unit: "bytes",
    help: "Memory that memtop's own process holds.", kind: .whole)

  fileprivate func write(isUp: Bool, to writer: inout MetricsWriter) {
    writer.begin(Self.build)
    writer.add(.whole(1), "version=\"\(MetricFamily.escaped(version))\"")
    writer.begin(Self.up)
    writer.add(MetricValue(isUp))
    writer.begin(Self.duration)
    writer.add(collection.map(MetricValue.init))
    writer.begin(Self.cpu)
    for process in processes { writer.add(process.cpu.map(MetricValue.init), process.labels) }
    writer.begin(Self.resident)
    for process in processes {
      writer.add(process.resident.map { .whole($0.count) }, process.labels)
    }
  }
}

extension ExporterFigures.Process {
  fileprivate var labels: String { "process=\"\(MetricFamily.escaped(command))\"" }
}

/// The host's own figures.
private enum HostMetrics {
  private static let info = MetricFamily(
    name: "memtop_host",
    help: "The running Xen, and another program that sets targets here, as labels.", kind: .info)
  private static let store = MetricFamily(
    name: "memtop_xenstore_up",
    help: "Whether xenstore could be read; if not, targets and reports are old.",
    kind: .whole)
  private static let nodeTotal = MetricFamily(
    name: "memtop_host_node_total_bytes", unit: "bytes", help: "The memory of a NUMA node.",
    kind: .whole)
  private static let nodeFree = MetricFamily(
    name: "memtop_host_node_free_bytes", unit: "bytes", help: "Xen's free memory on a NUMA node.",
    kind: .whole)

  static func write(_ snapshot: Snapshot, _ labels: String, to writer: inout MetricsWriter) {
    let host = snapshot.host
    writer.begin(info)
    let owner = host.owner.map { ",owner=\"\($0.rawValue)\"" } ?? ""
    let xen = ",xen_version=\"\(MetricFamily.escaped(host.xenVersion))\""
    writer.add(.whole(1), labels + xen + owner)
    writer.begin(store)
    writer.add(MetricValue(snapshot.problem == nil), labels)
    for metric in HostMetric.all {
      writer.begin(metric.family)
      writer.add(metric.value(snapshot).map { .whole($0) }, labels)
    }
    writer.begin(nodeTotal)
    for node in host.nodes { writer.add(.whole(node.size.count), label(node, labels)) }
    writer.begin(nodeFree)
    for node in host.nodes { writer.add(.whole(node.free.count), label(node, labels)) }
  }

  private static func label(_ node: HostNode, _ labels: String) -> String {
    "\(labels),node=\"\(node.number)\""
  }
}

/// What is known of `memtop regulate` on the host.
private enum RegulatorMetrics {
  private static let state = MetricFamily(
    name: "memtop_regulator_state",
    help: "Whether memtop regulate runs; silent means that it hangs or was killed.",
    kind: .words(["stopped", "running", "silent"]))
  private static let domains = MetricFamily(
    name: "memtop_regulator_domains", help: "How many domains memtop regulate has.", kind: .whole)

  private static let moves = MetricFamily(
    name: "memtop_regulator_moves",
    help: "Targets that memtop regulate has set since its start, by cause.", kind: .total)
  private static let refusals = MetricFamily(
    name: "memtop_regulator_refusals",
    help:
      "Moves that the guard stopped since memtop regulate started, by rule; each sample counts.",
    kind: .total)
  private static let failures = MetricFamily(
    name: "memtop_regulator_failures",
    help: "Targets that could not be set since memtop regulate started.", kind: .total)
  private static let releases = MetricFamily(
    name: "memtop_regulator_releases",
    help:
      "Domains that memtop regulate released since its start, because someone else set their "
      + "target or they cannot be moved.", kind: .total)

  static func write(
    _ status: RegulatorStatus?, _ counts: RegulatorCounts?, _ labels: String,
    to writer: inout MetricsWriter
  ) {
    write(status, labels, to: &writer)
    guard let counts else { return }
    writer.begin(moves)
    for cause in MoveCause.allCases {
      writer.add(.whole(counts.moves(cause)), "\(labels),cause=\"\(cause.rawValue)\"")
    }
    writer.begin(refusals)
    writer.add(rules: counts.refusals, labels)
    writer.begin(failures)
    writer.add(.whole(counts.failures), labels)
    writer.begin(releases)
    writer.add(.whole(counts.releases), labels)
  }

  private static func write(
    _ status: RegulatorStatus?, _ labels: String, to writer: inout MetricsWriter
  ) {
    writer.begin(state)
    writer.add(word(status).map { .word($0) }, labels)
    writer.begin(domains)
    writer.add(status.map { .whole(Int64($0.guests)) }, labels)
  }

  /// nil until its sign of life was seen to change, or to stay the same.
  private static func word(_ status: RegulatorStatus?) -> String? {
    switch status?.health {
    case nil: "stopped"
    case .alive: "running"
    case .silent: "silent"
    case .unknown: nil
    }
  }
}

/// What came of the changes that operators made.
private enum OperatorMetrics {
  private static let moves = MetricFamily(
    name: "memtop_operator_moves",
    help: "Targets that operators have set through memtop since the host started.", kind: .total)
  private static let failures = MetricFamily(
    name: "memtop_operator_failures",
    help: "Targets that operators could not set through memtop since the host started.",
    kind: .total)
  private static let refusals = MetricFamily(
    name: "memtop_operator_refusals",
    help: "Orders of operators that the guard stopped since the host started, by rule.",
    kind: .total)

  static func write(_ counts: OperatorCounts?, _ labels: String, to writer: inout MetricsWriter) {
    guard let counts else { return }
    writer.begin(moves)
    writer.add(.whole(counts.moves), labels)
    writer.begin(failures)
    writer.add(.whole(counts.failures), labels)
    writer.begin(refusals)
    writer.add(rules: counts.refusals, labels)
  }
}

extension MetricsWriter {
  /// What is counted for each of the guard's rules.
  fileprivate mutating func add(rules count: (GuardRule) -> Int64, _ labels: String) {
    for rule in GuardRule.allCases {
      add(.whole(count(rule)), "\(labels),rule=\"\(rule.rawValue)\"")
    }
  }
}
