import Glibc
import MemtopCore
import Testing

@testable import MemtopRecording

@Suite("Many events are read in parts", .timeLimit(.minutes(30)))
struct EventReadingTests {
  private let scratch = Scratch(fast: true)
  private var path: String { scratch.file("a.memtop") }
  private static let notes = (0..<1_800).map { "n\(10_000 + $0)" }

  /// Sixty in each of thirty samples; the file is still being written.
  private func recording() throws -> RecordingWriter {
    let writer = try RecordingWriter(
      path, RecordingOptions(), now: WallTime(milliseconds: 1_790_000_000_000))
    for second in 0..<30 {
      let events = Self.notes[second * 60..<second * 60 + 60].map { note in
        HostEvent(
          time: WallTime(milliseconds: 1_790_000_000_000), domain: HostEvent.host, name: "xen1",
          kind: .note(note, by: "alice"))
      }
      let snapshot = Handmade.snapshot(Double(second), [Handmade.domain(.gib(1))], events)
      #expect(try writer.append(snapshot) == .written)
    }
    return writer
  }

  private func note(_ event: HostEvent) -> String? {
    guard case .note(let text, _) = event.kind else { return nil }
    return text
  }

  @Test("all of them are found, in both directions", arguments: [TimeDirection.later, .earlier])
  func order(_ direction: TimeDirection) throws {
    let writer = try recording()
    let file = try RecordingFile(path)
    var found: [String] = []
    try EventReader(file.database, file.found).visit(
      direction, in: file.sampleIDs!, places: nil, wall: { file.samples.wall($0) }
    ) {
      found += note($0.event).map { [$0] } ?? []
      return true
    }
    #expect(found == (direction == .later ? Self.notes : Self.notes.reversed()))
    try writer.close()
  }

  @Test("while somebody takes their time with an event, the recorder's WAL can be emptied")
  func noTransaction() throws {
    let writer = try recording()
    var left: [Int64] = []
    var count = 0
    try Extract(RecordingFile(path)).forEachEvent { event in
      count += 1
      if [1, 150, 1_700].contains(count) {
        left += emptyWAL()
      }
      return true
    }
    #expect(left == [0, 0, 0])
    #expect(count >= 1_800)
    try writer.close()
  }

  /// Its size after a checkpoint that empties it where nobody reads.
  private func emptyWAL() -> [Int64] {
    var status = stat()
    guard (try? Raw.run(path, "UPDATE session SET note = 'x'")) != nil,
      (try? Raw.run(path, "PRAGMA wal_checkpoint(TRUNCATE)")) != nil,
      stat(path + "-wal", &status) == 0
    else { return [] }
    return [Int64(status.st_size)]
  }

  @Test("a search that stops says how far it looked, and goes on from there")
  func stops() throws {
    try recording().close()
    let past = try RecordedPast(RecordingFile(path))
    past.mostLooked = 700
    var place: EventPlace?
    let oldest = EventFilter("n100")
    for _ in 0..<2 {
      let found = past.search(.earlier, than: place, where: oldest, limit: 200)
      #expect(found.events.isEmpty)
      place = try #require(found.end).place
    }
    let last = past.search(.earlier, than: place, where: oldest, limit: 200)
    #expect(last.events.map { note($0.event) } == Self.notes.prefix(100).reversed())
    #expect(last.end == nil)
    // Enough was found before it had to stop.
    #expect(past.search(.earlier, than: nil, where: EventFilter(), limit: 200).end == nil)
  }
}
