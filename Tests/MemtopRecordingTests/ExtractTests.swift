import Foundation
import MemtopCore
import MemtopRecording
import Testing

@Suite("A part of a recording", .timeLimit(.minutes(30)))
struct ExtractTests {
  private let scratch = Scratch()
  private var path: String { scratch.file("a.memtop") }

  @Test("every sample comes as it was, one after another")
  func all() throws {
    let snapshots = Living().next(400)
    try record(snapshots, path)
    let found = try Extract(RecordingFile(path)).snapshots()
    #expect(found.count == 400)
    for (index, snapshot) in snapshots.enumerated() {
      expectEqual(found[index], snapshot, "sample \(index + 1)")
    }
  }

  @Test("begin and end are part of it; outside of them is nothing")
  func range() throws {
    let snapshots = Living().next(300)
    try record(snapshots, path)
    let file = try RecordingFile(path)
    var extract = Extract(file, begin: snapshots[100].time, end: snapshots[200].time)
    #expect(try extract.snapshots().map(\.time) == snapshots[100...200].map(\.time))
    extract.begin = WallTime(milliseconds: snapshots[100].time.milliseconds + 1)
    extract.end = WallTime(milliseconds: snapshots[200].time.milliseconds - 1)
    #expect(try extract.snapshots().map(\.time) == snapshots[101...199].map(\.time))
    extract.begin = snapshots[299].time + .seconds(1)
    extract.end = nil
    #expect(try extract.snapshots().isEmpty)
    extract = Extract(file, end: snapshots[0].time + .seconds(-1))
    #expect(try extract.snapshots().isEmpty)
  }

  @Test("where the clock was set back, all from the first to the last that is meant comes")
  func clockSetBack() throws {
    let snapshots = (0..<100).map { second in
      Handmade.snapshot(
        Double(second), offset: second < 50 ? 0 : -30_000, [Handmade.domain(.gib(1))])
    }
    try record(snapshots, path)
    let file = try RecordingFile(path)
    // 40 s after the beginning comes twice: as the samples 40 and 70.
    let time = snapshots[40].time
    let found = try Extract(file, begin: time, end: time).snapshots()
    #expect(found.map(\.steady.milliseconds) == (40...70).map { Int64($0) * 1000 })
  }

  @Test("of each step the newest sample; a gap stays one")
  func step() throws {
    let seconds = Array(0..<95) + Array(400..<430)
    let snapshots = seconds.map { Handmade.snapshot(Double($0), [Handmade.domain(.gib(1))]) }
    try record(snapshots, path)
    let extract = Extract(try RecordingFile(path), step: .seconds(10))
    let expected: [Int64] = [9, 19, 29, 39, 49, 59, 69, 79, 89, 94, 409, 419, 429]
    #expect(try extract.snapshots().map { ($0.steady.milliseconds) / 1000 } == expected)
  }

  @Test("what happened between two samples that are chosen is told with the later")
  func eventsBetween() throws {
    let snapshots = (0..<30).map { second in
      Handmade.snapshot(
        Double(second), [Handmade.domain(.gib(1))],
        second % 4 == 1 ? [Handmade.change(Double(second), by: nil)] : [])
    }
    try record(snapshots, path)
    let found = try Extract(RecordingFile(path), step: .seconds(10)).snapshots()
    #expect(found.map(\.events.count) == [3, 2, 3])
    #expect(found.flatMap(\.events) == snapshots.flatMap(\.events))
  }

  @Test("one domain: by name, by domid, or by uuid with all its lives")
  func domain() throws {
    let other = DomainUUID("aaaaaaaa-2222-4333-8444-555555555555")!
    let snapshots = (0..<60).map { second in
      Handmade.snapshot(
        Double(second),
        [
          Handmade.domain(.gib(2), domid: 3, uuid: other, name: "web"),
          Handmade.domain(
            .gib(1), domid: second < 30 ? 7 : 9, name: second < 40 ? "db2" : "db2-new"),
        ])
    }
    try record(snapshots, path)
    let file = try RecordingFile(path)
    func rows(_ text: String) throws -> Int? {
      guard let choice = try DomainChoice(text, in: file) else { return nil }
      return try Extract(file, domain: choice).snapshots().reduce(0) { $0 + $1.domains.count }
    }
    #expect(try rows("db2") == 40)
    #expect(try rows("7") == 30)
    #expect(try rows(Handmade.uuid.description) == 60)
    #expect(try rows("web") == 60)
    #expect(try rows("nobody") == nil)
    #expect(try rows("8") == nil)
  }
}
