import MemtopSimulation
import Testing

@testable import MemtopCore

@Suite("values of xenstore", .timeLimit(.minutes(30))) struct StoreValuesTests {
  @Test("what is put is found, and in order, as in a dictionary")
  func dictionary() {
    var random = SeededRandom(seed: 3)
    var (values, expected) = (StoreValues(), [StoreKey: [UInt8]]())
    for step in 0..<2_000 {
      let key = StoreKey.allCases.randomElement(using: &random)!
      let value: [UInt8]? = Int.random(in: 0..<3, using: &random) == 0 ? nil : [UInt8(step % 256)]
      (values[key], expected[key]) = (value, value)
      for key in StoreKey.allCases {
        guard values[key] == expected[key] else {
          Issue.record("step \(step): \(key) is \(String(describing: values[key]))")
          return
        }
      }
      let kept = values.reports.entries + values.settled.entries
      #expect(kept.count == expected.count && values.isEmpty == expected.isEmpty)
      for entries in [values.reports.entries, values.settled.entries] {
        let keys = entries.map(\.key.rawValue)
        #expect(keys == keys.sorted())
      }
      let areReports = values.reports.entries.allSatisfy { $0.key.isReport }
      #expect(areReports)
    }
  }

  @Test("a report that changes leaves the rest as it was; what else changes does not")
  func settled() {
    var values = StoreValues()
    values[.name] = [1]
    let before = StoreKeys(values, startedAt: WallTime(milliseconds: 5))
    values[.memtopReport] = [2]
    #expect(StoreKeys(values, startedAt: before.startedAt).isSettled(as: before))
    #expect(!StoreKeys(values).isSettled(as: before), "it was built at another time")
    values[.name] = [3]
    #expect(!StoreKeys(values, startedAt: before.startedAt).isSettled(as: before))
    #expect(before[.name] == [1] && before[.memtopReport] == nil)
  }
}
