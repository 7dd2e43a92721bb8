import Foundation
import MemtopRecording
import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import MemtopXen
@testable import TestSupport
@testable import memtop

/// Wherever hostile bytes may come out: nothing that a terminal obeys, and columns where they belong.
@Suite("hostile bytes in every sink", .timeLimit(.minutes(30))) struct HostileSinkTests {
  private static func check(_ text: String, _ what: String) {
    for line in text.split(separator: "\n") {
      if let offence = HarmlessText.offence(in: line) {
        Issue.record("\(what): \(offence) in \(line.debugDescription)")
      }
    }
  }

  // MARK: - The screen

  private static func draw(
    _ snapshots: [Snapshot], _ columns: Int, _ rows: Int, every stride: Int = 2,
    _ look: (Frame, AppState) -> Void
  ) {
    var state = AppState(
      settings: ScreenSettings(), size: ScreenSize(columns: columns, rows: rows),
      now: snapshots[0].steady)
    let history = History()
    for snapshot in snapshots {
      history.append(snapshot)
      _ = reduce(&state, .snapshot(snapshot), history: history)
    }
    func press(_ key: Key, isSeen: Bool = true) {
      _ = reduce(&state, .key(key), history: history)
      if isSeen { look(Screen.draw(state, history: history), state) }
    }
    for place in snapshots.last!.domains.indices {
      press(.down, isSeen: place % (rows / 2) == 0)
      guard place % stride == 0 else { continue }
      press(.enter)
      press(.escape, isSeen: false)
    }
    for key: Key in [.character("E"), .end, .pageUp, .pageUp, .escape] { press(key) }
    for key: Key in [.character("/"), .character("数"), .character("\u{202E}")] { press(key) }
  }

  private static func check(_ frame: Frame) {
    for row in 0..<frame.height {
      let cells = Array(frame.cells(in: row))
      for (column, cell) in cells.enumerated() where !cell.isContinuation {
        if (0x20..<0x7F).contains(cell.scalar.value) { continue }
        let width = TextWidth.columns(of: cell.scalar)
        let isWhole = width == 1 || width == 2 && column + 1 < cells.count
        guard isWhole, width == 1 || cells[column + 1].isContinuation,
          HarmlessText.offence(in: String(cell.scalar)) == nil
        else {
          Issue.record("U+\(String(cell.scalar.value, radix: 16)) in \(frame.text(row))")
          continue
        }
      }
    }
  }

  @Test("on the screen each character has its cells, and none is obeyed")
  func narrow() {
    Self.draw(HostileHost.snapshots, 80, 24, every: 3) { frame, _ in Self.check(frame) }
  }

  /// Where the cell of a right-aligned column ends.
  private static func end(of title: String, in cells: [Unicode.Scalar?]) -> Int? {
    let text = cells.map { $0 ?? " " }
    let wanted = Array(title.unicodeScalars)
    return text.indices.first { text[$0...].starts(with: wanted) }.map { $0 + wanted.count }
  }

  /// A scalar a column; nil is the right half of a wide one.
  private static func cells(_ line: Substring) -> [Unicode.Scalar?] {
    line.unicodeScalars.flatMap { scalar in
      [scalar] + [Unicode.Scalar?](repeating: nil, count: TextWidth.columns(of: scalar) - 1)
    }
  }

  @Test("figures of the list stand below their headings")
  func aligned() {
    var lists = 0
    Self.draw(HostileHost.snapshots, 120, 40) { frame, state in
      Self.check(frame)
      guard state.mode == .list else { return }
      let rows = (0..<frame.height).map { Self.cells(frame.text($0)[...]) }
      guard let heading = rows.firstIndex(where: { Self.end(of: "ALLOC", in: $0) != nil }) else {
        return
      }
      lists += 1
      let end = Self.end(of: "ALLOC", in: rows[heading])!
      for row in rows[(heading + 1)...].prefix(24) {
        #expect(row.count > end && row[end] == " ", "\(row.map { $0.map(String.init) ?? "" })")
        #expect(row[end - 1] == "M" || row[end - 1] == "G")
      }
    }
    #expect(lists > 5)
  }

  // MARK: - Batch mode

  private static func batch(_ format: BatchFormat, _ fields: [Field]) -> String {
    var text = ""
    var writer = BatchWriter(format: format, fields: fields)
    for snapshot in HostileHost.snapshots {
      writer.put(snapshot)
      text += String(decoding: writer.output.bytes, as: UTF8.self)
    }
    return text
  }

  /// Cells of a line by RFC 4180.
  private static func csv(_ line: Substring) -> [String] {
    var cells = [""]
    var isQuoted = false
    for character in line.unicodeScalars {
      if character == "\"" {
        isQuoted.toggle()
      } else if character == ",", !isQuoted {
        cells.append("")
      } else {
        cells[cells.count - 1].unicodeScalars.append(character)
      }
    }
    return cells
  }

  @Test("csv: as many cells in each line, and none that a spreadsheet would work out")
  func csv() {
    let text = Self.batch(.csv, Field.printable)
    Self.check(text, "csv")
    let lines = text.split(separator: "\n")
    #expect(lines.count == 1 + HostileHost.snapshots.reduce(0) { $0 + $1.domains.count })
    for line in lines {
      let cells = Self.csv(line)
      #expect(cells.count == Field.printable.count + 1, "\(line)")
      for cell in cells where Int64(cell) == nil && Double(cell) == nil {
        #expect(!["=", "+", "-", "@"].contains(cell.prefix(1)), "\(line)")
      }
    }
  }

  @Test("json: it can be read, and has the names that the screen has")
  func json() throws {
    let text = Self.batch(.json, Field.printable)
    Self.check(text, "json")
    let lines = text.split(separator: "\n")
    #expect(lines.count == HostileHost.snapshots.count)
    for (line, snapshot) in zip(lines, HostileHost.snapshots) {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      let domains = try #require(object?["domains"] as? [[String: Any]])
      #expect(domains.map { $0["name"] as? String } == snapshot.domains.map { $0.name })
    }
  }

  @Test("table: figures stand below their headings")
  func table() {
    let text = Self.batch(.table, [.id, .name, .alloc, .state, .os].map { Field.of($0) })
    Self.check(text, "table")
    for block in text.components(separatedBy: "\n\n") where !block.isEmpty {
      let lines = block.split(separator: "\n").dropFirst().map { Self.cells($0) }
      let end = Self.end(of: "ALLOC", in: lines[0])!
      for line in lines.dropFirst() {
        #expect(line.count > end && line[end] == " " && line[end - 1] != " ")
      }
    }
  }

  /// What is left of a line of Prometheus' text without its quoted values; nil where a quote is not closed.
  private static func withoutValues(_ line: Substring) -> String? {
    var rest = ""
    var (isQuoted, isEscaped) = (false, false)
    for byte in line.utf8 {
      if isQuoted {
        if isEscaped, !"n\"\\".utf8.contains(byte) { return nil }
        if !isEscaped, byte == UInt8(ascii: "\"") { isQuoted = false }
        isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
      } else if byte == UInt8(ascii: "\"") {
        isQuoted = true
      } else {
        rest.unicodeScalars.append(Unicode.Scalar(byte))
      }
    }
    return isQuoted ? nil : rest
  }

  /// Letters, digits, and the signs of names, labels and numbers.
  private static func isMetric(_ line: Substring) -> Bool {
    guard let rest = withoutValues(line) else { return false }
    let words = rest.split(separator: " ")
    let isPlain = rest.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || "_{}=,.- ".utf8.contains($0)
    }
    return isPlain && words.count == 2 && Double(words[1]) != nil
  }

  @Test(
    "metrics: each line is a name, quoted labels and a number", arguments: MetricsFormat.allCases)
  func metrics(_ format: MetricsFormat) {
    let exporter = ExporterFigures(version: "0.1", collection: nil, processes: [])
    for snapshot in HostileHost.snapshots {
      let page = MetricsPage(snapshot, exporter).text(format)
      #expect(HarmlessText.offence(in: page, allowing: ["\n"]) == nil)
      let lines = String(decoding: page, as: UTF8.self).split(separator: "\n")
      #expect(lines.count > HostileCorpus.all.count * 5)
      for line in lines where !line.hasPrefix("#") {
        #expect(Self.isMetric(line), "\(line)")
      }
    }
  }

  @Test("the line for Nagios is one, and its figures begin behind its only bar")
  func plugin() {
    for snapshot in HostileHost.snapshots {
      for place in snapshot.domains.indices {
        var one = snapshot
        one.domains = [snapshot.domains[place]]
        let line = HostCheck(one, HostCheck.Limits()).line
        #expect(HarmlessText.offence(in: line) == nil, "\(line.debugDescription)")
        #expect(line.count { $0 == "|" } == 1, "\(line)")
      }
    }
    for value in HostileCorpus.all {
      let line = HostCheck.unknown(value.text).line
      #expect(HarmlessText.offence(in: Self.latin(line)) == nil && !line.contains("|"), "\(line)")
    }
  }

  @Test("the line in the system's log is one line")
  func log() {
    for value in HostileCorpus.all {
      let order = TargetOrder(
        domain: ObservedHost.id(1), name: SafeText.name(value.bytes), from: .gib(1), to: .gib(2),
        reason: value.text)
      for ending in [TargetOutcome.Ending.written, .failed(value.text)] {
        let line = ChangeLog.line(order, TargetOutcome(ending: ending), author: value.text)
        #expect(HarmlessText.offence(in: Self.latin(line)) == nil, "\(line.debugDescription)")
      }
    }
  }

  /// Without what has no column of its own to lose: accents, and scripts from right to left.
  private static func latin(_ line: String) -> String {
    String(
      String.UnicodeScalarView(
        line.unicodeScalars.filter {
          !HarmlessText.isRightToLeft($0) && $0.properties.generalCategory != .nonspacingMark
            && $0.properties.generalCategory != .enclosingMark && $0 != "\u{FFFD}"
        }))
  }

  // MARK: - Recordings

  private static let exports: [[String]] = [
    ["dump", "--format", "csv"], ["dump", "--format", "json"], ["dump", "--format", "table"],
    ["dump", "--format", "openmetrics"], ["dump", "--events"],
    ["dump", "--events", "--format", "csv"], ["dump", "--events", "--format", "json"], ["report"],
    ["report", "--format", "csv"], ["report", "--format", "json"],
  ]

  private static func export(_ recording: HostileRecording, _ what: String) throws -> Int {
    var lines = 0
    for words in exports {
      let run = try Program.start([words[0], recording.path] + words.dropFirst())
      #expect(run.status < 124, "\(what): \(words): \(run.status)")
      check(run.output, "\(what): \(words)")
      check(run.errors, "\(what): \(words)")
      lines += run.output.split(separator: "\n").count
    }
    return lines
  }

  @Test("what was recorded of them comes out of the recording as harmless as it was seen")
  func recorded() throws {
    let lines = try Self.export(try HostileRecording(), "recorded")
    #expect(lines > HostileCorpus.all.count * 20)
  }

  private static let texts: [(String, String)] = [
    ("session", "program"), ("session", "user"), ("session", "note"), ("host", "hostname"),
    ("host", "xen_version"), ("host", "problem"), ("identity", "name"),
    ("identity", "health_reason"), ("identity", "os"), ("identity", "kernel"), ("identity", "ipv4"),
    ("identity", "ipv6"), ("event", "who"), ("event", "detail"), ("event_subject", "name"),
    ("event_kind", "word"),
  ]
  private static let words: [(String, String)] = [
    ("host", "owner"), ("identity", "kind"), ("identity", "life"), ("identity", "health"),
    ("identity", "dialect"),
  ]
  private static let numbers: [(String, String)] = [
    ("session", "interval"), ("identity", "uuid"), ("identity", "domid"), ("event_subject", "uuid"),
    ("base", "allocation"), ("base", "available"), ("report", "available"), ("event", "after"),
  ]

  @Test(
    "whatever somebody has written into a recording",
    arguments: [("texts", texts), ("words", words), ("numbers", numbers)])
  func spoilt(_ what: String, _ columns: [(String, String)]) throws {
    let recording = try HostileRecording()
    try recording.spoil(columns)
    _ = try Self.export(recording, what)
    guard let file = try? RecordingFile(recording.path) else { return }
    var snapshots: [Snapshot] = []
    try? Extract(file).forEach([.host, .events]) { snapshot in
      snapshots.append(snapshot)
      return true
    }
    if !snapshots.isEmpty {
      Self.draw(snapshots, 100, 30, every: 8) { frame, _ in Self.check(frame) }
    }
  }
}
