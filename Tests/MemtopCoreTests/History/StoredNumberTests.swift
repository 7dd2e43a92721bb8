import Testing

@testable import MemtopCore

@Suite("Numbers that are kept", .timeLimit(.minutes(30))) struct StoredNumberTests {
  private static let id = DomainID(domid: 7, uuid: DomainUUID(high: 1, low: 2))
  private static let text = DomainText(
    facts: DomainFacts(name: "db2"), kind: .pv, life: .running, health: .fresh, dialect: .memtop,
    interval: nil)

  /// Of each number another one, which it can have; cache is in what is available, beside what is free.
  private static let row = SampleRow.Column.allCases.map { column in
    switch column.meaning {
    case .code: Int64(1)
    case .amount where column == .free: Int64(1 << 20)
    case .amount where column == .available: Int64(1 << 40)
    case .amount, .time, .rate, .share, .bits: Int64(1_000 + column.rawValue)
    }
  }

  @Test("no two have the same name in SQL")
  func names() {
    let names = StoredNumber.table.map(\.sql)
    #expect(Set(names).count == names.count)
  }

  @Test("a row has room for no more columns than a track's mask has bits")
  func width() { #expect(SampleRow.width <= 64) }

  @Test("the last key of xenstore has a bit of its own, and there is room for more")
  func keys() throws {
    #expect(StoreKey.allCases.count <= 64)
    let last = try #require(StoreKey.allCases.last)
    let keys = StoreKeys(entries: [(.name, [1]), (last, [2])])
    #expect(keys[last] == [2] && keys[.name] == [1] && keys[.target] == nil)
  }

  @Test("every number comes back from a sample as it was put there")
  func thereAndBack() {
    let at = SteadyTime(milliseconds: 10_000)
    var row = Self.row
    row[SampleRow.Column.text.rawValue] = 0
    let sample = SampleRow.sample(row, id: Self.id, text: Self.text, at: at)
    let back = SampleRow.row(of: sample, at: at)
    for column in SampleRow.Column.allCases {
      #expect(
        back[column.rawValue] == row[column.rawValue], "\(column.number?.sql ?? "\(column)")")
    }
  }

  @Test("none is there that was missing")
  func missing() {
    let at = SteadyTime(milliseconds: 10_000)
    var row = [Int64](repeating: SampleRow.missing, count: SampleRow.width)
    (row[0], row[1]) = (1, 0)
    let sample = SampleRow.sample(row, id: Self.id, text: Self.text, at: at)
    #expect(sample.reportAge == nil && sample.busy == nil && sample.pressure == nil)
    #expect(sample.report == GuestReport(dialect: .memtop))
    #expect(sample.allocation == .zero && sample.state == .running && sample.balloon.isSettled)
  }

  @Test("a field that is a number shows the one that is kept")
  func fields() {
    let at = SteadyTime(milliseconds: 10_000)
    let sample = SampleRow.sample(Self.row, id: Self.id, text: Self.text, at: at)
    for field in Field.table {
      guard let stored = field.stored, field.unit.isNumeric, field.id != .target else { continue }
      let place = SampleRow.Column.allCases.first { $0.number?.sql == stored.sql }!.rawValue
      #expect(
        field.value(sample) == FieldValue(Self.row[place], field.unit), "\(field.id.rawValue)")
    }
  }

  @Test("codes of states are for ever")
  func states() {
    let states: [DomainState] = [
      .running, .paused, .booting, .crashed, .dying, .shutdown, .migrating, .stuck, .building,
    ]
    #expect(states.map(\.code) == Array(0...8))
    #expect(
      states.map { DomainState(code: $0.code) } == states && DomainState(code: 99) == .running)
    let since = SteadyTime(milliseconds: 0)
    let phases: [BalloonState.Phase] = [
      .settled, .growing(since: since), .shrinking(since: since), .stuck(since: since),
    ]
    #expect(phases.map(\.code) == Array(0...3))
    #expect(phases.map { BalloonState.Phase(code: $0.code) } == phases)
  }
}
