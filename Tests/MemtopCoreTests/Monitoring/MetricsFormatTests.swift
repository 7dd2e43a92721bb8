import Testing

@testable import MemtopCore

@Suite("the format that a scraper asks for", .timeLimit(.minutes(30)))
struct MetricsFormatTests {
  @Test(
    "OpenMetrics where it is named and weighs as much, else plain text",
    arguments: [
      (nil, .plain), ("", .plain), ("*/*", .plain), ("text/html", .plain),
      // Prometheus 2 and 3.
      (
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
          + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", .openMetrics
      ),
      (
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
          + "text/plain;version=0.0.4;q=0.2,*/*;q=0.1", .openMetrics
      ),
      ("text/plain;version=0.0.4;q=0.5,*/*;q=0.1", .plain),
      ("Application/OpenMetrics-Text", .openMetrics),
      ("application/openmetrics-text; q=0", .plain),
      ("application/openmetrics-text;q=0.3, text/plain", .plain),
      ("application/openmetrics-text;q=nonsense", .plain),
      (",;,;q=,==;;", .plain), (String(repeating: ",", count: 100_000), .plain),
    ] as [(String?, MetricsFormat)])
  func accept(header: String?, format: MetricsFormat) {
    #expect(MetricsFormat(accept: header) == format)
  }
}
