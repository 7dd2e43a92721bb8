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

  package init(_ format: MetricsFormat) { self.format = format }

  /// All lines until the next call are of this family.
  mutating func begin(_ family: MetricFamily) { (self.family, hasHead) = (family, false) }

  /// - Parameter labels: `name="value",…`, values escaped; may be empty.
  mutating func add(_ value: MetricValue?, _ labels: String = "") {
    guard let value, let family else { return }
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
      guard case .words(let words) = family.kind, words.contains(word) else { return }
      for other in words {
        beginLine(labels, word: other)
        output.append(UInt8(ascii: other == word ? "1" : "0"))
        output.append(UInt8(ascii: "\n"))
      }
    }
  }

  /// All up to the value, piece by piece: a string a line would be most of the work.
  ///
  /// - Parameter word: one more label, of the family's name.
  private mutating func beginLine(_ labels: String, word: String? = nil) {
    addHead()
    guard let family else { return }
    output.append(family.sampleName)
    if !labels.isEmpty || word != nil { output.append(UInt8(ascii: "{")) }
    output.append(labels)
    if let word {
      if !labels.isEmpty { output.append(UInt8(ascii: ",")) }
      output.append(family.name)
      output.append("=\"")
      output.append(word)
      output.append(UInt8(ascii: "\""))
    }
    if !labels.isEmpty || word != nil { output.append(UInt8(ascii: "}")) }
    output.append(UInt8(ascii: " "))
  }

  private mutating func addHead() {
    guard !hasHead, let family else { return }
    hasHead = true
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
