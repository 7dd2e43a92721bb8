import MemtopCore

/// A line a domain and sample, for spreadsheets and scripts; a heading once.
struct BatchCSV: BatchLayout {
  func appendHeader(_ columns: [BatchColumn], to output: inout TextWriter) {
    output.append("time_ms")
    for column in columns { output.append("," + column.field.id.rawValue) }
    output.append(UInt8(ascii: "\n"))
  }

  func appendBeginning(
    _ snapshot: Snapshot, _ columns: [BatchColumn], to output: inout TextWriter
  ) {}

  func appendRowStart(_ snapshot: Snapshot, isFirst: Bool, to output: inout TextWriter) {
    output.appendDecimal(snapshot.time.milliseconds)
  }

  func appendCell(_ value: FieldValue, _ column: BatchColumn, to output: inout TextWriter) {
    output.append(UInt8(ascii: ","))
    value.appendCSV(to: &output)
    if column.isLast { output.append(UInt8(ascii: "\n")) }
  }

  func appendEnd(to output: inout TextWriter) {}
}

/// A line a sample: an object of the host, and in it one of each domain.
struct BatchJSON: BatchLayout {
  func appendHeader(_ columns: [BatchColumn], to output: inout TextWriter) {}

  func appendBeginning(
    _ snapshot: Snapshot, _ columns: [BatchColumn], to output: inout TextWriter
  ) {
    output.append(UInt8(ascii: "{"))
    for field in HostField.table {
      appendMember(field.id, field.value(snapshot), to: &output)
      output.append(UInt8(ascii: ","))
    }
    output.append(#""nodes":["#)
    for (index, node) in snapshot.host.nodes.enumerated() {
      output.append(index == 0 ? "{" : ",{")
      appendMember("node", .count(Int64(node.number)), to: &output)
      output.append(UInt8(ascii: ","))
      appendMember("total", .bytes(node.size), to: &output)
      output.append(UInt8(ascii: ","))
      appendMember("free", .bytes(node.free), to: &output)
      output.append(UInt8(ascii: "}"))
    }
    output.append(#"],"domains":["#)
  }

  func appendRowStart(_ snapshot: Snapshot, isFirst: Bool, to output: inout TextWriter) {
    if !isFirst { output.append(UInt8(ascii: ",")) }
  }

  func appendCell(_ value: FieldValue, _ column: BatchColumn, to output: inout TextWriter) {
    output.append(UInt8(ascii: column.isFirst ? "{" : ","))
    appendMember(column.field.id.rawValue, value, to: &output)
    if column.isLast { output.append(UInt8(ascii: "}")) }
  }

  private func appendMember(_ name: String, _ value: FieldValue, to output: inout TextWriter) {
    output.append(UInt8(ascii: "\""))
    output.append(name)
    output.append("\":")
    value.appendJSON(to: &output)
  }

  func appendEnd(to output: inout TextWriter) { output.append("]}\n") }
}
