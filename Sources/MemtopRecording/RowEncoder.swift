import Glibc
import MemtopCore

/// Finds the least that must be stored of a domain's row so that a reader arrives at it again.
///
/// A hundred rows a second come by here: its storage serves every row.
struct RowEncoder {
  /// What is stored of one table: a value for each of its columns, NULL where `missing`.
  struct Stored {
    var table: RecordTable
    var values: ArraySlice<Int64>
  }

  /// One for each table, by its raw value.
  private var parts = RecordTable.allCases.map { Stored(table: $0, values: $0.blank[...]) }
  /// What a reader arrives at.
  private var decoded = Row(repeating: SampleRow.missing, count: SampleRow.width)

  /// What is to be stored of `table`, as the last call found it.
  subscript(table: RecordTable) -> Stored { parts[table.rawValue] }

  /// The tables that lead from `before` to `now`; none where nothing changed.
  ///
  /// What came out is what a reader will make of it: the encoder decodes it once, and where that is
  /// not `now`, it stores everything.
  mutating func changes(from before: Row, to now: Row, at: Int64) -> TableSet {
    var tables = Self.changed(before, now)
    if tables.isEmpty { return now == before ? [] : base(now) }
    for table in RecordTable.changes where tables.contains(table) {
      guard take(table, before, now) else { return base(now) }
    }
    if isDecoded(tables, before, now, at) { return tables }
    explain(&tables, now)
    return isDecoded(tables, before, now, at) ? tables : base(now)
  }

  /// All of `now`.
  mutating func base(_ now: Row) -> TableSet {
    let plan = RecordTable.base.plan
    parts[RecordTable.base.rawValue].values.withUnsafeMutableBufferPointer { values in
      for (index, place) in plan.enumerated() { values[index] = now[place.index] }
    }
    return TableSet(.base)
  }

  /// Whether a reader who finds `before` arrives at `now`.
  private mutating func isDecoded(
    _ tables: TableSet, _ before: Row, _ now: Row, _ at: Int64
  ) -> Bool {
    decoded.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: before) }
    RowDecoder.apply(parts, only: tables, to: &decoded, at: at)
    return decoded.withUnsafeBytes { decoded in
      now.withUnsafeBytes { memcmp(decoded.baseAddress!, $0.baseAddress!, decoded.count) == 0 }
    }
  }

  /// The tables that tell of what differs.
  private static func changed(_ before: Row, _ now: Row) -> TableSet {
    // Through pointers, here and below: owners are not looked at again for each number.
    before.withUnsafeBufferPointer { before in
      now.withUnsafeBufferPointer { now in
        RecordTable.owners.withUnsafeBufferPointer { owners in
          var tables = TableSet()
          for column in owners.indices where now[column] != before[column] {
            tables.formUnion(owners[column])
          }
          return tables
        }
      }
    }
  }

  /// Takes the table's columns as they change; false where that cannot be said as a change.
  private mutating func take(_ table: RecordTable, _ before: Row, _ now: Row) -> Bool {
    let (plan, missing) = (table.plan, SampleRow.missing)
    return parts[table.rawValue].values.withUnsafeMutableBufferPointer { values in
      before.withUnsafeBufferPointer { before in
        now.withUnsafeBufferPointer { now in
          for (index, place) in plan.enumerated() {
            let (old, new) = (before[place.index], now[place.index])
            let isChange = old != new && !place.isInferred
            if place.isKiB, new != missing, new & 1023 != 0 { return false }
            if isChange, new == missing || table == .report && old == missing { return false }
            values[index] = !isChange ? missing : table == .report ? new &- old : new
          }
          return true
        }
      }
    }
  }

  /// Says outright where a journey began and last went on, which is else inferred.
  private mutating func explain(_ tables: inout TableSet, _ now: Row) {
    let balloon = RecordTable.balloon
    for (index, column) in balloon.plan.enumerated()
    where column.isInferred && decoded[column.index] != now[column.index]
      && now[column.index] != SampleRow.missing
    {
      if !tables.contains(balloon) {
        parts[balloon.rawValue].values = balloon.blank[...]
        tables.insert(balloon)
      }
      let first = parts[balloon.rawValue].values.startIndex
      parts[balloon.rawValue].values[first + index] = now[column.index]
    }
  }
}

/// Arrives at a domain's row from the one before and what is stored of it.
enum RowDecoder {
  /// What was not known is not known by its growth, nor is what went beyond all bounds.
  private static func sum(_ before: Int64, _ growth: Int64) -> Int64 {
    guard before != SampleRow.missing else { return before }
    let sum = before &+ growth
    return (-Bounds.amount...Bounds.amount).contains(sum) ? sum : SampleRow.missing
  }

