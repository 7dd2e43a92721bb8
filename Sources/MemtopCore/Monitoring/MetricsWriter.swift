/// One value of a metric.
package enum MetricValue: Hashable, Sendable {
  case whole(Int64)
  /// So many of its last decimal.
  case fraction(Int64, decimals: Int)
  /// One word of the family's.
  case word(String)

  package init(_ flag: Bool) { self = .whole(flag ? 1 : 0) }
  package init(_ span: Span) { self = .fraction(span.milliseconds, decimals: 3) }

  /// nil where it is unknown, or there is no such thing.
  init?(_ value: FieldValue) {
    switch value {
    case .bytes(let amount), .rate(let amount): self = .whole(amount.count)
    case .seconds(let number), .count(let number): self = .whole(number)
    case .percent(let hundredths): self = .fraction(Int64(hundredths), decimals: 4)
    case .text(let word): self = .word(word)
    case .unreported, .absent: return nil
    }
  }
}

/// Writes families of metrics as they are now, without times: what reads them knows when it asked.
///
/// What is unknown has no line, and a family without lines no head.
package struct MetricsWriter: ~Copyable {
  private let format: MetricsFormat
  private var output = TextWriter(capacity: 1 << 16)
  private var family: MetricFamily?
  private var hasHead = false
  // What the family's lines have in common, as bytes: of a thousand domains a scrape has thirty thousand.
  private var name: [UInt8] = []
  private var words: [String] = []
  private var wordLabels: [[UInt8]] = []

  package init(_ format: MetricsFormat) { self.format = format }

  /// All lines until the next call are of this family.
  mutating func begin(_ family: MetricFamily) {
    (self.family, hasHead) = (family, false)
    name = Array(family.sampleName.utf8)
    words = if case .words(let words) = family.kind { words } else { [] }
    wordLabels = words.map { Array("\(family.name)=\"\($0)\"".utf8) }
  }

  /// - Parameter labels: `name="value",…`, values escaped; may be empty.
  mutating func add(_ value: MetricValue?, _ labels: String = "") {
    var labels = labels
    labels.withUTF8 { add(value, $0) }
  }

  /// The same, of labels as bytes.
  mutating func add(_ value: MetricValue?, _ labels: UnsafeBufferPointer<UInt8>) {
    guard let value else { return }
    switch value {
    case .whole(let number):
      beginLine(labels)
      output.appendDecimal(number)
      output.append(UInt8(ascii: "\n"))
    case .fraction(let number, let decimals):
      beginLine(labels)
      output.appendDecimal(number, decimals: decimals)
      output.append(UInt8(ascii: "\n"))
    case .word(let word):
      guard let place = words.firstIndex(of: word) else { return }
      for other in words.indices {
        beginLine(labels, word: other)
        output.append(UInt8(ascii: other == place ? "1" : "0"))
        output.append(UInt8(ascii: "\n"))
      }
    }
  }

  /// All up to the value.
  ///
  /// - Parameter word: one more label, of the family's name.
  private mutating func beginLine(_ labels: UnsafeBufferPointer<UInt8>, word: Int? = nil) {
    if !hasHead { addHead() }
    output.append(name)
    if !labels.isEmpty || word != nil { output.append(UInt8(ascii: "{")) }
    output.append(labels)
    if let word {
      if !labels.isEmpty { output.append(UInt8(ascii: ",")) }
      output.append(wordLabels[word])
    }
    if !labels.isEmpty || word != nil { output.append(UInt8(ascii: "}")) }
    output.append(UInt8(ascii: " "))
  }

  private mutating func addHead() {
    hasHead = true
    guard let family else { return }
    switch format {
    case .plain: family.appendPlainHead(to: &output)
    case .openMetrics: family.appendHead(to: &output)
    }
  }

  /// Ends the text.
  package consuming func finish() -> [UInt8] {
    switch format {
    case .plain: break
    case .openMetrics: output.append("# EOF\n")
    }
    return Array(output.bytes)
  }
}

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
