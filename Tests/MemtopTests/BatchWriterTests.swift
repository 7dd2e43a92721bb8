import MemtopCore
import MemtopSimulation
import MemtopUI
import Testing

@testable import TestSupport
@testable import memtop

@Suite(.timeLimit(.minutes(30))) struct BatchWriterTests {
  @Test("a row that is copied is the one that would be written", arguments: BatchFormat.allCases)
  func copies(format: BatchFormat) {
    let names: [[FieldID]] = [
      BatchOptions.standard, [.name, .alloc], [.age, .name],
      [.name, .age, .pressure, .age, .health],
    ]
    for fields in names.map({ $0.map(Field.of) }) + [Field.printable] {
      var host = SimulatedHost(
        scenario: .standard, seed: 7, startingAt: WallTime(milliseconds: 0),
        steady: SteadyTime(milliseconds: 0))
      let observer = Observer()
      var lasting = BatchWriter(format: format, fields: fields)
      for second in Int64(1)...150 {
        host.advance(to: SteadyTime(milliseconds: second * 1000))
        let snapshot = observer.observe(host.reading())
        var fresh = BatchWriter(format: format, fields: fields)
        lasting.put(snapshot)
        fresh.put(snapshot)
        let expected = Array(fresh.output.bytes)
        let heading = second > 1 && format == .csv ? expected.firstIndex(of: 10)! + 1 : 0
        #expect(lasting.output.bytes.elementsEqual(expected[heading...]), "in second \(second)")
      }
    }
  }

  @Test(
    "whatever changes in the domains, and whichever come and go",
    arguments: [BatchFormat.csv, .json],
    [("", ""), ("avail", ""), ("", "avail>500M"), ("avail", "!avail>500M")])
  func changing(format: BatchFormat, chosen: (sort: String, filter: String)) throws {
    let list = ListChoice(
      sort: chosen.sort.isEmpty ? nil : try SortOrder(typed: chosen.sort),
      filter: try Filter(chosen.filter))
    var source = ChangingHost()
    let observer = Observer()
    let fields = [FieldID.name, .alloc, .avail].map(Field.of)
    var lasting = BatchWriter(format: format, fields: fields, list: list)
    for second in Int64(1)...150 {
      let snapshot = observer.observe(source.live(second).kept)
      var fresh = BatchWriter(format: format, fields: fields, list: list)
      lasting.put(snapshot)
      fresh.put(snapshot)
      let expected = Array(fresh.output.bytes)
      let heading = second > 1 && format == .csv ? expected.firstIndex(of: 10)! + 1 : 0
      #expect(lasting.output.bytes.elementsEqual(expected[heading...]), "in second \(second)")
    }
  }
}
