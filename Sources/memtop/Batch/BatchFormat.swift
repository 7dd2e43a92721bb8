import ArgumentParser
import MemtopCore

/// How batch mode writes a sample.
enum BatchFormat: String, CaseIterable, ExpressibleByArgument {
  case table, csv, json

  static let completion = CompletionKind.list(allCases.map(\.rawValue))
  // Help names them itself.
  static var allValueStrings: [String] { [] }
  static var defaultCompletionKind: CompletionKind { completion }

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
