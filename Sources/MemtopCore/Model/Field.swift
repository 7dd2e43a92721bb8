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

  init(
    _ id: FieldID, _ title: String, _ unit: FieldUnit, least: Int? = nil, width: Int,
    drop: Int? = nil, after neighbour: FieldID? = nil, _ description: String,
    metric: FieldMetric? = nil, isRecorded: Bool = true, stored: StoredNumber? = nil,
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

/// A field's name in `--fields`, `--sort`, filters, csv and json; at most 16 ASCII letters.
///
/// Two numbers rather than a string: the screen compares them for every cell.
package struct FieldID: Hashable, Sendable, ExpressibleByStringLiteral {
  @usableFromInline let high: UInt64
  @usableFromInline let low: UInt64

  @inlinable package static func == (a: FieldID, b: FieldID) -> Bool {
    a.low == b.low && a.high == b.high
  }

  package init(stringLiteral name: StaticString) {
    precondition(name.utf8CodeUnitCount <= 16 && name.isASCII)
    var (high, low) = (UInt64(0), UInt64(0))
    name.withUTF8Buffer { bytes in
      for byte in bytes {
        high = high << 8 | low >> 56
        low = low << 8 | UInt64(byte)
      }
    }
    (self.high, self.low) = (high, low)
  }

  package var rawValue: String {
    let shifts = stride(from: 56, through: 0, by: -8)
    let bytes =
      shifts.map { UInt8(truncatingIfNeeded: high >> UInt64($0)) }
      + shifts.map { UInt8(truncatingIfNeeded: low >> UInt64($0)) }
    return String(decoding: bytes.drop { $0 == 0 }, as: UTF8.self)
  }

  /// Of every field, in the order of the table.
  package static let allCases = Field.table.map(\.id)
}

// Fields that something else knows by name.
extension FieldID {
  package static let id: FieldID = "id"
  package static let name: FieldID = "name"
  package static let state: FieldID = "state"
  package static let condition: FieldID = "condition"
  package static let alloc: FieldID = "alloc"
  package static let target: FieldID = "target"
  package static let max: FieldID = "max"
  package static let dynmin: FieldID = "dynmin"
  package static let dynmax: FieldID = "dynmax"
  package static let limit: FieldID = "limit"
  package static let overhead: FieldID = "overhead"
  package static let busy: FieldID = "busy"
  package static let cache: FieldID = "cache"
  package static let avail: FieldID = "avail"
  package static let free: FieldID = "free"
  package static let swap: FieldID = "swap"
  package static let swapin: FieldID = "swapin"
  package static let swapout: FieldID = "swapout"
  package static let pressure: FieldID = "pressure"
  package static let health: FieldID = "health"
  package static let age: FieldID = "age"
  package static let advice: FieldID = "advice"
  package static let dialect: FieldID = "dialect"
  package static let kind: FieldID = "kind"
  package static let uuid: FieldID = "uuid"
  package static let os: FieldID = "os"
  package static let ip: FieldID = "ip"
  package static let host: FieldID = "host"
  package static let bar: FieldID = "bar"
  package static let spark: FieldID = "spark"
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

/// A value ready to be compared many times: no text is made or read while sorting numbers.
package enum SortKey: Comparable, Sendable {
  case number(Int64)
  case text(String)
  /// Sorts last, whichever way the rest goes.
  case missing

  package init(_ value: FieldValue) {
    switch value {
    case .bytes(let amount), .rate(let amount): self = .number(amount.count)
    case .seconds(let number), .count(let number): self = .number(number)
    case .percent(let hundredths): self = .number(Int64(hundredths))
    case .text(let text): self = .text(text)
    case .unreported, .absent: self = .missing
    }
  }
}

extension Field {
  /// Indices of `domains` ordered by this field: the biggest number, the worst word, or the first
  /// of plain words comes first.
  ///
  /// Ties keep the order of `domains`; domains without a value come last.
  package func order(of domains: some Sequence<DomainSample>, reversed: Bool = false) -> [Int] {
    var rows = domains.enumerated().map { (key: sortKey($1), index: $0) }
    let descending = (unit.isNumeric || isRanked) != reversed
    rows.sort { a, b in
      if a.key == b.key { return a.index < b.index }
      if a.key == .missing || b.key == .missing { return b.key == .missing }
      return descending ? a.key > b.key : a.key < b.key
    }
    return rows.map(\.index)
  }

  /// Words that have a worst.
  private var isRanked: Bool {
    switch id {
    case .condition, .pressure, .health, .state: true
    default: false
    }
  }

  private func sortKey(_ sample: DomainSample) -> SortKey {
    switch id {
    case .condition: .number(Int64(Condition(sample).word.rawValue))
    case .pressure: sample.pressure.map { .number(Int64($0.rawValue)) } ?? .missing
    case .health: .number(sample.health.rank)
    case .state: .number(sample.state.rank)
    default: SortKey(value(sample))
    }
  }
}

extension ReportHealth {
  /// The worst has the most.
  fileprivate var rank: Int64 {
    switch self {
    case .fresh: 0
    case .unknownAge: 1
    case .silent: 2
    case .stale: 3
    case .implausible: 4
    case .unreadable: 5
    }
  }
}

extension DomainState {
  /// The worst has the most.
  fileprivate var rank: Int64 {
    switch self {
    case .running: 0
    case .reading: 1
    case .paused: 2
    case .booting: 3
    case .building: 4
    case .migrating: 5
    case .shutdown: 6
    case .dying: 7
    case .stuck: 8
    case .crashed: 9
    }
  }
}
