import MemtopCore

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

  /// ARCHITECTURE.md has what busy and the rates are; `Observer` computes them so.
  private static func reportArrived(_ row: inout Row, _ before: Before, _ at: Int64) {
    row[.arrival] = at
    if row[.sequence] != SampleRow.missing { row[.sequence] &+= 1 }
    let available = row[.available]
    row[.busy] =
      available == SampleRow.missing ? available : max(0, row[.allocation] &- available)
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
