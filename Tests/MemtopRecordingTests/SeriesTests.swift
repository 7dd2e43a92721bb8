import MemtopCore
import Testing

@testable import MemtopRecording

@Suite("Levels of a recording's stretch", .timeLimit(.minutes(30))) struct SeriesTests {
  @Test("any number of columns has room: all of a row")
  func allColumns() {
    let columns = SampleRow.Column.allCases
    #expect(columns.count > 8)
    var series = Series(first: 1, start: 0, columns: columns)
    let id = DomainID(domid: 7, uuid: Handmade.uuid)
    let text = DomainText(
      facts: DomainFacts(name: "db2"), kind: .pv, life: .running, health: .fresh, dialect: nil,
      interval: nil)
    var stand = RecordedState.PlaceState(
      identity: Identity(id: id, text: text), row: columns.map { Int64($0.rawValue) })
    stand.isPresent = true
    series.note(0, stand, at: 1_000)
    stand.isPresent = false
    series.note(0, stand, at: 3_000)
    for column in columns {
      let cells = ChartCells(
        ending: SteadyTime(milliseconds: 3_000), count: 4, length: .seconds(1))
      var filler = CellFiller(cells, isPeak: false)
      series.fill(&filler, column.rawValue, of: HistoryKey(id), from: 0, to: 3_000)
      let level = Int64(column.rawValue)
      #expect(filler.finish() == [nil, level, level, nil])
    }
  }
}
