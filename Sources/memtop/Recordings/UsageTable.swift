import MemtopCore
import MemtopRecording
import MemtopSystem
import MemtopUI

/// A report for people: what it is about, what is left out, a row a domain, who changed targets.
///
/// Columns are as wide as what stands in them; what finds no room is left out, and names are cut.
struct UsageTable {
  private struct Column {
    let title: UsageField.Column
    var width: Int
    var cells: [String]
  }

  private let report: UsageReport
  private var columns: [Column] = []

  /// - Parameter width: columns that there are.
  init(_ report: UsageReport, width: Int, sign: Unicode.Scalar) {
    self.report = report
    let all = UsageField.table.compactMap { field in
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
    _ field: UsageField, _ title: UsageField.Column, _ report: UsageReport
  ) -> Column {
    let cells = report.domains.map { short(field.value($0)) }
    let widest = cells.reduce(0) { max($0, TextWidth.columns(of: $1)) }
    return Column(title: title, width: max(title.least, widest), cells: cells)
  }

  private mutating func cutNames(to most: Int, _ sign: Unicode.Scalar) {
    guard let place = columns.firstIndex(where: { $0.title.isName }) else { return }
    let names = NameColumn(
      report.domains.map { ($0.id.named($0.name), $0.id.domid) }, width: most, sign: sign)
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
      output.append(gap.host.map { "gap of \($0)" } ?? "gap")
      output.append("  \(RecordingTimes.text(gap.from)) to \(RecordingTimes.text(gap.to))")
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

  private static func short(_ value: UsageField.Value) -> String {
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
    let words = UsageText.sorted(sums).map { "\($0.key) \($0.value)" }
    output.append("\ntarget changes  " + words.joined(separator: ", ") + "\n")
  }
}

/// One figure of a report about a domain: a column of its table, of csv, a member in json.
struct UsageField: Sendable {
  enum Value {
    case text(String)
    case count(Int64)
    case bytes(Bytes?)
    case span(Span)
    case memoryTime(MemoryTime?)
    case counts([String: Int])
  }

  /// Where it stands in the table.
  struct Column: Sendable {
    /// The heading, and the one above it that it shares with its neighbours.
    let group: String
    let title: String
    let width: Int
    /// Which columns go first where there is no room: the highest.
    let drop: Int
    /// The only text, and the only column that may be cut.
    var isName: Bool { width < 0 }
    var key: String { group + title }
    var least: Int { abs(width) }
  }

  /// Its name in csv and json, with its unit.
  let id: String
  let column: Column?
  let value: @Sendable (DomainReport) -> Value

  static let table: [UsageField] =
    who
    + [
      UsageField("held_gib_hours", "GiB HOURS", "HELD", 9, drop: 1) { .memoryTime($0.held) },
      UsageField("busy_gib_hours", "GiB HOURS", "BUSY", 9, drop: 2) { .memoryTime($0.used) },
    ] + levels("alloc", "ALLOC", drops: [10, 3, 5, 8]) { $0.allocation }
    + levels("busy", "BUSY", drops: [13, 4, 6, 9]) { $0.busy }
    + levels("avail", "AVAIL", drops: [11, 12, 15, 16]) { $0.available } + [
      UsageField("swap_in_bytes", "SWAP", "IN", 6, drop: 7) { .bytes($0.swapIn) }
    ] + pressures + changes

  private static let who: [UsageField] = [
    UsageField("name", "", "NAME", -12, drop: 0) { .text($0.name) },
    UsageField("domid") { .count(Int64($0.id.domid)) },
    UsageField("uuid") { .text($0.id.uuid.description) },
    UsageField("lives") { .count(Int64($0.lives)) },
    UsageField("covered_seconds") { .span($0.covered) },
  ]

  private static func levels(
    _ word: String, _ group: String, drops: [Int],
    _ levels: @escaping @Sendable (DomainReport) -> DomainReport.Levels?
  ) -> [UsageField] {
    [
      UsageField("\(word)_min_bytes", group, "MIN", 6, drop: drops[0]) {
        .bytes(levels($0)?.least)
      },
      UsageField("\(word)_mean_bytes", group, "MEAN", 6, drop: drops[1]) {
        .bytes(levels($0)?.mean)
      },
      UsageField("\(word)_p95_bytes", group, "P95", 6, drop: drops[2]) {
        .bytes(levels($0)?.p95)
      },
      UsageField("\(word)_max_bytes", group, "MAX", 6, drop: drops[3]) {
        .bytes(levels($0)?.most)
      },
      UsageField("\(word)_known_seconds") { .span(levels($0)?.known ?? .zero) },
    ]
  }

  private static let pressures: [UsageField] =
    Pressure.allCases.map { pressure in
      let drops: [Pressure: Int] = [.ok: 20, .tight: 19, .short: 18, .thrashing: 14]
      return UsageField(
        "\(pressure.word)_seconds", "TIME", pressure.word.uppercased(), 9,
        drop: drops[pressure] ?? 20
      ) { .span($0.pressures[pressure] ?? .zero) }
    } + [
      UsageField("unknown_seconds", "TIME", "UNKNOWN", 9, drop: 21) {
        .span($0.pressures[nil] ?? .zero)
      }
    ]

  private static let changes: [UsageField] = [
    UsageField("target_changes", "TARGET", "CHANGES", 7, drop: 17) { report in
      .count(Int64(report.changes.values.reduce(0, +)))
    },
    UsageField("target_changes_by") { .counts($0.changes) },
  ]

  private init(_ id: String, value: @escaping @Sendable (DomainReport) -> Value) {
    self.id = id
    column = nil
    self.value = value
  }

  /// - Parameter width: negative aligns to the left.
  private init(
    _ id: String, _ group: String, _ title: String, _ width: Int, drop: Int,
    value: @escaping @Sendable (DomainReport) -> Value
  ) {
    self.id = id
    column = Column(group: group, title: title, width: width, drop: drop)
    self.value = value
  }
}
