import ArgumentParser
import MemtopCore

/// How batch mode writes a sample.
enum BatchFormat: String, CaseIterable, ExpressibleByArgument {
  case table, csv, json

  /// What is printed once, before the first sample.
  func appendHeader(_ fields: [Field], to line: inout [UInt8]) {
    guard self == .csv else { return }
    line.append(contentsOf: "time_ms".utf8)
    for field in fields {
      line.append(UInt8(ascii: ","))
      line.append(contentsOf: field.id.rawValue.utf8)
    }
    line.append(UInt8(ascii: "\n"))
  }

  /// One sample: its domains in `order`.
  func append(
    _ snapshot: Snapshot, _ fields: [Field], order: [Int], to output: inout [UInt8]
  ) {
    switch self {
    case .table: BatchTable(fields: fields).append(snapshot, order: order, to: &output)
    case .csv: Self.appendCSV(snapshot, fields, order: order, to: &output)
    case .json: Self.appendJSON(snapshot, fields, order: order, to: &output)
    }
  }

  private static func appendCSV(
    _ snapshot: Snapshot, _ fields: [Field], order: [Int], to output: inout [UInt8]
  ) {
    var time: [UInt8] = []
    FieldValue.count(snapshot.time.milliseconds).appendCSV(to: &time)
    for index in order {
      output.append(contentsOf: time)
      for field in fields {
        output.append(UInt8(ascii: ","))
        field.value(snapshot.domains[index]).appendCSV(to: &output)
      }
      output.append(UInt8(ascii: "\n"))
    }
  }

  private static func appendJSON(
    _ snapshot: Snapshot, _ fields: [Field], order: [Int], to output: inout [UInt8]
  ) {
    output.append(UInt8(ascii: "{"))
    for field in HostField.table {
      appendMember(field.id, field.value(snapshot), to: &output)
      output.append(UInt8(ascii: ","))
    }
    output.append(contentsOf: #""domains":["#.utf8)
    for (place, index) in order.enumerated() {
      if place > 0 { output.append(UInt8(ascii: ",")) }
      output.append(UInt8(ascii: "{"))
      for (column, field) in fields.enumerated() {
        if column > 0 { output.append(UInt8(ascii: ",")) }
        appendMember(field.id.rawValue, field.value(snapshot.domains[index]), to: &output)
      }
      output.append(UInt8(ascii: "}"))
    }
    output.append(contentsOf: "]}\n".utf8)
  }

  private static func appendMember(_ name: String, _ value: FieldValue, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    output.append(contentsOf: name.utf8)
    output.append(contentsOf: "\":".utf8)
    value.appendJSON(to: &output)
  }
}
