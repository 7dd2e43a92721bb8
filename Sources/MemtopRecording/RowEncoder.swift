import MemtopCore

/// Finds the least that must be stored of a domain's row so that a reader arrives at it again.
struct RowEncoder {
  /// What is stored of one table: a value for each of its columns, NULL where `missing`.
  struct Stored {
    var table: RecordTable
    var values: ArraySlice<Int64>
  }

  /// The rows that lead from `before` to `now`; none where nothing changed.
  ///
  /// What came out is what a reader will make of it: the encoder decodes it once, and where that is
  /// not `now`, it stores everything.
  static func changes(from before: Row, to now: Row, at: Int64) -> [Stored] {
    var tables = TableSet()
    for column in now.indices where now[column] != before[column] {
      if let owner = RecordTable.owners[column] { tables.insert(owner) }
    }
    if now[.arrival] != before[.arrival] { tables.insert(.report) }
    if tables.isEmpty { return now == before ? [] : [base(now)] }
    var stored: [Stored] = []
    for table in RecordTable.changes where tables.contains(table) {
      guard let values = values(table, before, now) else { return [base(now)] }
      stored.append(Stored(table: table, values: values[...]))
    }
    var decoded = RowDecoder.row(before, stored, at: at)
    if decoded == now { return stored }
    explain(&stored, before, now, decoded)
    decoded = RowDecoder.row(before, stored, at: at)
    return decoded == now ? stored : [base(now)]
  }

  static func base(_ now: Row) -> Stored {
    Stored(table: .base, values: RecordTable.base.columns.map { now[$0] }[...])
  }

  /// The table's columns as they change; nil where that cannot be said as a change.
  private static func values(_ table: RecordTable, _ before: Row, _ now: Row) -> [Int64]? {
    var values: [Int64] = []
    for column in table.columns {
      let (old, new) = (before[column], now[column])
      if column.unit == .kib, new != SampleRow.missing, new & 1023 != 0 { return nil }
      if old == new || column == .phaseSince || column == .startedFrom {
        values.append(SampleRow.missing)
      } else if new == SampleRow.missing {
        return nil
      } else if table == .report {
        guard old != SampleRow.missing else { return nil }
        values.append(new &- old)
      } else {
        values.append(new)
      }
    }
    return values
  }

  /// Says outright where a journey began and last went on, which is else inferred.
  private static func explain(
    _ stored: inout [Stored], _ before: Row, _ now: Row, _ decoded: Row
  ) {
    let columns = RecordTable.balloon.columns
    var place = stored.firstIndex { $0.table == .balloon }
    for column in [SampleRow.Column.phaseSince, .startedFrom]
    where decoded[column] != now[column] && now[column] != SampleRow.missing {
      if place == nil {
        stored.append(
          Stored(
            table: .balloon,
            values: [Int64](repeating: SampleRow.missing, count: columns.count)[...]))
        place = stored.count - 1
      }
      stored[place!].values[columns.firstIndex(of: column)!] = now[column]
    }
  }
}

/// Arrives at a domain's row from the one before and what is stored of it.
enum RowDecoder {
  static func row(_ before: Row, _ stored: [RowEncoder.Stored], at: Int64) -> Row {
    var row = before
    apply(stored, to: &row, at: at)
    return row
  }

  /// What was not known is not known by its growth, nor is what went beyond all bounds.
  private static func sum(_ before: Int64, _ growth: Int64) -> Int64 {
    guard before != SampleRow.missing else { return before }
    let sum = before &+ growth
    return (-Bounds.amount...Bounds.amount).contains(sum) ? sum : SampleRow.missing
  }

  /// Total: whatever a damaged file holds, there is a row.
  static func apply(_ stored: [RowEncoder.Stored], to row: inout Row, at: Int64) {
    let before = RowPrediction.Before(row)
    var tables = TableSet()
    for part in stored {
      tables.insert(part.table)
      for (place, value) in zip(part.table.places, part.values) {
        switch part.table {
        case .base: row[place] = value
        case .report: if value != SampleRow.missing { row[place] = sum(row[place], value) }
        case .allocation, .balloon, .limits, .state:
          if value != SampleRow.missing { row[place] = value }
        }
      }
    }
    if tables.contains(.base) { return }
    RowPrediction.complete(&row, from: before, tables: tables, at: at)
    for part in stored where part.table == .balloon {
      for (column, value) in zip(part.table.columns, part.values)
      where value != SampleRow.missing && (column == .phaseSince || column == .startedFrom) {
        row[column] = value
      }
    }
  }
}
