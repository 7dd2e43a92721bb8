import MemtopCore
import MemtopSimulation
import Testing

@testable import MemtopRecording

/// What began and ended follows from the samples of a recording whose memtop did not say so.
@Suite(.timeLimit(.minutes(30))) struct DerivedEventTests {
  let scratch = Scratch(fast: true)

  /// What is the same in an event that was told and in one that follows: not the figure.
  private struct Line: Hashable, CustomStringConvertible {
    let at: Int64
    let domid: UInt16
    let name: String
    let word: String
    let lasted: Int64?
    var description: String { "\(at) \(domid) \(name) \(word) \(lasted ?? -1)" }

    init(_ at: SteadyTime, _ event: HostEvent) {
      self.at = at.milliseconds
      (domid, name, word) = (event.domain.domid, event.name, event.kind.word)
      lasted = event.kind.lasted?.milliseconds
    }
  }

  private static let turns: Set<String> = [
    "pressure over", "tight", "short", "thrashing", "pressure unknown", "report stale",
    "report silent", "report implausible", "report unreadable", "report fresh", "no longer stuck",
    "host short", "host no longer short", "left out", "paused", "unpaused",
  ]

  private static func told(_ snapshots: [Snapshot]) -> [Line] {
    snapshots.flatMap { snapshot in
      snapshot.events.filter { turns.contains($0.kind.word) }.map { Line(snapshot.steady, $0) }
    }
  }

  private static func found(_ path: String) throws -> [Line] {
    let past = try RecordedPast(RecordingFile(path))
    let all = past.events(.later, than: nil, where: EventFilter(), limit: 100_000)
    return all.filter { turns.contains($0.event.kind.word) }.map { Line($0.place.at, $0.event) }
  }

  /// As an earlier memtop would have written it.
  private static func age(_ path: String, keepingReports: Bool = false) throws {
    let reports = keepingReports ? "" : "DELETE FROM event WHERE kind BETWEEN 8 AND 11;"
    try Raw.run(
      path, "DELETE FROM event WHERE kind > 16; \(reports) ALTER TABLE session DROP COLUMN turns")
  }

  private static func sorted(_ lines: [Line]) -> [String] { lines.map(\.description).sorted() }

  @Test(
    "the events of an older recording are those that were told live, whatever it has of them",
    arguments: [false, true])
  func sameAsLive(keepingReports: Bool) throws {
    let snapshots = Living(Scenario.named("datacenter") ?? Scenario.all[0]).next(1500)
    let path = scratch.file("a.memtop")
    try record(snapshots, path)
    let told = Self.told(snapshots)
    #expect(Set(told.map(\.word)).count >= 4)
    #expect(Self.sorted(try Self.found(path)) == Self.sorted(told))
    try Self.age(path, keepingReports: keepingReports)
    #expect(Self.sorted(try Self.found(path)) == Self.sorted(told))
  }

  /// A domain that is under other pressure each second, and what its watch told of it.
  private func flood(_ seconds: Int) -> [Snapshot] {
    var watch = TurnWatch()
    return (0..<seconds).map { second in
      let word: Pressure = second < seconds - 90 && second % 2 == 1 ? .thrashing : .ok
      let domain = Handmade.domain(.gib(1), pressure: word)
      var snapshot = Handmade.snapshot(Double(second), [domain])
      var row = [Int64](repeating: SampleRow.missing, count: SampleRow.width)
      SampleRow.fill(&row, from: domain, text: 0, arrival: nil)
      watch.note(
        TurnWatch.Sight(row, DomainText(domain)), at: snapshot.steady
      ) {
        snapshot.events.append(
          HostEvent(time: snapshot.time, domain: domain.id, name: domain.name, kind: $0))
      }
      return snapshot
    }
  }

  @Test("changes that come too fast are left out of an older recording as they are live")
  func limited() throws {
    let snapshots = flood(600)
    let told = Self.told(snapshots)
    #expect(told.count <= 61 && told.contains { $0.word == "left out" })
    let path = scratch.file("b.memtop")
    try record(snapshots, path)
    try Self.age(path)
    #expect(Self.sorted(try Self.found(path)) == Self.sorted(told))
  }

  @Test("an older recording that this memtop goes on with has both, and none twice")
  func goesOn() throws {
    let living = Living(Scenario.named("datacenter") ?? Scenario.all[0])
    let early = living.next(700)
    let path = scratch.file("c.memtop")
    try record(early, path)
    try Self.age(path)
    let late = living.next(700)
    try record(late, path)
    #expect(Self.sorted(try Self.found(path)) == Self.sorted(Self.told(early + late)))
  }

  @Test("an extract of an older recording has its events as its own")
  func extract() throws {
    let snapshots = Living(Scenario.named("datacenter") ?? Scenario.all[0]).next(900)
    let (path, copy) = (scratch.file("d.memtop"), scratch.file("e.memtop"))
    try record(snapshots, path)
    try Self.age(path)
    try Extract(try RecordingFile(path)).write(to: copy)
    #expect(Self.sorted(try Self.found(copy)) == Self.sorted(Self.told(snapshots)))
    let words = try Database(copy, .readOnly).count("SELECT count(*) FROM event WHERE kind > 16")
    #expect((words ?? 0) > 0)
  }

  @Test("events in both directions, of one domain or by words, are those of the session")
  func windows() throws {
    let snapshots = Living(Scenario.named("datacenter") ?? Scenario.all[0]).next(1200)
    let path = scratch.file("f.memtop")
    try record(snapshots, path)
    let past = try RecordedPast(RecordingFile(path))
    let history = History(budget: 64 << 20)
    for snapshot in snapshots { history.append(snapshot) }
    let all = history.events(.later, than: nil, where: EventFilter(), limit: 100_000)
    #expect(all.count > 20)
    let domain = all[all.count / 2].event.domain
    let filters = [
      EventFilter(), EventFilter(of: domain), EventFilter("tight"),
      EventFilter("report", of: domain),
    ]
    for filter in filters {
      let places = [
        nil, all[3].place, all[all.count - 2].place, EventPlace.after(snapshots[600].steady),
      ]
      for place in places {
        for direction in [TimeDirection.earlier, .later] {
          for limit in [1, 7, 100_000] {
            #expect(
              past.events(direction, than: place, where: filter, limit: limit)
                == history.events(direction, than: place, where: filter, limit: limit),
              "\(direction) \(String(describing: place)) \(filter.text) \(limit)")
          }
        }
      }
    }
  }

  @Test("of more events than a sample has room for, the last says how many were left out")
  func overflow() throws {
    var snapshot = Handmade.snapshot(1, [Handmade.domain(.gib(1))])
    snapshot.events = (0..<400).map { _ in
      HostEvent(time: snapshot.time, domain: Handmade.domain(.gib(1)).id, name: "db2", kind: .gone)
    }
    let path = scratch.file("g.memtop")
    try record([snapshot], path)
    let past = try RecordedPast(RecordingFile(path))
    let found = past.events(.earlier, than: nil, where: EventFilter(), limit: 1000)
    #expect(found.count == 256)
    #expect(found.first?.event.kind == .leftOut(145))
  }
}
