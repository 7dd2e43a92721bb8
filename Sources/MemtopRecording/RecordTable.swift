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

  /// What the table holds of a row, in the order of its SQL columns after `id`.
  var columns: [Column] { Self.columnTable[rawValue] }

  /// The places of `columns` in a row.
  var places: [Int] { Self.placeTable[rawValue] }

  private static let columnTable = allCases.map(\.listedColumns)
  private static let placeTable = columnTable.map { $0.map(\.rawValue) }

  private var listedColumns: [Column] {
    switch self {
    case .base: Self.allColumns
    case .report:
      [
        .available, .free, .cache, .swapUsed, .swapIn, .swapOut, .psiSome, .psiFull, .total,
        .swapTotal,
      ]
    case .allocation: [.allocation]
    case .balloon:
      [.target, .limit, .phase, .phaseSince, .startedFrom, .offset, .hasFollowed]
    case .limits: [.staticMax, .dynamicMin, .dynamicMax, .claim, .videoram]
    case .state: [.state, .pressure, .selfBallooning]
    }
  }

  /// Those whose rows tell of a change, where `base` tells all.
  static let changes = allCases.filter { $0 != .base }

  /// Every column but those that say who it is, which are the table `identity`, and those that are not
  /// recorded.
  static let allColumns = Column.allCases.filter {
    $0 != .present && $0 != .text && $0 != .overhead
  }

  /// Which table tells of a change of each column, by the column's raw value; nil where it follows
  /// from others (`RowPrediction`).
  static let owners: [RecordTable?] = Column.allCases.map { column in
    changes.first { $0.columns.contains(column) }
  }
}

extension SampleRow.Column {
  /// Its name in SQL.
  var sql: String {
    switch self {
    case .present, .text, .overhead: preconditionFailure("\(self) is no column of the file")
    case .arrival: "reported_at"
    case .allocation: "allocation"
    case .target: "target"
    case .busy: "busy"
    case .available: "available"
    case .cache: "cache"
    case .swapUsed: "swap_used"
    case .swapInRate: "swap_in_rate"
    case .swapOutRate: "swap_out_rate"
    case .staticMax: "static_max"
    case .dynamicMin: "dynamic_min"
    case .dynamicMax: "dynamic_max"
    case .limit: "max_pages"
    case .claim: "claim"
    case .videoram: "videoram"
    case .pressure: "pressure"
    case .state: "state"
    case .phase: "phase"
    case .phaseSince: "phase_since"
    case .startedFrom: "started_from"
    case .offset: "rest_offset"
    case .hasFollowed: "has_followed"
    case .selfBallooning: "self_ballooning"
    case .free: "free"
    case .total: "total"
    case .swapTotal: "swap_total"
    case .psiSome: "psi_some"
    case .psiFull: "psi_full"
    case .swapIn: "swap_in"
    case .swapOut: "swap_out"
    case .sequence: "seq"
    }
  }

  /// What its numbers are, and so within which bounds they are believed (`Statement`).
  enum Meaning {
    case amount, time, rate, code, share, bits
  }

  var meaning: Meaning {
    switch self {
    case .allocation, .target, .busy, .available, .cache, .swapUsed, .staticMax, .dynamicMin,
      .dynamicMax, .limit, .claim, .overhead, .videoram, .startedFrom, .offset, .free, .total,
      .swapTotal,
      .swapIn, .swapOut:
      .amount
    case .arrival, .phaseSince: .time
    case .swapInRate, .swapOutRate: .rate
    case .present, .text, .pressure, .state, .phase, .hasFollowed, .selfBallooning: .code
    case .psiSome, .psiFull: .share
    case .sequence: .bits
    }
  }

  var unit: RecordTable.Unit { meaning == .amount ? .kib : .plain }
}

extension [Int64] {
  /// A row in which what is beyond all bounds is unknown, as it would be to whoever reads it.
  var bounded: [Int64] {
    let bounds = -Bounds.amount...Bounds.amount
    if allSatisfy({ bounds.contains($0) || $0 == SampleRow.missing }) { return self }
    return indices.map { column in
      bounds.contains(self[column]) || column == SampleRow.Column.sequence.rawValue
        ? self[column] : SampleRow.missing
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
