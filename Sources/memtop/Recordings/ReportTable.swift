import MemtopCore
import MemtopSystem
import MemtopUI
import MemtopRecording

/// A report for people: what it is about, what is left out, a row a domain, who changed targets.
///
/// Columns are as wide as what stands in them; what finds no room is left out, and names are cut.
struct ReportTable {
  private struct Column {
    let title: ReportField.Column
    var width: Int
    var cells: [String]
  }

  private let report: Report
  private var columns: [Column] = []

  /// - Parameter width: columns that there are.
  init(_ report: Report, width: Int, sign: Character) {
    self.report = report
    let all = ReportField.table.compactMap { field in
      field.column.map { Self.column(field, $0, report) }
    }
    var left = width + 1
    var kept: Set<String> = []
    for column in all.sorted(by: { $0.title.drop < $1.title.drop }) {
      let room = min(column.width, column.title.isName ? max(12, width / 3) : .max) + 1
      guard room <= left else { break }
      left -= room
      kept.insert(column.title.key)
    }
    columns = all.filter { kept.contains($0.title.key) }
    cutNames(to: max(12, width / 3) + left, sign)
  }

  private static func column(
    _ field: ReportField, _ title: ReportField.Column, _ report: Report
  ) -> Column {
    let cells = report.domains.map { short(field.value($0)) }
    let widest = cells.reduce(0) { max($0, TextWidth.columns(of: $1)) }
    return Column(title: title, width: max(title.least, widest), cells: cells)
  }

  private mutating func cutNames(to most: Int, _ sign: Character) {
    guard let place = columns.firstIndex(where: { $0.title.isName }) else { return }
    let names = NameColumn(
      report.domains.map { ($0.name, $0.id.domid) }, width: most, sign: sign)
    columns[place].cells = names.texts
    columns[place].width = names.texts.reduce(columns[place].title.least) {
      max($0, TextWidth.columns(of: $1))
    }
  }

  func append(to output: inout TextWriter) {
    guard let stretch = report.stretch else { return output.append("no samples\n") }
    let (from, to) = (stretch.lowerBound, stretch.upperBound)
    output.append("\(report.hostname)  \(RecordingTimes.text(from)) to ")
    output.append("\(RecordingTimes.text(to)), \(RecordingTimes.text(report.covered)) recorded\n")
    for note in report.notes {
      let who = note.user.isEmpty ? "note" : "note by \(note.user)"
      output.append("\(who)  \(RecordingTimes.text(note.at))  \(note.text)\n")
    }
    for gap in report.gaps {
      output.append("gap  \(RecordingTimes.text(gap.from)) to \(RecordingTimes.text(gap.to))")
      output.append(", \(RecordingTimes.text(gap.length))\n")
    }
    output.append(UInt8(ascii: "\n"))
    appendHeadings(to: &output)
    for row in report.domains.indices {
      appendLine(columns.map { $0.cells[row] }, to: &output)
    }
    appendChanges(to: &output)
  }

  private func appendHeadings(to output: inout TextWriter) {
    var groups: [String] = []
    for (place, column) in columns.enumerated() {
      let isNew = place == 0 || columns[place - 1].title.group != column.title.group
      groups.append(isNew ? column.title.group : "")
    }
    appendLine(groups, to: &output)
    appendLine(columns.map(\.title.title), to: &output)
  }

  private func appendLine(_ cells: [String], to output: inout TextWriter) {
    var line = ""
    for (cell, column) in zip(cells, columns) {
      if !line.isEmpty { line += " " }
      let room = max(0, column.width - TextWidth.columns(of: cell))
      let padding = String(repeating: " ", count: room)
      line += column.title.width < 0 ? cell + padding : padding + cell
    }
    while line.last == " " { line.removeLast() }
    output.append(line + "\n")
  }

  private static func short(_ value: ReportField.Value) -> String {
    switch value {
    case .text(let text): text
    case .count(let number): "\(number)"
    case .bytes(let amount): amount?.short ?? "?"
    case .span(let span): RecordingTimes.text(span)
    case .memoryTime(let time): time.map { hundredths($0.gibHourMillionths) } ?? "?"
    case .counts(let counts): "\(counts.values.reduce(0, +))"
    }
  }

  /// "12.34" for 12.340000.
  private static func hundredths(_ millionths: Int64) -> String {
    let rounded = millionths / 10_000 + (millionths % 10_000 + 5_000) / 10_000
    let rest = rounded % 100
    return "\(rounded / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  private func appendChanges(to output: inout TextWriter) {
    var sums: [String: Int] = [:]
    for domain in report.domains { sums.merge(domain.changes, uniquingKeysWith: +) }
    guard !sums.isEmpty else { return }
    let words = ReportText.sorted(sums).map { "\($0.key) \($0.value)" }
    output.append("\ntarget changes  " + words.joined(separator: ", ") + "\n")
  }
}
