import MemtopCore

/// A family of metrics, as OpenMetrics 1.0 calls it: a field, under the name by which Prometheus knows it.
struct MetricFamily {
  enum Kind {
    /// Numbers as they are: bytes, bytes a second, counts.
    case whole
    /// Hundredths of a percent, as a share of one.
    case ratio
    /// Whole seconds since an instant of the recording's axis.
    case age
    /// One of these words: a line for each, 1 for the one and 0 for the others.
    case words([String])
    /// Always 1: what it tells stands in the labels.
    case info
  }

  let name: String
  let unit: String
  let help: String
  let kind: Kind

  private var type: String {
    switch kind {
    case .whole, .ratio, .age: "gauge"
    case .words: "stateset"
    case .info: "info"
    }
  }

  func appendHead(to output: inout TextWriter) {
    output.append("# TYPE \(name) \(type)\n")
    if !unit.isEmpty { output.append("# UNIT \(name) \(unit)\n") }
    output.append("# HELP \(name) \(Self.escaped(help))\n")
  }

  /// - Parameter labels: `host="xen1",…`, values escaped.
  func appendPoint(
    _ value: Int64, labels: String, at time: SampleTime, to output: inout TextWriter
  ) {
    guard case .words(let words) = kind else {
      output.append(name)
      if case .info = kind { output.append("_info") }
      appendLabels(labels, to: &output)
      appendValue(value, at: time.at, to: &output)
      return appendTime(time.wall, to: &output)
    }
    for (index, word) in words.enumerated() {
      output.append(name)
      appendLabels("\(labels),\(name)=\"\(word)\"", to: &output)
      output.append(UInt8(ascii: value == index ? "1" : "0"))
      appendTime(time.wall, to: &output)
    }
  }

  private func appendLabels(_ labels: String, to output: inout TextWriter) {
    output.append(UInt8(ascii: "{"))
    output.append(labels)
    output.append("} ")
  }

  private func appendValue(_ value: Int64, at time: SteadyTime, to output: inout TextWriter) {
    switch kind {
    case .whole, .info, .words: output.appendDecimal(value)
    case .ratio: output.appendDecimal(value, decimals: 4)
    case .age: output.appendDecimal(max(0, (time.milliseconds - value) / 1000))
    }
  }

  private func appendTime(_ time: WallTime, to output: inout TextWriter) {
    output.append(UInt8(ascii: " "))
    output.appendDecimal(time.milliseconds, decimals: 3)
    output.append(UInt8(ascii: "\n"))
  }

  /// A label's value or a help text.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", "\"":
        result.unicodeScalars.append("\\")
        result.unicodeScalars.append(scalar)
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

/// A field of domains as a family of metrics.
struct DomainMetric {
  /// Whose values they are; nil is who the domain is.
  let field: Field?
  let family: MetricFamily

  /// Those of the fields that can be metrics, and first what is known of each domain in words.
  static func all(of fields: [Field]) -> [DomainMetric] {
    let who = DomainMetric(
      field: nil,
      family: MetricFamily(
        name: "memtop_domain", unit: "",
        help: "The domain's kind, report dialect, system and address, as labels.",
        kind: .info))
    return [who] + fields.compactMap(DomainMetric.init)
  }

  private init(field: Field?, family: MetricFamily) {
    self.field = field
    self.family = family
  }

  /// nil where the field is no metric: it stands in labels, or follows from others.
  private init?(_ field: Field) {
    guard let metric = field.metric else { return nil }
    let (unit, kind): (String, MetricFamily.Kind)
    switch field.unit {
    case .bytes: (unit, kind) = ("bytes", .whole)
    case .rate: (unit, kind) = ("bytes_per_second", .whole)
    case .seconds: (unit, kind) = ("seconds", .age)
    case .percent: (unit, kind) = ("ratio", .ratio)
    case .count: (unit, kind) = ("", .whole)
    case .text: (unit, kind) = ("", .words(metric.words))
    case .drawing: return nil
    }
    self.field = field
    let name = "memtop_domain_" + metric.name + (unit.isEmpty ? "" : "_" + unit)
    family = MetricFamily(name: name, unit: unit, help: field.description, kind: kind)
  }

  /// The value at `time` as a `Series` keeps it; nil where there is none.
  func value(_ sample: DomainSample, at time: SteadyTime) -> Int64? {
    guard let field else { return 1 }
    switch field.value(sample) {
    case .bytes(let amount), .rate(let amount): return amount.count
    case .percent(let hundredths): return Int64(hundredths)
    case .count(let number): return number
    case .seconds: return sample.reportAge.map { time.milliseconds - $0.milliseconds }
    case .text(let word):
      guard case .words(let words) = family.kind else { return nil }
      return words.firstIndex(of: word).map(Int64.init)
    case .unreported, .absent: return nil
    }
  }

  /// The labels of the domain's metric.
  func labels(_ sample: DomainSample, host: String) -> String {
    let escaped = MetricFamily.escaped
    var labels =
      "host=\"\(escaped(host))\",domain=\"\(escaped(sample.name))\",uuid=\"\(sample.id.uuid)\","
      + "domid=\"\(sample.id.domid)\""
    guard field == nil else { return labels }
    for id in [FieldID.kind, .dialect, .os, .ip] {
      guard case .text(let text) = Field.of(id).value(sample) else { continue }
      labels += ",\(id.rawValue)=\"\(escaped(text))\""
    }
    return labels
  }
}

/// A field of the host as a family of metrics.
struct HostMetric {
  let field: HostField
  let family: MetricFamily

  static let all = HostField.table.compactMap(HostMetric.init)

  private init?(_ field: HostField) {
    switch field.unit {
    case .bytes:
      family = MetricFamily(
        name: "memtop_host_\(field.id)_bytes", unit: "bytes", help: field.description, kind: .whole)
    case .count where field.id == "domain_count":
      family = MetricFamily(
        name: "memtop_host_domains", unit: "", help: field.description, kind: .whole)
    case .count, .text, .rate, .seconds, .percent, .drawing: return nil
    }
    self.field = field
  }

  func value(_ snapshot: Snapshot) -> Int64? {
    switch field.value(snapshot) {
    case .bytes(let amount), .rate(let amount): amount.count
    case .count(let number): number
    case .seconds, .percent, .text, .unreported, .absent: nil
    }
  }
}
