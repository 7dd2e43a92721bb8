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
    guard let (word, kind) = Self.name(of: field.id) else { return nil }
    let unit =
      switch field.unit {
      case .bytes: "bytes"
      case .rate: "bytes_per_second"
      case .seconds: "seconds"
      case .percent: "ratio"
      case .count, .text, .drawing: ""
      }
    self.field = field
    let name = "memtop_domain_" + word + (unit.isEmpty ? "" : "_" + unit)
    family = MetricFamily(name: name, unit: unit, help: field.description, kind: kind)
  }

  private static func name(of field: FieldID) -> (String, MetricFamily.Kind)? {
    switch field {
    case .alloc: ("allocation", .whole)
    case .target: ("target", .whole)
    case .max: ("static_max", .whole)
    case .dynmin: ("dynamic_min", .whole)
    case .dynmax: ("dynamic_max", .whole)
    case .limit: ("limit", .whole)
    case .busy: ("busy", .whole)
    case .cache: ("cache", .whole)
    case .avail: ("available", .whole)
    case .free: ("free", .whole)
    case .swap: ("swap_used", .whole)
    case .swapin: ("swap_in", .whole)
    case .swapout: ("swap_out", .whole)
    case .psiSome: ("psi_some", .ratio)
    case .psiFull: ("psi_full", .ratio)
    case .age: ("report_age", .age)
    case .state: ("state", .words(DomainState.allCases.map(\.rawValue)))
    case .pressure: ("pressure", .words(Pressure.allCases.map(\.word)))
    case .health:
      (
        "report_health",
        .words(["fresh", "unknown age", "stale", "silent", "implausible", "unreadable"])
      )
    // Not recorded: what is advised hangs on a policy, regulation is told by events, and overhead is new.
    case .advice, .regulation, .overhead: nil
    case .id, .name, .condition, .dialect, .kind, .stubOf, .uuid, .os, .ip, .bar, .spark: nil
    }
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
