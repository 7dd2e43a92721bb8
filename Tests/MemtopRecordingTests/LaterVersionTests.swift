import MemtopCore
import MemtopRecording
import RecordedLoad
import Testing

@Suite("What later versions add", .timeLimit(.minutes(30)))
struct LaterVersionTests {
  @Test("tables, columns, views and kinds of events that this one does not know are passed over")
  func additions() throws {
    let scratch = Scratch(fast: true)
    let path = scratch.file("a.memtop")
    func write(_ numbers: ClosedRange<Int64>) throws {
      let writer = try RecordingWriter(path, RecordingOptions(), now: WallTime(milliseconds: 0))
      for number in numbers {
        #expect(try writer.append(NumberedLoad.snapshot(number)) == .written)
      }
      try writer.close()
    }
    try write(1...40)
    let tables = [
      "session", "sample", "clock", "keyframe", "host", "identity", "event", "event_subject",
      "base",
      "report", "allocation", "balloon", "limits", "state",
    ]
    for table in tables { try Raw.run(path, "ALTER TABLE \(table) ADD COLUMN later INTEGER") }
    try Raw.run(
      path,
      """
      CREATE TABLE vcpu(id INTEGER PRIMARY KEY, busy INTEGER); INSERT INTO vcpu VALUES(1, 2);
      CREATE VIEW later AS SELECT * FROM vcpu;
      INSERT INTO event_kind VALUES(99, 'migrated');
      INSERT INTO event(id, kind, detail) SELECT max(id) + 1, 99, 'to elsewhere' FROM event;
      UPDATE base SET later = 7
      """)
    // A recorder of this version goes on with it, too.
    try write(41...80)
    let check = try RecordingCheck(path)
    #expect(check.problems.isEmpty && check.damage.isEmpty, "\(check.problems) \(check.damage)")
    #expect(check.numbers == Array(1...80))
    let past = try RecordedPast(RecordingFile(path))
    let all = past.events(of: nil, until: try #require(past.range).upperBound, limit: 1_000)
    #expect(all.count == (1...80).reduce(0) { $0 + NumberedLoad.snapshot($1).events.count })
  }

  @Test("a file in which nothing has been recorded yet is named as such")
  func empty() throws {
    let scratch = Scratch(fast: true)
    try Shell.run("touch", scratch.file("empty"))
    #expect {
      try RecordingFile(scratch.file("empty"))
    } throws: { "\($0)".contains("is empty") && ($0 as! RecordingError).cause == .foreign }
    let path = scratch.file("a.memtop")
    try RecordingWriter(path, RecordingOptions(), now: WallTime(milliseconds: 0)).close()
    #expect(try RecordingFile(path).range == nil)
  }
}
