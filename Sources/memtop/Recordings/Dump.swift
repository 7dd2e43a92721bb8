import MemtopCore
import MemtopRecording
import MemtopUI

/// Writes a part of a recording out.
struct Dump {
  let extract: Extract
  let format: DumpFormat
  let fields: [Field]
  /// The host's own figures, too, where the format has them apart.
  let hasHost: Bool
  let filter: Filter
  let output: String?

  func run() throws(Failure) {
    do throws(RecordingError) {
      if format == .memtop {
        guard extract.ids != nil else {
          throw RecordingError(
            .system, "\(output ?? "") is not written: there are no samples for it")
        }
        return try extract.write(to: output ?? "")
      }
    } catch {
      throw Failure(error)
    }
    try Output.write(to: output, write)
  }

  private func write(to target: Output) throws(RecordingError) {
    switch format {
    case .table: try write(.table, to: target)
    case .csv: try write(.csv, to: target)
    case .json: try write(.json, to: target)
    case .openmetrics:
      let setBacks = try extract.writeOpenMetrics(fields, host: hasHost && extract.domain == nil) {
        target.write($0)
      }
      guard setBacks > 0 else { return }
      complain(
        "the clock was set back \(setBacks == 1 ? "once" : "\(setBacks) times"): samples after that "
          + "have the label clock_set_back")
    case .memtop: break
    }
  }

  private func write(_ format: BatchFormat, to target: Output) throws(RecordingError) {
    var writer = BatchWriter(
      format: format, fields: fields, list: ListChoice(filter: filter),
      terminal: output == nil ? TerminalWidth.ofOutput : nil)
    let needsHost = format != .csv || filter.asks(.host) || fields.contains { $0.id == .host }
    try extract.forEach(needsHost ? .host : []) { snapshot in
      writer.put(snapshot)
      return target.write(writer.output.bytes)
    }
    if writer.putHeading() { _ = target.write(writer.output.bytes) }
  }
}

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
    line.append(event.whose)
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
    Column(name: "host") { .existing($0.domain.host.name) },
  ]
}

extension Output {
  /// Writes what `body` takes out of a recording to a new file, or to standard output without a path.
  static func write(
    to path: String?, _ body: (Output) throws(RecordingError) -> Void
  ) throws(Failure) {
    let target = try path.map { path throws(Failure) in try Output(creating: path) } ?? .standard
    do throws(RecordingError) {
      try body(target)
    } catch {
      throw Failure(error)
    }
    // It has been said what.
    if target.hasFailed { throw Failure(line: "", status: .failed) }
  }
}
