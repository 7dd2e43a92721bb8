/// One fact about a domain: the vocabulary of columns, sort, filter, csv, json and the manual.
///
/// Declared once, in `Field.table`; whatever lists fields reads that table.
public struct Field: Sendable {
  public let id: FieldID
  /// The column's heading.
  public let title: String
  public let unit: FieldUnit
  /// Columns on a screen: `least` where it is narrow, `width` where there is room.
  public let least: Int
  public let width: Int
  public let alignment: FieldAlignment
  /// Which columns vanish first as the screen narrows: the highest. nil is never a column.
  public let dropOrder: Int?
  /// One sentence for help, `--help` and the manual.
  public let description: String
  public let value: @Sendable (DomainSample) -> FieldValue

  init(
    _ id: FieldID, _ title: String, _ unit: FieldUnit, least: Int? = nil, width: Int,
    drop: Int? = nil, _ description: String, value: @escaping @Sendable (DomainSample) -> FieldValue
  ) {
    self.id = id
    self.title = title
    self.unit = unit
    self.least = least ?? width
    self.width = width
    self.alignment = unit.isNumeric ? .right : .left
    self.dropOrder = drop
    self.description = description
    self.value = value
  }

  /// The field with this id.
  public static func of(_ id: FieldID) -> Field { table[id.index] }

  /// The field that a user named, or nil: "alloc", in any case.
  public static func named(_ name: some StringProtocol) -> Field? {
    FieldID(rawValue: name.lowercased()).map(of)
  }

  /// Drawn by the screen and worth nothing to a program.
  public var isDrawing: Bool { unit == .drawing }
}

/// A field's name in `--fields`, `--sort`, filters, csv and json.
public enum FieldID: String, CaseIterable, Hashable, Sendable {
  case id, name, state, condition, alloc, target, max, dynmin, dynmax, limit, overhead
  case busy, cache, avail, free, swap, swapin, swapout, pressure
  case psiSome = "psi_some"
  case psiFull = "psi_full"
  case health, age, advice, dialect, regulation, kind
  case stubOf = "stub_of"
  case uuid, os, ip, bar, spark

  /// Its place in `Field.table`.
  var index: Int { Self.allCases.firstIndex(of: self)! }
}

/// What a field's bare number means to a program.
public enum FieldUnit: String, Hashable, Sendable {
  case bytes
  case rate = "bytes/s"
  case seconds
  case percent
  case count
  case text
  case drawing

  public var isNumeric: Bool {
    switch self {
    case .bytes, .rate, .seconds, .percent, .count: true
    case .text, .drawing: false
    }
  }
}

public enum FieldAlignment: Hashable, Sendable { case left, right }

/// A field's value for one domain at one instant.
public enum FieldValue: Hashable, Sendable {
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
}
