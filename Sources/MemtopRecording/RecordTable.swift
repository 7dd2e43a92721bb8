import MemtopCore

/// The tables that hold what changed of a domain, each with the columns that change together.
///
/// A row's id is `sample << 11 | place`, so that rows stand in the order in which they were written
/// and an instant is a range of ids. memtop-recording(5) describes the columns for readers.
enum RecordTable: Int, CaseIterable {
  /// Everything of a domain, absolutely.
  case base
  /// Its report arrived; columns are differences from the values before.
  case report
  case allocation
  case balloon
  case limits
  case state

  typealias Column = SampleRow.Column

  /// How a column stands in the file.
  enum Unit {
    /// Bytes here, KiB there.
    case kib
    case plain
  }

  /// The name of its SQL table.
  var name: String {
    switch self {
    case .base: "base"
    case .report: "report"
    case .allocation: "allocation"
    case .balloon: "balloon"
    case .limits: "limits"
    case .state: "state"
    }
  }

  /// Its SQL columns after `id` as every recording has them, in their order: they never change. What is
  /// recorded since follows as `laterColumns`.
  var firstColumns: [String] {
    switch self {
    case .base:
      [
        "reported_at", "allocation", "target", "busy", "available", "cache", "swap_used",
        "swap_in_rate", "swap_out_rate", "static_max", "dynamic_min", "dynamic_max", "max_pages",
        "claim", "videoram", "pressure", "state", "phase", "phase_since", "started_from",
        "rest_offset", "has_followed", "self_ballooning", "free", "total", "swap_total",
        "psi_some", "psi_full", "swap_in", "swap_out", "seq",
      ]
    case .report:
      [
        "available", "free", "cache", "swap_used", "swap_in", "swap_out", "psi_some", "psi_full",
        "total", "swap_total",
      ]
    case .allocation: ["allocation"]
    case .balloon:
      [
        "target", "max_pages", "phase", "phase_since", "started_from", "rest_offset",
        "has_followed",
      ]
    case .limits: ["static_max", "dynamic_min", "dynamic_max", "claim", "videoram"]
    case .state: ["state", "pressure", "self_ballooning"]
    }
  }

  /// Those of numbers that were not recorded from the first; earlier recordings have them not.
  var laterColumns: [String] { Self.laterTable[rawValue] }

  /// What the table holds of a row, in the order of its SQL columns after `id`.
  var columns: [Column] { Self.columnTable[rawValue] }

  /// Where `columns` stand in a row, and how they are told.
  var plan: [Place] { Self.plans[rawValue] }

  /// As many values as columns, none of which says anything.
  var blank: [Int64] { Self.blanks[rawValue] }

  /// A column's place in a row.
  struct Place {
    let index: Int
    let isKiB: Bool
    /// It follows from others, and is told only where it does not.
    let isInferred: Bool

    init(_ column: Column) {
      index = column.rawValue
      isKiB = column.unit == .kib
      isInferred = column == .phaseSince || column == .startedFrom
    }
  }

  private static let laterTable = allCases.map { table in
    let first = Set(table.firstColumns)
    return StoredNumber.table.filter { table.holds($0.group) && !first.contains($0.sql) }
      .map(\.sql)
  }
  private static let columnTable = allCases.map { table in
    (table.firstColumns + table.laterColumns).map { Column($0) }
  }
  private static let plans = columnTable.map { $0.map(Place.init) }
  private static let blanks = columnTable.map {
    [Int64](repeating: SampleRow.missing, count: $0.count)
  }

  /// Whether numbers that change together in this way are written here.
  func holds(_ group: StoredNumber.Group) -> Bool {
    switch (self, group) {
    case (_, .unrecorded): false
    case (.base, _), (.report, .report), (.allocation, .allocation), (.balloon, .balloon),
      (.limits, .limits), (.state, .state):
      true
    case (.report, _), (.allocation, _), (.balloon, _), (.limits, _), (.state, _): false
    }
  }

  /// Those whose rows tell of a change, where `base` tells all.
  static let changes = allCases.filter { $0 != .base }

  /// Which table tells of a change of each column, by the column's raw value; none where it follows
  /// from others (`RowPrediction`).
  static let owners = Column.allCases.map { column in
    var owners = TableSet()
    // When a report arrived follows from its being there.
    if column == .arrival { owners.insert(.report) }
    if let owner = changes.first(where: { $0.columns.contains(column) }) { owners.insert(owner) }
    return owners
  }

  /// What only the run's own past keeps.
  static let unrecorded = Column.allCases.filter { $0.number?.group == .unrecorded }
}

extension SampleRow.Column {
  var unit: RecordTable.Unit { meaning == .amount ? .kib : .plain }
}

extension [Int64] {
  /// Makes unknown what is beyond all bounds, as it would be to a reader of the file.
  mutating func keepToBounds() {
    let (bounds, missing) = (-Bounds.amount...Bounds.amount, SampleRow.missing)
    let sequence = SampleRow.Column.sequence.rawValue
    withUnsafeMutableBufferPointer { row in
      for column in row.indices where !bounds.contains(row[column]) && column != sequence {
        row[column] = missing
      }
    }
  }
}

/// Where a domain's rows stand: the low bits of their ids.
enum RowID {
  static let placeBits: Int64 = 11
  /// Domains that a recording can hold at a time.
  static let mostPlaces = 1 << placeBits

  /// Samples have smaller numbers, so that the ids of their events are numbers, too; a damaged file
  /// may say otherwise.
  static let mostSamples: Int64 = 1 << 40

  static func make(sample: Int64, place: Int) -> Int64 { sample << placeBits | Int64(place) }
  static func sample(_ id: Int64) -> Int64 { id >> placeBits }
  static func place(_ id: Int64) -> Int { Int(id & Int64(mostPlaces - 1)) }
  /// Every id of the samples in `range`.
  static func ids(_ range: ClosedRange<Int64>) -> ClosedRange<Int64> {
    (range.lowerBound << placeBits)...(range.upperBound << placeBits | Int64(mostPlaces - 1))
  }
}