  /// Total: whatever a damaged file holds, there is a row.
  ///
  /// - Parameter only: the tables of which `stored` is heeded.
  static func apply(
    _ stored: [RowEncoder.Stored], only: TableSet = .all, to row: inout Row, at: Int64
  ) {
    let before = RowPrediction.Before(row)
    var tables = TableSet()
    // By their indices: what is not heeded is not even looked at.
    for index in stored.indices where only.contains(stored[index].table) {
      let table = stored[index].table
      tables.insert(table)
      row.withUnsafeMutableBufferPointer { row in
        stored[index].values.withUnsafeBufferPointer { put($0, table, table.plan, &row) }
      }
    }
    if tables.contains(.base) { return }
    RowPrediction.complete(&row, from: before, tables: tables, at: at)
    guard tables.contains(.balloon) else { return }
    for part in stored where part.table == .balloon {
      for (place, value) in zip(part.table.plan, part.values)
      where place.isInferred && value != SampleRow.missing {
        row[place.index] = value
      }
    }
  }

  private static func put(
    _ values: UnsafeBufferPointer<Int64>, _ table: RecordTable, _ plan: [RecordTable.Place],
    _ row: inout UnsafeMutableBufferPointer<Int64>
  ) {
    let missing = SampleRow.missing
    for (place, value) in zip(plan, values) {
      switch table {
      case .base: row[place.index] = value
      case .report: if value != missing { row[place.index] = sum(row[place.index], value) }
      case .allocation, .balloon, .limits, .state: if value != missing { row[place.index] = value }
      }
    }
  }
}

/// A domain's row of numbers, and which of its tables speak of a change.
typealias Row = [Int64]

/// What follows from a change, so that it need not be stored: the arrival of a report, and what
/// memtop's observer concluded from it.
///
/// Writer and reader do the same; where the truth is otherwise, the writer writes a `base` row.
enum RowPrediction {
  typealias Column = SampleRow.Column

  /// What of the row before decides what follows.
  struct Before {
    let arrival, swapIn, swapOut, allocation, target, phase: Int64

    init(_ row: Row) {
      arrival = row[.arrival]
      swapIn = row[.swapIn]
      swapOut = row[.swapOut]
      allocation = row[.allocation]
      target = row[.target]
      phase = row[.phase]
    }
  }

  /// Completes `row`, in which the stored columns of `tables` are set.
  static func complete(_ row: inout Row, from before: Before, tables: TableSet, at: Int64) {
    if tables.contains(.report) { reportArrived(&row, before, at) }
    guard tables.contains(.allocation) || tables.contains(.balloon) else { return }
    if row[.target] != before.target { row[.startedFrom] = row[.allocation] }
    if row[.phase] == 0 {
      row[.phaseSince] = SampleRow.missing
    } else if row[.allocation] != before.allocation || row[.phase] != before.phase {
      row[.phaseSince] = at
    }
  }

  /// `ReportedFigures.swift` has what busy and the rates are; `Observer` computes them so.
  private static func reportArrived(_ row: inout Row, _ before: Before, _ at: Int64) {
    row[.arrival] = at
    if row[.sequence] != SampleRow.missing { row[.sequence] &+= 1 }
    let available = row[.available]
    let isKnown = available != SampleRow.missing && row[.allocation] != SampleRow.missing
    row[.busy] = isKnown ? max(0, row[.allocation] &- available) : SampleRow.missing
    let span = before.arrival == SampleRow.missing ? 0 : at &- before.arrival
    row[.swapInRate] = rate(before.swapIn, row[.swapIn], span)
    row[.swapOutRate] = rate(before.swapOut, row[.swapOut], span)
  }

  private static func rate(_ before: Int64, _ now: Int64, _ span: Int64) -> Int64 {
    guard span > 0, before != SampleRow.missing, now != SampleRow.missing, now >= before else {
      return SampleRow.missing
    }
    let (product, overflow) = (now &- before).multipliedReportingOverflow(by: 1000)
    return overflow || product / span > Bounds.amount ? SampleRow.missing : product / span
  }
}

/// A set of tables.
struct TableSet: OptionSet {
  let rawValue: UInt8
  static let all = TableSet(rawValue: .max)

  init(rawValue: UInt8) { self.rawValue = rawValue }

  init(_ table: RecordTable) { self.init(rawValue: 1 << UInt8(table.rawValue)) }

  func contains(_ table: RecordTable) -> Bool { rawValue & 1 << UInt8(table.rawValue) != 0 }
  mutating func insert(_ table: RecordTable) {
    self = TableSet(rawValue: rawValue | 1 << UInt8(table.rawValue))
  }
}

extension [Int64] {
  subscript(column: SampleRow.Column) -> Int64 {
    get { self[column.rawValue] }
    set { self[column.rawValue] = newValue }
  }
}
