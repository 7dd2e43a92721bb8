/// How metrics are written for a scrape.
package enum MetricsFormat: CaseIterable, Sendable {
  /// Prometheus' text format 0.0.4, which node_exporter's textfile collector reads, too.
  case plain
  /// OpenMetrics 1.0.
  case openMetrics

  package var contentType: String {
    switch self {
    case .plain: "text/plain; version=0.0.4; charset=utf-8"
    case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
    }
  }

  /// The one that a scraper likes better, by its Accept header (RFC 9110, 12.5.1): plain, unless it
  /// names OpenMetrics and gives it as much weight.
  package init(accept: String?) {
    var (plain, open): (Double, Double) = (0, 0)
    for range in (accept ?? "").prefix(4096).lowercased().split(separator: ",") {
      let words = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
      let weight = words.dropFirst().first { $0.hasPrefix("q=") }.map {
        Double($0.dropFirst(2)) ?? 0
      }
      switch words.first {
      case "application/openmetrics-text": open = max(open, weight ?? 1)
      case "text/plain", "text/*", "*/*": plain = max(plain, weight ?? 1)
      default: break
      }
    }
    self = open > 0 && open >= plain ? .openMetrics : .plain
  }
}
