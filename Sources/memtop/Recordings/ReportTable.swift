import MemtopCore
import MemtopRecording

/// A report for people: what it is about, what is left out, a row a domain, who changed targets.
struct ReportTable {
  private let columns: [(field: ReportField, column: ReportField.Column)]

  /// - Parameter width: columns that there are; what finds no room is left out.
  init(width: Int) {
    let all = ReportField.table.compactMap { field in field.column.map { (field, $0) } }
    var left = width + 1
    var kept: Set<String> = []
    for (field, column) in all.sorted(by: { $0.1.drop < $1.1.drop }) {
      let room = abs(column.width) + 1
      guard room <= left else { break }
      left -= room
      kept.insert(field.id)
    }
    columns = all.filter { kept.contains($0.0.id) }
  }

  func append(_ report: Report, to output: inout TextWriter) {
    guard let stretch = report.stretch else { return output.append("no samples\n") }
    let (from, to) = (stretch.lowerBound, stretch.upperBound)
    output.append("\(report.hostname)  \(RecordingTimes.text(from)) to ")
    output.append("\(RecordingTimes.text(to)), \(RecordingTimes.text(report.covered)) seen\n")
    for note in report.notes {
      let who = note.user.isEmpty ? "note" : "note by \(note.user)"
      output.append("\(who)  \(RecordingTimes.text(note.at))  \(note.text)\n")
    }
    for gap in report.gaps {
      output.append("left out  \(RecordingTimes.text(gap.from)) to \(RecordingTimes.text(gap.to))")
      output.append(", \(RecordingTimes.text(gap.length))\n")
    }
    output.append(UInt8(ascii: "\n"))
    appendHeadings(to: &output)
    for domain in report.domains {
      appendLine(columns.map { short($0.field.value(domain)) }, to: &output)
    }
    appendChanges(report, to: &output)
  }

  private func appendHeadings(to output: inout TextWriter) {
    var groups: [String] = []
    for (place, (_, column)) in columns.enumerated() {
      let isNew = place == 0 || columns[place - 1].column.group != column.group
      groups.append(isNew ? column.group : "")
    }
    appendLine(groups, to: &output)
    appendLine(columns.map(\.column.title), to: &output)
  }

  private func appendLine(_ cells: [String], to output: inout TextWriter) {
    var line = ""
    for (cell, (_, column)) in zip(cells, columns) {
      if !line.isEmpty { line += " " }
      let width = abs(column.width)
      let padding = String(repeating: " ", count: max(0, width - TextWidth.columns(of: cell)))
      line += column.width < 0 ? TextWidth.clipped(cell, to: width) + padding : padding + cell
    }
    while line.last == " " { line.removeLast() }
    output.append(line + "\n")
  }

  private func short(_ value: ReportField.Value) -> String {
    switch value {
    case .text(let text): text
    case .count(let number): "\(number)"
    case .bytes(let amount): amount?.short ?? "?"
    case .span(let span): RecordingTimes.text(span)
    case .memoryTime(let time): time.map { Self.hundredths($0.gibHourMillionths) } ?? "?"
    case .counts(let counts): "\(counts.values.reduce(0, +))"
    }
  }

  /// "12.34" for 12.340000.
  private static func hundredths(_ millionths: Int64) -> String {
    let rounded = (millionths + 5_000) / 10_000
    let rest = rounded % 100
    return "\(rounded / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  private func appendChanges(_ report: Report, to output: inout TextWriter) {
    var sums: [String: Int] = [:]
    for domain in report.domains { sums.merge(domain.changes, uniquingKeysWith: +) }
    guard !sums.isEmpty else { return }
    let words = ReportText.sorted(sums).map { "\($0.key) \($0.value)" }
    output.append("\ntarget changes  " + words.joined(separator: ", ") + "\n")
  }
}
