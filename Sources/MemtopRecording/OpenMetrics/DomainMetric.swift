import MemtopCore

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
