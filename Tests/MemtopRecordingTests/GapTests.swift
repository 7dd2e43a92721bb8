import MemtopCore
import MemtopRecording
import Testing

@Suite("Where nobody was looking", .timeLimit(.minutes(30)))
struct GapTests {
  private let scratch = Scratch()

  private func past(_ seconds: [Int], interval: Span) throws -> (RecordedPast, UsageReport) {
    let path = scratch.file("a.memtop")
    try record(
      seconds.map { Handmade.snapshot(Double($0), [Handmade.domain(.gib(1))]) }, path,
      interval: interval)
    let file = try RecordingFile(path)
    return (try RecordedPast(file), try Extract(file).report())
  }

  private func gaps(_ past: RecordedPast) throws -> [[Int64]] {
    let range = try #require(past.range)
    var gaps: [[Int64]] = []
    var from = range.lowerBound
    while let gap = past.gap(from: from, to: range.upperBound) {
      gaps.append([gap.lowerBound.milliseconds / 1000, gap.upperBound.milliseconds / 1000])
      from = gap.upperBound
    }
    return gaps
  }

  @Test("a recording with a sample each half minute has no gaps, and its time counts")
  func seldom() throws {
    let (past, report) = try past(
      Array(stride(from: 0, through: 600, by: 30)), interval: .seconds(30))
    #expect(try gaps(past) == [])
    #expect(report.gaps == [])
    #expect(report.covered == .seconds(600))
    #expect(report.domains[0].held.product == Int128(1 << 30) * 600_000)
  }

  @Test("two breaks with one sample between them are two gaps, for report and replay alike")
  func twice() throws {
    let (past, report) = try past(
      [0, 1, 2, 100, 200, 201, 202, 230], interval: .seconds(1))
    #expect(try gaps(past) == [[2, 100], [100, 200], [202, 230]])
    #expect(report.gaps.map(\.length) == [.seconds(98), .seconds(100), .seconds(28)])
    #expect(report.covered == .seconds(4))
    let marks = past.marks(
      from: SteadyTime(milliseconds: 0), to: SteadyTime(milliseconds: 230_000), cells: 23)
    #expect(marks.indices.filter { marks[$0].isGap } == Array(1...9) + Array(11...19) + [21, 22])
    let levels = past.levels(
      .allocation, of: DomainID(domid: 7, uuid: Handmade.uuid),
      ending: SteadyTime(milliseconds: 229_000), cells: 23, cell: .seconds(10))
    #expect(levels.indices.filter { levels[$0] != nil } == [0, 1, 10, 11, 20, 21])
  }

  @Test("the interval is the session's own, also where it was changed while it was recorded")
  func changed() throws {
    let path = scratch.file("b.memtop")
    let writer = try RecordingWriter(path, RecordingOptions(), now: WallTime(milliseconds: 0))
    func append(_ second: Int, _ interval: Int64) throws {
      let snapshot = Handmade.snapshot(Double(second), [Handmade.domain(.gib(1))])
      #expect(try writer.append(snapshot, interval: .seconds(interval)) == .written)
    }
    for second in 0...10 { try append(second, 1) }
    for second in stride(from: 11, through: 251, by: 60) { try append(second, 60) }
    for second in 252...260 { try append(second, 1) }
    try append(290, 1)
    try writer.close()
    let file = try RecordingFile(path)
    #expect(try file.sessions().map(\.interval) == [.seconds(1), .seconds(60), .seconds(1)])
    #expect(try gaps(RecordedPast(file)) == [[260, 290]])
    #expect(try Extract(file).report().covered == .seconds(260))
  }
}
