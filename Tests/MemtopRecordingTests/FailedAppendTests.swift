import CSQLite
import Foundation
import MemtopCore
import RecordedLoad
import Testing

@testable import MemtopRecording

/// A sample that could not be written is missing, and nothing else is.
@Suite("An append that fails", .timeLimit(.minutes(30)))
struct FailedAppendTests {
  let scratch = Scratch(fast: true)
  private let now = WallTime(milliseconds: 0)

  @Test(
    "while somebody holds the file locked, samples are skipped; then it goes on with a keyframe")
  func locked() throws {
    let path = scratch.file("a.memtop")
    let writer = try RecordingWriter(path, RecordingOptions(), now: now)
    for number in Int64(1)...5 {
      #expect(try writer.append(NumberedLoad.snapshot(number)) == .written)
    }
    let lock = try Lock(path)
    guard case .skipped(let why) = try writer.append(NumberedLoad.snapshot(6)) else {
      Issue.record("it was written past the lock")
      return
    }
    #expect(why.contains(path) && why.contains("locked"))
    lock.letGo()
    for number in Int64(7)...12 {
      #expect(try writer.append(NumberedLoad.snapshot(number)) == .written)
    }
    try writer.close()
    try expectNumbers(path, Array(1...5) + Array(7...12))
    #expect(Raw.text(path, "SELECT group_concat(sample) FROM keyframe") == "1,6")
  }

