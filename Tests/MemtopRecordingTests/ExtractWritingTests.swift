import Foundation
import MemtopCore
import MemtopRecording
import Testing

@Suite("A recording made of a recording", .timeLimit(.minutes(30)))
struct ExtractWritingTests {
  private let scratch = Scratch()
  private var path: String { scratch.file("a.memtop") }
  private var copy: String { scratch.file("b.memtop") }

  @Test("a stretch holds every cell that it held before")
  func stretch() throws {
    let snapshots = Living().next(500)
    try record(snapshots, path)
    try Extract(
      RecordingFile(path), begin: snapshots[120].time, end: snapshots[400].time
    ).write(to: copy)
    let found = try Extract(RecordingFile(copy)).snapshots()
    #expect(found.count == 281)
    for (index, snapshot) in found.enumerated() {
      expectEqual(
        axisFree(snapshot), axisFree(snapshots[120 + index]), "sample \(index + 1)")
    }
  }

  /// As if the steady clock had begun with the sample: a recording's axis is its own.
  private func axisFree(_ snapshot: Snapshot) -> Snapshot {
    var moved = snapshot
    let now = snapshot.steady
    moved.steady = SteadyTime(milliseconds: 0)
    for index in moved.domains.indices {
      func shifted(_ time: SteadyTime) -> SteadyTime {
        SteadyTime(milliseconds: time.milliseconds - now.milliseconds)
      }
      moved.domains[index].balloon.phase =
        switch moved.domains[index].balloon.phase {
        case .settled: .settled
        case .growing(let since): .growing(since: shifted(since))
        case .shrinking(let since): .shrinking(since: shifted(since))
        case .stuck(let since): .stuck(since: shifted(since))
        }
    }
    return moved
  }

  @Test("sessions stay apart, and each keeps who recorded it")
  func sessions() throws {
    let first = (0..<20).map { second in
      Handmade.snapshot(
        Double(second), [Handmade.domain(.gib(1))],
        second == 5 ? [Handmade.change(5, by: .you)] : [])
    }
    let second = (100..<120).map { second in
      Handmade.snapshot(
        Double(second), [Handmade.domain(.gib(1))],
        second == 110 ? [Handmade.change(110, by: .you)] : [])
    }
    try record(first, path, user: "alice", note: "in the evening")
    try record(second, path, user: "bob", interval: .seconds(2))
    try Extract(RecordingFile(path), begin: first[3].time).write(to: copy)
    let file = try RecordingFile(copy)
    let sessions = try file.sessions()
    #expect(sessions.map(\.user) == ["alice", "bob"])
    #expect(sessions.map(\.note) == ["in the evening", nil])
    #expect(sessions.map(\.interval) == [.seconds(1), .seconds(2)])
    #expect(try Extract(file).report().domains[0].changes == ["alice": 1, "bob": 1])
    #expect(try Extract(file).report().gaps.map(\.length) == [.seconds(81)])
  }

  @Test("a new file that cannot become a recording is not left behind")
  func stump() throws {
    // There is no room behind its name for that of a journal.
    let path = scratch.file(String(repeating: "a", count: 250))
    #expect(throws: RecordingError.self) {
      try RecordingWriter(
        path, RecordingOptions(), now: WallTime(milliseconds: 0), isNew: true)
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("a file that is there is left as it is")
  func occupied() throws {
    try record(Living().next(5), path)
    try Data("precious".utf8).write(to: URL(fileURLWithPath: copy))
    #expect {
      try Extract(RecordingFile(path)).write(to: copy)
    } throws: { "\($0)".contains("\(copy) already exists") }
    #expect(try Data(contentsOf: URL(fileURLWithPath: copy)) == Data("precious".utf8))
  }
}
