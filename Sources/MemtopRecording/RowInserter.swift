import MemtopCore

/// Inserts rows into one of the domains' tables: several with one statement where there are so many,
/// which takes SQLite two thirds of what it takes for them one by one.
final class RowInserter {
  /// More at once gain little.
  private static let most = 8

  private let table: RecordTable
  private let database: Database
  private let one: Statement
  /// Of `most` rows; nil as long as there were not so many.
  private var several: Statement?
  private var ids: [Int64] = []
  /// The values of the rows that wait, one row after the other.
  private var values: [Int64] = []

  init(_ table: RecordTable, _ database: Database) throws(DatabaseError) {
    (self.table, self.database) = (table, database)
    one = try Self.prepare(table, rows: 1, database)
  }

  private static func prepare(_ table: RecordTable, rows: Int, _ database: Database)
    throws(DatabaseError) -> Statement
  {
    let columns = ["id"] + table.firstColumns + table.laterColumns
    let row = "(" + columns.map { _ in "?" }.joined(separator: ", ") + ")"
    let marks = [String](repeating: row, count: rows).joined(separator: ", ")
    return try database.prepare(
      "INSERT INTO \(table.name)(\(columns.joined(separator: ", "))) VALUES\(marks)")
  }

  /// - Parameter values: of the table's columns after `id`.
  func insert(_ values: ArraySlice<Int64>, id: Int64) throws(DatabaseError) {
    ids.append(id)
    self.values.append(contentsOf: values)
    guard ids.count == Self.most else { return }
    if several == nil { several = try Self.prepare(table, rows: Self.most, database) }
    guard let statement = several else { return }
    statement.unbind()
    for row in ids.indices { bind(row, to: statement, at: row) }
    try statement.run()
    drop()
  }

  /// Inserts those that wait.
  func finish() throws(DatabaseError) {
    for row in ids.indices {
      one.unbind()
      bind(row, to: one, at: 0)
      try one.run()
    }
    drop()
  }

  func drop() {
    ids.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
  }

  /// - Parameter place: the row's in the statement.
  private func bind(_ row: Int, to statement: Statement, at place: Int) {
    let plan = table.plan
    let first = place * (plan.count + 1) + 1
    statement.bind(first, ids[row])
    for (index, column) in plan.enumerated() {
      let value = values[row * plan.count + index]
      if value == SampleRow.missing { continue }
      if column.isKiB {
        statement.bindKiB(first + 1 + index, value)
      } else {
        statement.bind(first + 1 + index, value)
      }
    }
  }
}