  @Test("in a recording that is made of another none may be missing: that is an error")
  func surely() throws {
    let path = scratch.file("a.memtop")
    let writer = try RecordingWriter(path, RecordingOptions(), now: now)
    try writer.appendSurely(NumberedLoad.snapshot(1))
    let lock = try Lock(path)
    #expect {
      try writer.appendSurely(NumberedLoad.snapshot(2))
    } throws: { "\($0)".contains("\(path) is not written: ") && "\($0)".contains("locked") }
    lock.letGo()
  }

  @Test("the events of samples that failed come with the next one, and too many are counted")
  func events() throws {
    let path = scratch.file("a.memtop")
    let writer = try RecordingWriter(path, RecordingOptions(), now: now)
    func snapshot(_ number: Int64, events: Int) -> Snapshot {
      var snapshot = NumberedLoad.snapshot(number)
      snapshot.events = (0..<events).map {
        HostEvent(
          time: snapshot.time, domain: HostEvent.host, name: "xen1",
          kind: .note("\(number).\($0)", by: "alice"))
      }
      return snapshot
    }
    #expect(try writer.append(snapshot(1, events: 0)) == .written)
    let lock = try Lock(path)
    #expect(try writer.append(snapshot(2, events: 2)) != .written)
    #expect(try writer.append(snapshot(3, events: 300)) != .written)
    #expect(try writer.append(snapshot(4, events: 40)) != .written)
    lock.letGo()
    #expect(try writer.append(snapshot(5, events: 0)) == .written)
    #expect(try writer.append(snapshot(6, events: 1)) == .written)
    try writer.close()
    let notes = "SELECT count(*) FROM events WHERE kind = 'note'"
    #expect(Raw.text(path, notes) == "256")
    #expect(Raw.text(path, "SELECT after FROM events WHERE kind = 'left out'") == "87")
    #expect(Raw.text(path, "SELECT detail FROM events ORDER BY sample LIMIT 1") == "2.0")
  }

  @Test("where the very first sample fails, the session begins with the next one")
  func firstLocked() throws {
    let path = scratch.file("a.memtop")
    let writer = try RecordingWriter(path, RecordingOptions(user: "alice"), now: now)
    let lock = try Lock(path)
    #expect(try writer.append(NumberedLoad.snapshot(249)) != .written)
    lock.letGo()
    for number in Int64(250)...256 { _ = try writer.append(NumberedLoad.snapshot(number)) }
    try writer.close()
    try expectNumbers(path, Array(250...256))
    #expect(try RecordingFile(path).sessions().map(\.user) == ["alice"])
  }

  @Test("a step of the clock in the sample that failed is told with the next one")
  func clockStep() throws {
    let path = scratch.file("a.memtop")
    let writer = try RecordingWriter(path, RecordingOptions(), now: now)
    // From number 250 on the load's clock is set back by an hour.
    for number in Int64(240)...249 { _ = try writer.append(NumberedLoad.snapshot(number)) }
    try refuseInserts(path, into: "host", true)
    #expect(throws: RecordingError.self) { try writer.append(NumberedLoad.snapshot(250)) }
    try refuseInserts(path, into: "host", false)
    for number in Int64(251)...260 { _ = try writer.append(NumberedLoad.snapshot(number)) }
    try writer.close()
    try expectNumbers(path, Array(240...249) + Array(251...260))
  }

  @Test("a failure while old samples are forgotten forgets nothing that still counts")
  func whileSweeping() throws {
    let path = scratch.file("a.memtop")
    let writer = try RecordingWriter(path, RecordingOptions(keep: .minutes(2)), now: now)
    var written: [Int64] = []
    for number in Int64(1)...600 {
      let isRefused = number % 60 == 0
      if isRefused { try refuseInserts(path, into: "host", true) }
      do {
        if case .written = try writer.append(NumberedLoad.snapshot(number)) {
          written.append(number)
        }
      } catch {
        #expect(isRefused)
      }
      if isRefused { try refuseInserts(path, into: "host", false) }
    }
    try writer.close()
    let check = try RecordingCheck(path)
    #expect(check.problems.isEmpty, "\(check.problems)")
    let first = try #require(check.numbers.first)
    #expect(first > 1 && check.numbers == written.filter { $0 >= first })
    #expect(
      Raw.text(path, "SELECT count(*) FROM sample WHERE id < (SELECT min(sample) FROM keyframe)")
        == "0")
  }

  @Test("a file that was removed or replaced is not written on unseen")
  func replaced() throws {
    let path = scratch.file("a.memtop")
    let writer = try RecordingWriter(path, RecordingOptions(), now: now)
    _ = try writer.append(NumberedLoad.snapshot(1))
    try Shell.run("mv", path, scratch.file("b.memtop"))
    #expect {
      try writer.append(NumberedLoad.snapshot(2))
    } throws: { "\($0)".contains("removed or replaced") }
  }

  @Test("after close nothing can be appended")
  func closed() throws {
    let path = scratch.file("a.memtop")
    let writer = try RecordingWriter(path, RecordingOptions(), now: now)
    _ = try writer.append(NumberedLoad.snapshot(1))
    try writer.close()
    #expect(throws: RecordingError.self) { try writer.append(NumberedLoad.snapshot(2)) }
    try expectNumbers(path, [1])
  }

  private func expectNumbers(_ path: String, _ numbers: [Int64]) throws {
    let check = try RecordingCheck(path)
    #expect(check.problems.isEmpty, "\(check.problems)")
    #expect(check.numbers == numbers)
    #expect(Raw.text(path, "PRAGMA integrity_check") == "ok")
  }

  /// A failure in the middle of a sample's transaction, as a disk's would be.
  private func refuseInserts(_ path: String, into table: String, _ isRefused: Bool) throws {
    try Raw.run(
      path,
      isRefused
        ? "INSERT INTO \(table)(sample) SELECT max(id) + 1 FROM sample"
        : "DELETE FROM \(table) WHERE sample > (SELECT max(id) FROM sample)")
  }
}

/// A connection of somebody else's that holds the file locked for writing.
private final class Lock {
  private var handle: OpaquePointer?

  init(_ path: String) throws {
    guard sqlite3_open(path, &handle) == SQLITE_OK,
      sqlite3_exec(handle, "BEGIN IMMEDIATE", nil, nil, nil) == SQLITE_OK
    else { throw Shell.Failed(status: 1) }
  }

  func letGo() {
    sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
    sqlite3_close_v2(handle)
  }
}
