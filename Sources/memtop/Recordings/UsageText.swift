import MemtopCore
import MemtopRecording

/// A report as text.
enum UsageText {
  /// - Parameter width: of the table, in columns.
  static func text(_ report: UsageReport, _ format: BatchFormat, width: Int) -> String {
    var output = TextWriter(capacity: 4096)
    switch format {
    case .table: UsageTable(report, width: width, sign: CutSign.ofOutput).append(to: &output)
    case .csv: appendCSV(report, to: &output)
    case .json: appendJSON(report, to: &output)
    }
    return String(decoding: output.bytes, as: UTF8.self)
  }

  private static func appendCSV(_ report: UsageReport, to output: inout TextWriter) {
    let common = ["host", "from_ms", "to_ms", "gap_seconds", "gaps"]
    output.append((UsageField.table.map(\.id) + common).joined(separator: ","))
    output.append(UInt8(ascii: "\n"))
    for domain in report.domains {
      let gaps = report.gaps(of: domain)
      for field in UsageField.table {
        appendCSV(field.value(domain), to: &output)
        output.append(UInt8(ascii: ","))
      }
      FieldValue.text(report.hostname(of: domain)).appendCSV(to: &output)
      for time in [report.stretch?.lowerBound, report.stretch?.upperBound] {
        output.append("," + (time.map { "\($0.milliseconds)" } ?? ""))
      }
      output.append(UInt8(ascii: ","))
      output.appendDecimal(lost(gaps).milliseconds, decimals: 3)
      let times = gaps.map { "\($0.from.milliseconds)/\($0.to.milliseconds)" }
      output.append(",\(times.joined(separator: " "))\n")
    }
  }

  private static func lost(_ gaps: [UsageReport.Gap]) -> Span {
    gaps.reduce(Span.zero) { $0 + $1.length }
  }

  private static func appendCSV(_ value: UsageField.Value, to output: inout TextWriter) {
    switch value {
    case .counts(let counts):
      let words = sorted(counts).map { "\($0.key)=\($0.value)" }
      FieldValue.text(words.joined(separator: ";")).appendCSV(to: &output)
    case .text(let text): FieldValue.text(text).appendCSV(to: &output)
    case .bytes(nil), .memoryTime(nil): break
    case .count, .bytes, .span, .memoryTime: appendNumber(value, to: &output)
    }
  }

  /// Bare: whole bytes and counts, seconds to the millisecond, GiB hours to the millionth.
  private static func appendNumber(_ value: UsageField.Value, to output: inout TextWriter) {
    switch value {
    case .count(let number): output.appendDecimal(number)
    case .bytes(let amount): output.appendDecimal(amount?.count ?? 0)
    case .span(let span): output.appendDecimal(span.milliseconds, decimals: 3)
    case .memoryTime(let time): output.appendDecimal(time?.gibHourMillionths ?? 0, decimals: 6)
    case .text, .counts: break
    }
  }

  private static func appendJSON(_ report: UsageReport, to output: inout TextWriter) {
    output.append("{\"host\":")
    FieldValue.existing(report.hostname.isEmpty ? nil : report.hostname).appendJSON(to: &output)
    let (from, to) = (report.stretch?.lowerBound, report.stretch?.upperBound)
    for (name, time) in [("from_ms", from), ("to_ms", to)] {
      output.append(",\"\(name)\":" + (time.map { "\($0.milliseconds)" } ?? "null"))
    }
    output.append(",\"covered_seconds\":")
    output.appendDecimal(report.covered.milliseconds, decimals: 3)
    output.append(",\"gap_seconds\":")
    output.appendDecimal(lost(report.gaps.filter { $0.host == nil }).milliseconds, decimals: 3)
    output.append(",\"notes\":[")
    for (place, note) in report.notes.enumerated() {
      output.append("\(place > 0 ? "," : ""){\"at_ms\":\(note.at.milliseconds),\"user\":")
      FieldValue.text(note.user).appendJSON(to: &output)
      output.append(",\"text\":")
      FieldValue.text(note.text).appendJSON(to: &output)
      output.append(UInt8(ascii: "}"))
    }
    output.append("],\"gaps\":[")
    for (place, gap) in report.gaps.enumerated() {
      if place > 0 { output.append(UInt8(ascii: ",")) }
      output.append("{\"from_ms\":\(gap.from.milliseconds),\"to_ms\":\(gap.to.milliseconds)")
      output.append(",\"seconds\":")
      output.appendDecimal(gap.length.milliseconds, decimals: 3)
      output.append(",\"host\":")
      FieldValue.existing(gap.host).appendJSON(to: &output)
      output.append(UInt8(ascii: "}"))
    }
    output.append("],\"domains\":[")
    for (place, domain) in report.domains.enumerated() {
      if place > 0 { output.append(UInt8(ascii: ",")) }
      appendJSON(domain, of: report.hostname(of: domain), to: &output)
    }
    output.append("]}\n")
  }

  private static func appendJSON(
    _ domain: DomainReport, of hostname: String, to output: inout TextWriter
  ) {
    for (place, field) in UsageField.table.enumerated() {
      output.append(place == 0 ? "{\"" : ",\"")
      output.append(field.id)
      output.append("\":")
      appendJSON(field.value(domain), to: &output)
    }
    output.append(",\"host\":")
    FieldValue.existing(hostname.isEmpty ? nil : hostname).appendJSON(to: &output)
    output.append(UInt8(ascii: "}"))
  }

  private static func appendJSON(_ value: UsageField.Value, to output: inout TextWriter) {
    switch value {
    case .text(let text): FieldValue.text(text).appendJSON(to: &output)
    case .bytes(nil), .memoryTime(nil): output.append("null")
    case .count, .bytes, .span, .memoryTime: appendNumber(value, to: &output)
    case .counts(let counts):
      output.append(UInt8(ascii: "{"))
      for (place, (who, count)) in sorted(counts).enumerated() {
        if place > 0 { output.append(UInt8(ascii: ",")) }
        FieldValue.text(who).appendJSON(to: &output)
        output.append(":\(count)")
      }
      output.append(UInt8(ascii: "}"))
    }
  }

  static func sorted(_ counts: [String: Int]) -> [(key: String, value: Int)] {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
  }
}

extension UsageReport {
  /// The domain's own where the recording is of several hosts.
  fileprivate func hostname(of domain: DomainReport) -> String {
    domain.id.host.name ?? hostname
  }
}
