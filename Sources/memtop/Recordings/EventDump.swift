import MemtopCore
import MemtopRecording

/// Writes what happened in a recording, a line an event.
struct EventDump {
  let extract: Extract
  let format: BatchFormat
  let output: String?

  func run() throws(Failure) {
    try Output.write(to: output, write)
  }

  private func write(to target: Output) throws(RecordingError) {
    if format == .csv {
      let header = Self.columns.map(\.name).joined(separator: ",")
      guard target.write(header + "\n") else { return }
    }
    try extract.forEachEvent { event in
      var line = TextWriter(capacity: 256)
      append(event, to: &line)
      return target.write(line.bytes)
    }
  }

  private func append(_ event: HostEvent, to line: inout TextWriter) {
    switch format {
    case .table: appendRow(event, to: &line)
    case .csv: appendCSV(event, to: &line)
    case .json: appendJSON(event, to: &line)
    }
    line.append(UInt8(ascii: "\n"))
  }

  private func appendRow(_ event: HostEvent, to line: inout TextWriter) {
    line.append(RecordingTimes.text(event.time))
    line.append("  ")
    let mark = line.count
    line.append(event.name)
    line.append(repeating: UInt8(ascii: " "), 16 - line.columns(from: mark))
    line.append("  ")
    line.append(event.kind.text(arrow: "->"))
  }

  private func appendCSV(_ event: HostEvent, to line: inout TextWriter) {
    for (index, column) in Self.columns.enumerated() {
      if index > 0 { line.append(UInt8(ascii: ",")) }
      column.value(event).appendCSV(to: &line)
    }
  }

  private func appendJSON(_ event: HostEvent, to line: inout TextWriter) {
    for (index, column) in Self.columns.enumerated() {
      line.append(index == 0 ? "{\"" : ",\"")
      line.append(column.name)
      line.append("\":")
      column.value(event).appendJSON(to: &line)
    }
    line.append(UInt8(ascii: "}"))
  }

  private struct Column: Sendable {
    let name: String
    let value: @Sendable (HostEvent) -> FieldValue
  }

  private static let columns: [Column] = [
    Column(name: "time_ms") { .count($0.time.milliseconds) },
    Column(name: "domid") { .count(Int64($0.domain.domid)) },
    Column(name: "uuid") { .text($0.domain.uuid.description) },
    Column(name: "name") { .text($0.name) },
    Column(name: "event") { .text($0.kind.word) },
    Column(name: "lasted_ms") { $0.kind.lasted.map { .count($0.milliseconds) } ?? .absent },
    Column(name: "text") { .text($0.kind.text(arrow: "->")) },
  ]
}
