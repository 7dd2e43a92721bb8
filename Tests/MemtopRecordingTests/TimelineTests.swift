import MemtopCore
import MemtopSimulation
import MemtopRecording
import Testing

/// The timeline of a recording is that of the session that was recorded.
@Suite(.timeLimit(.minutes(30))) struct TimelineTests {
  /// Twenty minutes of a host with trouble, of which three parts were not seen.
  private static func record(_ path: String) throws -> (History, RecordedPast) {
    let living = Living(Scenario.named("datacenter") ?? Scenario.all[0])
    let history = History(budget: 64 << 20)
    let writer = try RecordingWriter(
      path, RecordingOptions(), now: WallTime(milliseconds: 1_790_000_000_000))
    for second in 0..<1200 {
      let gap = [300: 90, 700: 16, 900: 20][second].map { Span.seconds(Int64($0)) }
      var snapshot = living.next(after: gap ?? .seconds(1))
      if second == 500 {
        snapshot.events.append(
          HostEvent(
            time: snapshot.time, domain: HostEvent.host, name: "xen1",
            kind: .note("look", by: "alice")))
      }
      history.append(snapshot)
      #expect(try writer.append(snapshot) == .written)
    }
    try writer.close()
    return (history, try RecordedPast(RecordingFile(path)))
  }

  @Test("gaps, marks and the wall clock are the session's, over all of it and over parts")
  func sameAsLive() throws {
    let scratch = Scratch()
    let (history, past) = try Self.record(scratch.file("a.memtop"))
    let range = try #require(past.range)
    let live = try #require(history.range)
    let shift = live.lowerBound - range.lowerBound
    #expect(range.upperBound + shift == live.upperBound)

    var gaps = 0
    for second in stride(from: Int64(-3), through: 1340, by: 1) {
      let time = range.lowerBound + Span(milliseconds: second * 1000 + 321)
      #expect(past.wallTime(at: time) == history.wallTime(at: time + shift))
      for length in [Span.zero, .seconds(7), .minutes(20)] {
        let found = past.gap(from: time, to: time + length)
        let wanted = history.gap(from: time + shift, to: time + length + shift)
        #expect(found.map { $0.lowerBound + shift } == wanted?.lowerBound)
        #expect(
          found?.upperBound.milliseconds == wanted.map { ($0.upperBound + shift * -1).milliseconds }
        )
        gaps += found == nil ? 0 : 1
      }
    }
    #expect(gaps > 100)

    for (from, to) in [(Int64(0), Int64(0)), (60, 60), (200, 700), (333, 41)] {
      for cells in [1, 7, 56, 100] {
        let begin = range.lowerBound + .seconds(from)
        let end = range.upperBound + .seconds(-to)
        let marks = past.marks(from: begin, to: end, cells: cells)
        #expect(marks == history.marks(from: begin + shift, to: end + shift, cells: cells))
        #expect(marks.count == cells)
      }
    }
    let all = past.marks(from: range.lowerBound, to: range.upperBound, cells: 100)
    #expect(all.contains { $0.event == .note } && all.contains { $0.isGap })
    #expect(Set(all.map(\.worst)).count > 1)
  }

  @Test("what is written meanwhile is found, gaps and all, and none where nothing was missed")
  func grows() throws {
    let scratch = Scratch()
    let living = Living()
    let path = scratch.file("b.memtop")
    let writer = try RecordingWriter(
      path, RecordingOptions(), now: WallTime(milliseconds: 1_790_000_000_000))
    for snapshot in living.next(30) { _ = try writer.append(snapshot) }
    let past = try RecordedPast(RecordingFile(path))
    let first = try #require(past.range)
    #expect(past.gap(from: first.lowerBound, to: first.upperBound) == nil)
    _ = try writer.append(living.next(after: .minutes(2)))
    #expect(past.gap(from: first.lowerBound, to: first.upperBound + .minutes(3)) == nil)
    #expect(past.refresh())
    #expect(
      past.gap(from: first.lowerBound, to: first.upperBound + .minutes(3))
        == first.upperBound...(first.upperBound + .minutes(2)))
    #expect(past.damage == nil)
    try writer.close()
  }
}
