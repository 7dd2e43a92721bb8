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
  private let sink: (UnsafeBufferPointer<UInt8>) -> Void
  private var output = TextWriter(capacity: pieceSize + 4096)
  private var family: MetricFamily?
  private var hasHead = false
  // What the family's lines have in common, as bytes: of a thousand domains a scrape has thirty thousand.
  private var name: [UInt8] = []
  private var words: [String] = []
  /// How a line ends that is about this word, where it is another's turn and where it is its own.
  private var wordEnds: [(other: [UInt8], own: [UInt8])] = []

  private static let pieceSize = 1 << 16

  /// - Parameter sink: takes what was written, in pieces of 64 KiB.
  package init(_ format: MetricsFormat, sink: @escaping (UnsafeBufferPointer<UInt8>) -> Void) {
    (self.format, self.sink) = (format, sink)
  }

  /// All lines until the next call are of this family.
  mutating func begin(_ family: MetricFamily) {
    (self.family, hasHead) = (family, false)
    name = Array(family.sampleName.utf8)
    words = if case .words(let words) = family.kind { words } else { [] }
    wordEnds = words.map { word in
      let label = "\(family.name)=\"\(word)\"} "
      return (Array("\(label)0\n".utf8), Array("\(label)1\n".utf8))
    }
  }

  /// - Parameter labels: `name="value",…`, values escaped; may be empty.
  mutating func add(_ value: MetricValue?, _ labels: String = "") {
    var labels = labels
    labels.withUTF8 { add(value, $0) }
  }

  /// The same, of labels as bytes.
  mutating func add(_ value: MetricValue?, _ labels: UnsafeBufferPointer<UInt8>) {
    guard let value else { return }
    if !hasHead { addHead() }
    switch value {
    case .whole(let number):
      beginLine(labels)
      output.appendDecimal(number)
      output.append(UInt8(ascii: "\n"))
    case .fraction(let number, let decimals):
      beginLine(labels)
      output.appendDecimal(number, decimals: decimals)
      output.append(UInt8(ascii: "\n"))
    case .word(let word): addWords(labels, word)
    }
    if output.count >= Self.pieceSize { passOn() }
  }

  /// All up to the value.
  private mutating func beginLine(_ labels: UnsafeBufferPointer<UInt8>) {
    output.append(name)
    if !labels.isEmpty {
      output.append(UInt8(ascii: "{"))
      output.append(labels)
      output.append(UInt8(ascii: "}"))
    }
    output.append(UInt8(ascii: " "))
  }

  /// A line for each of the family's words, which is one more label.
  private mutating func addWords(_ labels: UnsafeBufferPointer<UInt8>, _ word: String) {
    guard let own = words.firstIndex(of: word) else { return }
    let start = output.count
    output.append(name)
    output.append(UInt8(ascii: "{"))
    output.append(labels)
    if !labels.isEmpty { output.append(UInt8(ascii: ",")) }
    let beginning = start..<output.count
    for place in words.indices {
      if place > 0 { output.append(again: beginning) }
      output.append(place == own ? wordEnds[place].own : wordEnds[place].other)
    }
  }

  private mutating func passOn() {
    sink(output.bytes)
    output.removeAll()
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
  package consuming func finish() {
    switch format {
    case .plain: break
    case .openMetrics: output.append("# EOF\n")
    }
    passOn()
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
