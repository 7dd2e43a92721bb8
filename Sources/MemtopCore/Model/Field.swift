/// One fact about a domain: the vocabulary of columns, sort, filter, csv, json, metrics and the manual.
///
/// Declared once, in `Field.table`; whatever lists fields reads that table.
///
/// A class: a copy would cost more than a cell.
package final class Field: Sendable {
  package let id: FieldID
  /// The column's heading.
  package let title: String
  package let unit: FieldUnit
  /// Columns on a screen: `least` where it is narrow, `width` where there is room.
  package let least: Int
  package let width: Int
  package let alignment: FieldAlignment
  /// Which columns vanish first as the screen narrows: the highest. nil is never a column.
  package let dropOrder: Int?
  /// The field that it stands to the right of on a screen; nil is the one before it in the table.
  package let neighbour: FieldID?
  /// One sentence for help, `--help` and the manual.
  package let description: String
  /// How it is called as a metric; nil where it is none.
  package let metric: FieldMetric?
  /// Whether it can be told from a recording.
  package let isRecorded: Bool
  /// The number that is kept of it; nil where it is text, or follows from others.
  package let stored: StoredNumber?
  package let value: @Sendable (DomainSample) -> FieldValue
  /// How bad a domain's value is, the worst having the most; nil for a field whose values are not sorted so.
  let rank: (@Sendable (DomainSample) -> Int?)?

  init(
    _ id: FieldID, _ title: String, _ unit: FieldUnit, least: Int? = nil, width: Int,
    drop: Int? = nil, after neighbour: FieldID? = nil, _ description: String,
    metric: FieldMetric? = nil, isRecorded: Bool = true, stored: StoredNumber? = nil,
    rank: (@Sendable (DomainSample) -> Int?)? = nil,
    value: @escaping @Sendable (DomainSample) -> FieldValue
  ) {
    self.id = id
    self.title = title
    self.unit = unit
    self.least = least ?? width
    self.width = width
    self.alignment = unit.isNumeric ? .right : .left
    self.dropOrder = drop
    self.neighbour = neighbour
    self.description = description
    self.metric = metric
    self.isRecorded = isRecorded && stored?.group != .unrecorded
    self.stored = stored
    self.value = value
    self.rank = rank
  }

  /// A field whose value is the number that is kept.
  ///
  /// - Parameter missing: its value where there is no number: what a guest did not report, unless said.
  convenience init(
    _ id: FieldID, _ title: String, _ unit: FieldUnit, least: Int? = nil, width: Int,
    drop: Int? = nil, after neighbour: FieldID? = nil, _ description: String,
    metric: FieldMetric? = nil, number: StoredNumber,
    missing: @escaping @Sendable (DomainSample) -> FieldValue = { _ in .unreported }
  ) {
    self.init(
      id, title, unit, least: least, width: width, drop: drop, after: neighbour, description,
      metric: metric, stored: number, value: Self.shown(number.get, unit, missing))
  }

  /// One closure for each unit, because a thousand domains have dozens of fields.
  private static func shown(
    _ get: @escaping StoredNumber.Getter, _ unit: FieldUnit,
    _ missing: @escaping @Sendable (DomainSample) -> FieldValue
  ) -> @Sendable (DomainSample) -> FieldValue {
    switch unit {
    case .bytes: { if let number = get($0) { .bytes(Bytes(number)) } else { missing($0) } }
    case .rate: { if let number = get($0) { .rate(Bytes(number)) } else { missing($0) } }
    case .seconds, .percent, .count, .text, .drawing:
      { if let number = get($0) { FieldValue(number, unit) } else { missing($0) } }
    }
  }

  /// The field with this id.
  package static func of(_ id: FieldID) -> Field { table[FieldID.allCases.firstIndex(of: id)!] }

  /// The field that a user named by its id, or by the heading that no other column has; in any case:
  /// "swapin", "IN/s".
  package static func named(_ name: some StringProtocol) -> Field? {
    let name = name.lowercased()
    if let field = table.first(where: { $0.id.rawValue == name }) { return field }
    let headed = table.filter { $0.title.lowercased() == name }
    return headed.count == 1 ? headed[0] : nil
  }

  /// Drawn by the screen and worth nothing to a program.
  package var isDrawing: Bool { unit == .drawing }
}

/// A field among the metrics of OpenMetrics: "psi_some", and the words of a set of states.
package struct FieldMetric: Sendable, ExpressibleByStringLiteral {
  package let name: String
  package let words: [String]

  init(_ name: String, words: [String]) {
    self.name = name
    self.words = words
  }

  package init(stringLiteral name: String) { self.init(name, words: []) }
}

/// What a field's bare number means to a program.
package enum FieldUnit: String, Hashable, Sendable {
  case bytes
  case rate = "bytes/s"
  case seconds
  case percent
  case count
  case text
  case drawing

  package var isNumeric: Bool {
    switch self {
    case .bytes, .rate, .seconds, .percent, .count: true
    case .text, .drawing: false
    }
  }
}

package enum FieldAlignment: Hashable, Sendable { case left, right }

/// A field's value for one domain at one instant.
package enum FieldValue: Hashable, Sendable {
  case bytes(Bytes)
  case rate(Bytes)
  case seconds(Int64)
  case percent(hundredths: Int)
  case count(Int64)
  case text(String)
  /// The guest did not say: "?".
  case unreported
  /// There is no such thing for this domain: "-".
  case absent

  /// A number as it is kept.
  init(_ number: Int64, _ unit: FieldUnit) {
    self =
      switch unit {
      case .bytes: .bytes(Bytes(number))
      case .rate: .rate(Bytes(number))
      case .seconds: .seconds(number)
      case .percent: .percent(hundredths: Int(number))
      case .count: .count(number)
      case .text, .drawing: .absent
      }
  }
}
