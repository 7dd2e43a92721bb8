import MemtopCore
import MemtopRecording

/// Writes a part of a recording out.
struct Dump {
  let extract: Extract
  let format: DumpFormat
  let fields: [Field]
  /// The host's own figures, too, where the format has them apart.
  let hasHost: Bool
  let output: String?

  func run() throws(Failure) {
    do throws(RecordingError) {
      if format == .memtop { return try extract.write(to: output ?? "") }
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
      format: format, fields: fields, sort: nil,
      terminal: output == nil ? TerminalWidth.ofOutput : nil)
    try extract.forEach(format == .csv ? [] : .host) { snapshot in
      writer.put(snapshot)
      return target.write(writer.output.bytes)
    }
    if writer.putHeading() { _ = target.write(writer.output.bytes) }
  }
}
