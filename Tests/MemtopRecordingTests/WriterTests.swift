import Foundation
import MemtopCore
import MemtopSimulation
@testable import MemtopRecording
import Testing

@Suite("Writing a recording", .timeLimit(.minutes(30)))
struct WriterTests {
  let scratch = Scratch()
  private let now = WallTime(milliseconds: 1_790_000_000_000)

  private func size(_ path: String) -> Int {
    ["", "-wal"].reduce(0) { sum, end in
      let attributes = try? FileManager.default.attributesOfItem(atPath: path + end)
      return sum + ((attributes?[.size] as? Int) ?? 0)
    }
  }

  @Test("all of a new file is made in one transaction, because each waits for the disk")
  func creation() throws {
    let path = scratch.file("new.memtop")
    #expect(FileManager.default.createFile(atPath: path, contents: nil))
    try RecordingWriter.prepare(Database(path, .readWrite), path)
    // The file change counter (sqlite.org/fileformat2.html); going over to a WAL counts, too.
    let header = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(header[24..<28].reduce(0) { $0 << 8 | Int($1) } <= 3)
  }

  @Test("a second writer is refused by the name of the first")
  func taken() throws {
    let path = scratch.file("a.memtop")
    let first = try RecordingWriter(
      path, RecordingOptions(program: "memtop record", user: "alice"), now: now)
    _ = try first.append(Living().next())
    #expect {
      try RecordingWriter(path, RecordingOptions(), now: now)
    } throws: { error in
      let error = error as! RecordingError
      return error.cause == .taken && error.description.contains("memtop record of alice")
    }
    try first.close()
    _ = try RecordingWriter(path, RecordingOptions(), now: now)
  }

  @Test("a text file, another database and one of a newer memtop are named as such")
  func foreign() throws {
    let text = scratch.file("text")
    try "not a database, but long enough to be one, were it one\n".write(
      toFile: text, atomically: true, encoding: .utf8)
    let other = scratch.file("other.db")
    try Shell.run("sqlite3", other, "CREATE TABLE t(a)")
    let newer = scratch.file("newer.memtop")
    try RecordingWriter(newer, RecordingOptions(), now: now).close()
    try Shell.run("sqlite3", newer, "PRAGMA user_version = 7")
    for (path, words) in [
      (text, "is not a memtop recording"), (other, "is not a memtop recording"),
      (newer, "newer memtop (format 7"),
    ] {
      #expect {
        try RecordingFile(path)
      } throws: {
        ($0 as! RecordingError).cause == .foreign && "\($0)".contains(words)
      }
      #expect {
        try RecordingWriter(path, RecordingOptions(), now: now)
      } throws: { "\($0)".contains(path) }
    }
  }

  @Test("a clean end leaves one file, that opens where nothing may be written")
  func oneFile() throws {
    let path = scratch.file("a.memtop")
    let writer = try RecordingWriter(path, RecordingOptions(), now: now)
    let snapshots = Living().next(30)
    for snapshot in snapshots { _ = try writer.append(snapshot) }
    try writer.close()
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["a.memtop"])
    let past = try RecordedPast(RecordingFile(path))
    expectEqual(try #require(past.snapshot(at: snapshots[29].steady)), snapshots[29], "the last")
  }

  @Test("size and age stay within their limits under load, and what is left is whole")
  func limits() throws {
    let path = scratch.file("a.memtop")
    let limit = Bytes.mib(1)
    let writer = try RecordingWriter(
      path, RecordingOptions(keep: .minutes(20), maxSize: limit), now: now)
    let living = Living(Scenario.all.first { $0.id == "crowd" }!)
    var snapshots: [Snapshot] = []
    var largest = 0
    for _ in 0..<220 {
      snapshots.append(living.next())
      #expect(try writer.append(snapshots.last!) == .written)
      largest = max(largest, size(path))
    }
    #expect(largest <= Int(limit.count))
    try writer.close()
    let past = try RecordedPast(RecordingFile(path))
    let range = try #require(past.range)
    #expect(range.lowerBound > snapshots[0].steady, "nothing was ever forgotten")
    #expect(range.upperBound == snapshots.last!.steady)
    for snapshot in snapshots where range.contains(snapshot.steady) {
      expectEqual(try #require(past.snapshot(at: snapshot.steady)), snapshot, "\(snapshot.steady)")
    }
  }

  @Test("what is older than --keep goes")
  func keep() throws {
    let path = scratch.file("a.memtop")
    let writer = try RecordingWriter(path, RecordingOptions(keep: .minutes(90)), now: now)
    let living = Living()
    // Keyframes come with each hour at the latest.
    for _ in 0..<1_000 { _ = try writer.append(living.next(after: .seconds(30))) }
    try writer.close()
    let range = try #require(try RecordingFile(path).range)
    let held = range.upperBound - range.lowerBound
    #expect(held >= .minutes(90) && held <= .minutes(155), "\(held)")
  }

  @Test("a reader that does not let go stops the file from growing, not the limit")
  func slowReader() throws {
    let path = scratch.file("a.memtop")
    let limit = Bytes.mib(2)
    let writer = try RecordingWriter(path, RecordingOptions(maxSize: limit), now: now)
    let living = Living(Scenario.all.first { $0.id == "crowd" }!)
    _ = try writer.append(living.next())
    let reader = try HeldReader(path)
    var outcomes: [RecordingWriter.Outcome] = []
    for _ in 0..<120 {
      outcomes.append(try writer.append(living.next()))
      #expect(size(path) <= Int(limit.count))
    }
    #expect(outcomes.contains { if case .skipped = $0 { true } else { false } })
    reader.letGo()
    let after = living.next()
    #expect(try writer.append(after) == .written)
    try writer.close()
    let past = try RecordedPast(RecordingFile(path))
    expectEqual(try #require(past.snapshot(at: after.steady)), after, "the one after")
  }

  @Test("a clock that is set back, within a session and between two, goes on")
  func clockSetBack() throws {
    let path = scratch.file("a.memtop")
    let living = Living()
    var snapshots = living.next(60)
    for snapshot in living.next(60) {
      var moved = snapshot
      moved.time = snapshot.time + .minutes(-90)
      snapshots.append(moved)
    }
    var writer: RecordingWriter? = try RecordingWriter(path, RecordingOptions(), now: now)
    for snapshot in snapshots { _ = try writer!.append(snapshot) }
    try writer!.close()
    writer = try RecordingWriter(path, RecordingOptions(), now: now)
    var later = Living(seed: 9, from: 5_000).next()
    later.time = snapshots.last!.time + .seconds(-5)
    _ = try writer!.append(later)
    try writer!.close()
    let walker = try RecordingWalker(RecordingFile(path))
    for (index, snapshot) in snapshots.enumerated() {
      try walker.go(to: Int64(index + 1))
      expectEqual(walker.snapshot(), snapshot, "sample \(index + 1)")
    }
    try walker.go(to: 121)
    #expect(walker.snapshot().time == later.time)
    #expect(walker.snapshot().steady > snapshots.last!.steady)
    let past = try RecordedPast(RecordingFile(path))
    // 60 minutes before the first jump was lived twice: the second time is meant.
    #expect(past.sampleTime(at: snapshots[100].time) == snapshots[100].steady)
  }

  @Test("a domain without a place gets one when another is gone; the host stays as it was")
  func places() throws {
    let path = scratch.file("a.memtop")
    func snapshot(_ second: Double, _ domids: some Sequence<UInt16>) -> Snapshot {
      let domains = domids.map { domid in
        Handmade.domain(
          .mib(16), domid: domid, uuid: DomainUUID(high: 1, low: UInt64(domid)), name: "g\(domid)")
      }
      var snapshot = Handmade.snapshot(second, domains)
      snapshot.host.guests = .mib(16) * Int64(domains.count)
      snapshot.host.free = .gib(20)
      return snapshot
    }
    // In the third sample one reboots into a full recording, in the fifth one is gone.
    let lives: [[UInt16]] = [
      Array(1...2049), Array(1...2048), Array(2...2048) + [3000], Array(2...2048) + [3000],
      Array(3...2048) + [3000, 3001, 3002], Array(4...2048) + [3000, 3001, 3002],
      Array(4...2048) + [3000, 3001, 3002],
    ]
    let snapshots = lives.enumerated().map { snapshot(Double($0 + 1), $1) }
    try record(snapshots, path)
    let walker = try RecordingWalker(try RecordingFile(path))
    var counts: [Int] = []
    for (index, snapshot) in snapshots.enumerated() {
      try walker.go(to: Int64(index + 1))
      let found = walker.snapshot()
      counts.append(found.domains.count)
      #expect(found.host.free == snapshot.host.free, "sample \(index + 1)")
      #expect(found.host.guests == snapshot.host.guests, "sample \(index + 1)")
    }
    #expect(counts == [2048, 2048, 2047, 2048, 2047, 2047, 2048])
  }

}
