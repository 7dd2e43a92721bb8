/// A family of metrics, as Prometheus calls it: a field under its name there, its type and its help.
///
/// Names follow Prometheus' conventions: base units at the end, `_total` on counters, `_info` with the
/// value 1.
package struct MetricFamily: Sendable {
  package enum Kind: Sendable {
    /// Numbers as they are: bytes, bytes a second, counts.
    case whole
    /// Hundredths of a percent, as a share of one.
    case ratio
    /// A length of time; in a recording whole seconds since an instant of its axis.
    case age
    /// A number that only grows, but for a restart.
    case total
    /// One of these words: a line for each, 1 for the one and 0 for the others.
    case words([String])
    /// Always 1: what it tells stands in the labels.
    case info
  }

  /// Without what a type appends to it: `_total`, `_info`.
  package let name: String
  package let unit: String
  package let help: String
  package let kind: Kind

  package init(name: String, unit: String = "", help: String, kind: Kind) {
    (self.name, self.unit, self.help, self.kind) = (name, unit, help, kind)
  }

  private var type: String {
    switch kind {
    case .whole, .ratio, .age: "gauge"
    case .total: "counter"
    case .words: "stateset"
    case .info: "info"
    }
  }

  /// What the lines of its values begin with.
  package var sampleName: String {
    switch kind {
    case .whole, .ratio, .age, .words: name
    case .total: name + "_total"
    case .info: name + "_info"
    }
  }

  /// As OpenMetrics has it.
  package func appendHead(to output: inout TextWriter) {
    output.append("# TYPE \(name) \(type)\n")
    if !unit.isEmpty { output.append("# UNIT \(name) \(unit)\n") }
    output.append("# HELP \(name) \(Self.escaped(help))\n")
  }

  /// As the older plain text has it: without units and the types that came later. Quotes stand for
  /// themselves there.
  package func appendPlainHead(to output: inout TextWriter) {
    let type = if case .total = kind { "counter" } else { "gauge" }
    let text = help.split(separator: "\\", omittingEmptySubsequences: false).joined(
      separator: "\\\\")
    output.append("# HELP \(sampleName) \(text)\n# TYPE \(sampleName) \(type)\n")
  }

  /// A label's value or a help text: what either would take for its own is escaped, and so is what a
  /// terminal or a page would obey.
  package static func escaped(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) && $0 != 0x22 && $0 != 0x5C }
    if isPlain { return text }
    var result = ""
    for scalar in SafeText.message(text, keepsLines: true).unicodeScalars {
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
package struct DomainMetric: Sendable {
  /// Whose values they are; nil is who the domain is.
  package let field: Field?
  package let family: MetricFamily

  /// Those of the fields that can be metrics, and first what is known of each domain in words.
  package static func all(of fields: [Field]) -> [DomainMetric] {
    let who = DomainMetric(
      field: nil,
      family: MetricFamily(
        name: "memtop_domain",
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

  /// `host="xen1",domain="web1",uuid="…"`: which domain it is over all its reboots.
  package static func appendIdentity(
    of sample: DomainSample, host: String, to text: inout TextWriter
  ) {
    appendLabel("host", sample.id.host.name ?? host, to: &text)
    text.append(UInt8(ascii: ","))
    appendLabel("domain", sample.name, to: &text)
    text.append(",uuid=\"")
    text.append(DomainUUID.length, sample.id.uuid.write)
    text.append(UInt8(ascii: "\""))
  }

  /// `,domid="5"`.
  package static func appendDomid(of sample: DomainSample, to text: inout TextWriter) {
    text.append(",domid=\"")
    text.appendDecimal(Int64(sample.id.domid))
    text.append(UInt8(ascii: "\""))
  }

  /// All that is known of it in words: what the first family tells.
  package static func appendWhole(
    of sample: DomainSample, host: String, to text: inout TextWriter
  ) {
    appendIdentity(of: sample, host: host, to: &text)
    appendDomid(of: sample, to: &text)
    appendDescription(of: sample, to: &text)
  }

  /// `,kind="pvh",dialect="memtop",…`.
  private static func appendDescription(of sample: DomainSample, to text: inout TextWriter) {
    for (name, field) in described {
      guard case .text(let word) = field.value(sample) else { continue }
      text.append(UInt8(ascii: ","))
      appendLabel(name, word, to: &text)
    }
  }

  private static let described = [FieldID.kind, .dialect, .os, .ip].map {
    (name: $0.rawValue, field: Field.of($0))
  }

  private static func appendLabel(_ name: String, _ value: String, to text: inout TextWriter) {
    text.append(name)
    text.append("=\"")
    text.append(MetricFamily.escaped(value))
    text.append(UInt8(ascii: "\""))
  }
}

/// A field of the host as a family of metrics.
package struct HostMetric: Sendable {
  package let field: HostField
  package let family: MetricFamily

  package static let all = HostField.table.compactMap(HostMetric.init)

  private init?(_ field: HostField) {
    switch field.unit {
    case .bytes:
      family = MetricFamily(
        name: "memtop_host_\(field.id)_bytes", unit: "bytes", help: field.description, kind: .whole)
    case .count where field.id == "domain_count":
      family = MetricFamily(name: "memtop_host_domains", help: field.description, kind: .whole)
    case .count, .text, .rate, .seconds, .percent, .drawing: return nil
    }
    self.field = field
  }

  package func value(_ snapshot: Snapshot) -> Int64? {
    switch field.value(snapshot) {
    case .bytes(let amount), .rate(let amount): amount.count
    case .count(let number): number
    case .seconds, .percent, .text, .unreported, .absent: nil
    }
  }
}
