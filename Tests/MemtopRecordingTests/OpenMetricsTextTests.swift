import MemtopCore
import MemtopRecording
import Testing

@Suite("OpenMetrics text", .timeLimit(.minutes(30)))
struct OpenMetricsTextTests {
  private let scratch = Scratch()
  private var path: String { scratch.file("a.memtop") }

  private func text(_ extract: Extract, keeping points: Int64 = 500_000) throws -> String {
    var text = ""
    try extract.writeOpenMetrics(Field.table, host: true, keeping: points) {
      text += String(decoding: $0, as: UTF8.self)
      return true
    }
    return text
  }

  @Test("it says the same however little is kept at a time", arguments: [1, 40, 900])
  func littleAtATime(points: Int64) throws {
    try record(Living().next(120), path)
    for step in [nil, Span.seconds(10)] {
      let extract = Extract(try RecordingFile(path), step: step)
      let lines = try text(extract)
      let others = try text(extract, keeping: points)
      #expect(lines.count > 100_000)
      // The metrics of a family may come in another order. Only what differs is shown: there are
      // a hundred thousand lines.
      let (some, more) = (Set(lines.split(separator: "\n")), Set(others.split(separator: "\n")))
      #expect(some.symmetricDifference(more) == [])
      #expect(lines.count == others.count)
      let isSame = try text(extract) == lines
      #expect(isSame)
    }
  }

  @Test("after the clock was set back a metric goes on as another, so that no time comes twice")
  func clockSetBack() throws {
    let snapshots = (0..<100).map { second in
      Handmade.snapshot(
        Double(second), offset: second < 50 ? 0 : -30_000, [Handmade.domain(.gib(1))])
    }
    try record(snapshots, path)
    for name in ["memtop_domain_allocation_bytes{", "memtop_host_total_bytes{"] {
      let points = try text(Extract(RecordingFile(path))).split(separator: "\n")
        .filter { $0.hasPrefix(name) }
      #expect(points.count == 100)
      let isLater = { (point: Substring) in point.contains(",clock_set_back=\"1\"}") }
      #expect(points.count(where: isLater) == 50)
      for some in [points.filter(isLater), points.filter { !isLater($0) }] {
        let times = some.compactMap { Double($0.split(separator: " ").last!) }
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
      }
    }
  }

  @Test("a name with quotes and backslashes is a label all the same")
  func escaping() throws {
    let name = #"a"b\\x0a"#
    try record([Handmade.snapshot(0, [Handmade.domain(.gib(1), name: name)])], path)
    #expect(try text(Extract(RecordingFile(path))).contains(#"domain="a\"b\\\\x0a""#))
  }

  @Test("it ends where nobody wants more")
  func unwanted() throws {
    try record(Living().next(30), path)
    var pieces = 0
    try Extract(RecordingFile(path)).writeOpenMetrics(Field.table, host: true) { _ in
      pieces += 1
      return false
    }
    #expect(pieces == 1)
  }
}
