import MemtopCore
import MemtopRecording
import MemtopSimulation
import Testing

@Suite("A recording is the past that the screen asks for", .timeLimit(.minutes(30)))
struct PastTests {
  let scratch = Scratch()

  /// The same snapshots in a recording and in the history of a live screen.
  private func both(_ snapshots: [Snapshot], restartAt: Int? = nil) throws -> (
    RecordedPast, History
  ) {
    let path = scratch.file("a.memtop")
    let history = History(budget: 256 << 20)
    var writer = try RecordingWriter(path, RecordingOptions(), now: WallTime(milliseconds: 0))
    for (index, snapshot) in snapshots.enumerated() {
      if index == restartAt {
        try writer.close()
        writer = try RecordingWriter(path, RecordingOptions(), now: WallTime(milliseconds: 0))
      }
      #expect(try writer.append(snapshot) == .written)
      history.append(snapshot)
    }
    try writer.close()
    return (try RecordedPast(RecordingFile(path)), history)
  }

  @Test("charts of any domain, length and end are those of the live history")
  func charts() throws {
    let snapshots = Living().next(1_800)
    let (past, history) = try both(snapshots, restartAt: 900)
    let domains = snapshots.flatMap { $0.domains.map(\.id) }
    var random = SystemRandomNumberGenerator()
    for _ in 0..<250 {
      let domain = domains.randomElement(using: &random)!
      let end = snapshots.randomElement(using: &random)!.steady
      let (cells, cell) = [
        (12, Span.seconds(10)), (60, .seconds(10)), (97, Span(milliseconds: 6_185)),
        (30, .minutes(2)), (7, .seconds(3)),
      ].randomElement(using: &random)!
      let metric = Metric.allCases.randomElement(using: &random)!
      #expect(
        past.levels(metric, of: domain, ending: end, cells: cells, cell: cell)
          == history.levels(metric, of: domain, ending: end, cells: cells, cell: cell),
        "\(metric) of \(domain) ending \(end), \(cells) × \(cell)")
      #expect(
        past.pressures(of: domain, ending: end, cells: cells, cell: cell)
          == history.pressures(of: domain, ending: end, cells: cells, cell: cell))
      #expect(past.problem == nil)
    }
  }

  @Test("what lies before a keyframe is found from behind it")
  func acrossKeyframes() throws {
    let snapshots = Living().next(1_000)
    let (past, history) = try both(snapshots, restartAt: 500)
    let domain = snapshots[0].domains[1].id
    for (index, cells) in [(700, 7), (800, 60), (499, 12)] {
      let end = snapshots[index].steady
      #expect(
        past.levels(.allocation, of: domain, ending: end, cells: cells, cell: .seconds(10))
          == history.levels(.allocation, of: domain, ending: end, cells: cells, cell: .seconds(10)))
    }
    expectEqual(try #require(past.snapshot(at: snapshots[499].steady)), snapshots[499], "before")
  }

  /// Another run of memtop tells by its first keyframe only who has gone since the last one.
  @Test(
    "whoever went between two runs is gone in every chart and on the timeline", arguments: 0..<3)
  func goneBetweenRuns(_ turn: Int) throws {
    let path = scratch.file("a.memtop")
    let living = Living(Scenario.named("datacenter")!)
    let history = History(budget: 256 << 20)
    var all: Set<DomainID> = []
    for session in 0..<9 {
      let writer = try RecordingWriter(path, RecordingOptions(), now: WallTime(milliseconds: 0))
      for var snapshot in living.next(60) {
        all.formUnion(snapshot.domains.map(\.id))
        // Some stay away for one run, some for the rest, and others come to their places.
        let stays = snapshot.domains.enumerated().filter { place, _ in
          (place + turn) % 5 != session % 5 && (place + turn) % 9 > session / 3
        }
        snapshot.domains = DomainSamples(stays.map(\.element))
        snapshot.events = []
        #expect(try writer.append(snapshot) == .written)
        history.append(snapshot)
      }
      try writer.close()
    }
    let past = try RecordedPast(RecordingFile(path))
    let range = try #require(past.range)
    for domain in all {
      for (cells, cell) in [(55, Span.seconds(10)), (18, .seconds(30)), (9, .seconds(7))] {
        for metric in [Metric.allocation, .available] {
          #expect(
            past.levels(metric, of: domain, ending: range.upperBound, cells: cells, cell: cell)
              == history.levels(
                metric, of: domain, ending: range.upperBound, cells: cells, cell: cell),
            "\(metric) of \(domain), \(cells) × \(cell)")
        }
      }
      let marks = past.marks(of: domain, from: range.lowerBound, to: range.upperBound, cells: 54)
      #expect(
        marks
          == history.marks(of: domain, from: range.lowerBound, to: range.upperBound, cells: 54),
        "marks of \(domain)")
    }
    #expect(
      past.marks(of: nil, from: range.lowerBound, to: range.upperBound, cells: 54)
        == history.marks(of: nil, from: range.lowerBound, to: range.upperBound, cells: 54))
    #expect(past.problem == nil)
  }

  @Test("a stretch that is come back to after many others is known from its beginning")
  func again() throws {
    let path = scratch.file("a.memtop")
    let (living, history) = (Living(), History(budget: 256 << 20))
    var sessions: [[Snapshot]] = []
    for session in 0..<12 {
      sessions.append(living.next(session == 0 ? 425 : 10))
      let writer = try RecordingWriter(path, RecordingOptions(), now: WallTime(milliseconds: 0))
      for snapshot in sessions[session] {
        #expect(try writer.append(snapshot) == .written)
        history.append(snapshot)
      }
      try writer.close()
    }
    let past = try RecordedPast(RecordingFile(path))
    func expectSame(_ snapshot: Snapshot) {
      for domain in snapshot.domains {
        func levels(_ reader: HistoryReader) -> [Bytes?] {
          reader.levels(
            .allocation, of: domain.id, ending: snapshot.steady, cells: 12, cell: .seconds(10))
        }
        #expect(levels(past) == levels(history), "\(domain.name) at \(snapshot.steady)")
      }
    }
    expectSame(sessions[0][380])
    for session in sessions.dropFirst() { #expect(past.snapshot(at: session[9].steady) != nil) }
    expectSame(sessions[0][300])
  }

  @Test("any instant, the way from sample to sample and from event to event")
  func instants() throws {
    let snapshots = Living().next(1_500)
    let (past, history) = try both(snapshots)
    #expect(past.range == history.range)
    for snapshot in snapshots.shuffled().prefix(150) {
      let time = snapshot.steady + Span(milliseconds: Int64.random(in: 0..<1000))
      let found = try #require(past.snapshot(at: time))
      expectEqual(found, snapshot, "at \(time)")
      for direction in [TimeDirection.earlier, .later] {
        #expect(
          past.sampleTime(direction, than: time) == history.sampleTime(direction, than: time))
        #expect(past.eventTime(direction, than: time) == history.eventTime(direction, than: time))
      }
      let domain = snapshot.domains.randomElement()!.id
      #expect(
        past.events(of: nil, until: time, limit: 9)
          == history.events(of: nil, until: time, limit: 9))
      #expect(
        past.events(of: domain, until: time, limit: 5)
          == history.events(of: domain, until: time, limit: 5))
      #expect(past.sampleTime(at: snapshot.time) == history.sampleTime(at: snapshot.time))
    }
    #expect(past.snapshot(at: snapshots[0].steady + Span(milliseconds: -1)) == nil)
  }

  @Test("what is written later is found after a refresh, and not before")
  func following() throws {
    let path = scratch.file("a.memtop")
    let living = Living()
    let writer = try RecordingWriter(path, RecordingOptions(), now: WallTime(milliseconds: 0))
    let early = living.next(50)
    for snapshot in early { _ = try writer.append(snapshot) }
    let past = try RecordedPast(RecordingFile(path))
    _ = past.snapshot(at: early[49].steady)
    for snapshot in living.next(100) { _ = try writer.append(snapshot) }
    let last = living.next()
    _ = try writer.append(last)
    #expect(past.range?.upperBound == early[49].steady)
    #expect(past.refresh())
    #expect(!past.refresh())
    let found = try #require(past.snapshot(at: last.steady))
    expectEqual(found, last, "the newest sample")
  }
}
