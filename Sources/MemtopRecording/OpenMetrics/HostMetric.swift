import MemtopCore

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
