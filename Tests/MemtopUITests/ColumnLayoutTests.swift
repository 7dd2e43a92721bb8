import Testing

@testable import MemtopCore
@testable import MemtopUI

@Suite(.timeLimit(.minutes(30))) struct ColumnLayoutTests {
  @Test("at 80 columns the essential fields remain")
  func eighty() {
    let shown = Set(ColumnLayout(width: 80).columns.map(\.field.id))
    #expect(
      shown.isSuperset(of: [.name, .alloc, .target, .busy, .avail, .swapin, .condition, .bar]))
  }

  @Test("every field that can vanish is a column, once; new ones stand where the table has them")
  func listed() {
    let columns = Field.table.filter { $0.dropOrder != nil }.map(\.id)
    #expect(ColumnLayout.listed.count == columns.count)
    #expect(Set(ColumnLayout.listed) == Set(columns))
    #expect(
      ColumnLayout.listed.map(\.rawValue).joined(separator: " ")
        == "id name host kind alloc target advice max dynmin dynmax overhead busy cache free avail swap "
        + "swapin swapout condition bar spark age dialect ip os")
  }

  @Test("columns never overlap, at any width", arguments: 1...220)
  func noOverlap(width: Int) {
    var end = 0
    for column in ColumnLayout(width: width, longestName: 30).columns {
      #expect(column.x > end)
      #expect(column.width > 0)
      end = column.x + column.width - 1
    }
    #expect(end < max(width, 2))
  }

  @Test("a field that is shown at a width is shown at every greater one")
  func monotonic() {
    var before: Set<FieldID> = []
    for width in 1...220 {
      let now = Set(ColumnLayout(width: width).columns.map(\.field.id))
      #expect(now.isSuperset(of: before), "\(width): \(before.subtracting(now))")
      before = now
    }
  }
}
