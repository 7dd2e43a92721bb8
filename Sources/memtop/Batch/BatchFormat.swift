import ArgumentParser
import MemtopCore

/// How batch mode writes a sample.
enum BatchFormat: String, CaseIterable {
  case table, csv, json

  static let completion = CompletionKind.list(allCases.map(\.rawValue))

  var layout: any BatchLayout {
    switch self {
    case .table: BatchTable()
    case .csv: BatchCSV()
    case .json: BatchJSON()
    }
  }
}

/// A format in pieces: a domain's row cell by cell, and what stands around the rows.
protocol BatchLayout {
  /// Once, before the first sample.
  func appendHeader(_ columns: [BatchColumn], to output: inout TextWriter)
  /// Before a sample's rows.
  func appendBeginning(
    _ snapshot: Snapshot, _ columns: [BatchColumn], to output: inout TextWriter)
  /// Before each row.
  func appendRowStart(_ snapshot: Snapshot, isFirst: Bool, to output: inout TextWriter)
  /// With whatever ends the row, where the column is its last.
  func appendCell(_ value: FieldValue, _ column: BatchColumn, to output: inout TextWriter)
  func appendEnd(to output: inout TextWriter)
  /// Whether names may have to be told apart by domids beside them.
  var isForPeople: Bool { get }
}

extension BatchLayout {
  var isForPeople: Bool { false }
}

/// A field in its place in the row. A class: a copy of a field would cost more than a cell.
final class BatchColumn {
  let field: Field
  let isFirst: Bool
  let isLast: Bool
  /// What a table has for it: as much as its widest cell needed so far, and its field at least.
  var width: Int
  /// A table cuts text that is wider.
  private(set) var most = Int.max

  init(_ field: Field, isFirst: Bool, isLast: Bool) {
    self.field = field
    self.isFirst = isFirst
    self.isLast = isLast
    width = field.width
  }

  /// Text can be shorter; a number that is cut would be another number.
  var canBeNarrower: Bool { !field.unit.isNumeric && width > field.width }

  func narrow() {
    width -= 1
    most = width
  }
}

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

/// A sample as a table for people and screen readers: a line for the host, a heading, a row a
/// domain.
///
/// Columns are as wide as what stands in them, and stay so; a sample never has two widths of one.
struct BatchTable: BatchLayout {
  var isForPeople: Bool { true }

  func appendHeader(_ columns: [BatchColumn], to output: inout TextWriter) {}

  func appendBeginning(
    _ snapshot: Snapshot, _ columns: [BatchColumn], to output: inout TextWriter
  ) {
    output.append("\(RecordingTimes.text(snapshot.time))  ")
    appendHost(snapshot.host, to: &output)
    for column in columns { appendCell(.text(column.field.title), column, to: &output) }
  }

  private func appendHost(_ host: HostMemory, to output: inout TextWriter) {
    let parts: [(String, Bytes)] = [
      ("dom0", host.dom0), ("guests", host.guests), ("dying", host.dying),
      ("overhead", host.overhead ?? .zero), ("xen", host.xen), ("free", host.uncommitted),
      ("promised", host.promised),
      ("claimed", host.claimed),
    ]
    let always = ["dom0", "guests", "xen", "free"]
    output.append("\(host.hostname)  total \(host.total.short)")
    for (word, amount) in parts where amount > .zero || always.contains(word) {
      output.append("  \(word) \(amount.short)")
    }
    for node in host.nodes { output.append("  node\(node.number) free \(node.free.short)") }
    output.append(UInt8(ascii: "\n"))
  }

  func appendRowStart(_ snapshot: Snapshot, isFirst: Bool, to output: inout TextWriter) {}

  func appendCell(_ value: FieldValue, _ column: BatchColumn, to output: inout TextWriter) {
    let mark = output.count
    value.appendShort(to: &output)
    if output.columns(from: mark) > column.most {
      output.cut(from: mark, to: column.most, sign: CutSign.ofOutput)
    }
    let used = output.columns(from: mark)
    column.width = max(column.width, used)
    let padding = column.width - used
    if column.field.alignment == .right {
      output.indent(from: mark, by: padding)
    } else if !column.isLast {
      output.append(repeating: UInt8(ascii: " "), padding)
    }
    output.append(UInt8(ascii: column.isLast ? "\n" : " "))
  }

  func appendEnd(to output: inout TextWriter) { output.append(UInt8(ascii: "\n")) }

  /// Makes room where the columns together are wider than the terminal: the widest text first.
  static func fit(_ columns: [BatchColumn], to terminal: Int) {
    var excess = columns.reduce(columns.count - 1) { $0 + $1.width } - terminal
    while excess > 0,
      let widest = columns.filter(\.canBeNarrower).max(by: { $0.width < $1.width })
    {
      widest.narrow()
      excess -= 1
    }
  }
}
