import Foundation
import MemtopCore
@testable import MemtopRecording
import MemtopSystem
import MemtopUI
import Synchronization
import Testing

@testable import TestSupport
@testable import memtop

@Suite("a disk that hangs under the screen's recording", .timeLimit(.minutes(30)))
struct HangingDiskTests {
  /// A file of which a write does not come back until a test lets it.
  private final class HangingWriter: SnapshotWriter, Sendable {
    let hangs = DispatchSemaphore(value: 0)
    let isHanging = DispatchSemaphore(value: 0)
    let isClosed = DispatchSemaphore(value: 0)
    let appended = Mutex(0)

    func append(_ snapshot: Snapshot, interval: Span?) throws(RecordingError)
      -> RecordingWriter.Outcome
    {
      let count = appended.withLock { count in
        count += 1
        return count
      }
      guard count == 2 else { return .written }
      isHanging.signal()
      hangs.wait()
      return .written
    }

    func close() throws(RecordingError) { isClosed.signal() }
  }

  private let writer = HangingWriter()
  private let loop = EmbeddedLoop()

  /// The clock does not move: whoever waited for it would wait for ever.
  private func recorder() -> FileRecorder {
    FileRecorder("a.memtop", writer, clock: loop.clock, wake: {})
  }

  @Test("samples are taken on, until two minutes' worth waits; then it is told and left alone")
  func hangs() {
    let recorder = recorder()
    let snapshot = TestHost.snapshot([])
    recorder.append(snapshot, interval: .seconds(1))
    recorder.append(snapshot, interval: .seconds(1))
    writer.isHanging.wait()
    for _ in 0..<120 { recorder.append(snapshot, interval: .seconds(1)) }
    #expect(recorder.failure == nil)
    recorder.append(snapshot, interval: .seconds(1))
    #expect(recorder.failure == "the disk is 120 samples behind")
    recorder.end()
    recorder.waitForEnd(until: loop.time + .seconds(10))
    #expect(!recorder.hasEnded)
    // What it had taken is written when the disk is back, and the file is closed.
    writer.hangs.signal()
    writer.isClosed.wait()
    #expect(writer.appended.withLock { $0 } == 123)
  }

  @Test("one that is slow and in time loses nothing")
  func slow() {
    let recorder = recorder()
    let snapshot = TestHost.snapshot([])
    for _ in 0..<3 { recorder.append(snapshot, interval: .seconds(1)) }
    writer.isHanging.wait()
    writer.hangs.signal()
    recorder.end()
    recorder.waitForEnd(until: loop.time + .seconds(10))
    #expect(recorder.hasEnded && recorder.failure == nil && writer.appended.withLock { $0 } == 3)
  }

  private let state = AppState(
    settings: ScreenSettings(), size: ScreenSize(columns: 80, rows: 24),
    now: SteadyTime(milliseconds: 0))

  private static func statuses(_ events: [AppEvent]) -> [RecordingStatus] {
    events.compactMap { if case .recording(let status) = $0 { status } else { nil } }
  }

  /// A screen's recording through this writer, and what is signalled when it has news.
  private func recording(
    _ writer: some SnapshotWriter & Sendable
  ) -> (ScreenRecording, isNews: DispatchSemaphore) {
    let (clock, isNews) = (loop.clock, DispatchSemaphore(value: 0))
    let recording = ScreenRecording { _, _ in
      FileRecorder("a.memtop", writer, clock: clock) { isNews.signal() }
    }
    return (recording, isNews)
  }

  @Test(
    "r returns at once, and tells when all is written; a disk that does not answer, after a while")
  func ends() {
    for answers in [true, false] {
      let writer = HangingWriter()
      let (recording, isNews) = recording(writer)
      let snapshot = TestHost.snapshot([])
      _ = recording.toggle(snapshot, state, loop)
      _ = recording.kept(snapshot, state)
      writer.isHanging.wait()
      let since = loop.time
      let ending = Self.statuses([recording.toggle(snapshot, state, loop)])
      #expect(ending == [.ending(file: "a.memtop", since: since)])
      #expect(recording.turn(state, loop).isEmpty)
      if answers {
        writer.hangs.signal()
        isNews.wait()
        #expect(Self.statuses(recording.turn(state, loop)) == [.off])
        #expect(recording.finish(loop.clock) == nil)
      } else {
        _ = loop.wait(until: loop.time + .seconds(10), for: [])
        let late = "a.memtop: the disk does not respond; its newest samples may be missing"
        #expect(Self.statuses(recording.turn(state, loop)) == [.stopped(why: late)])
        writer.hangs.signal()
      }
    }
  }

  /// A file that somebody holds locked until a test lets it go.
  private final class LockedWriter: SnapshotWriter, Sendable {
    let isLocked = Mutex(true)

    func append(_ snapshot: Snapshot, interval: Span?) throws(RecordingError)
      -> RecordingWriter.Outcome
    {
      isLocked.withLock { $0 } ? .skipped("another program holds it locked") : .written
    }

    func close() throws(RecordingError) {}
  }

  @Test("a sample that cannot be written is told, and the recording goes on with the next")
  func skips() {
    let writer = LockedWriter()
    let (recording, isNews) = recording(writer)
    let snapshot = TestHost.snapshot([])
    func status(_ trouble: String?) -> RecordingStatus {
      .on(file: "a.memtop", since: loop.time, trouble: trouble)
    }
    #expect(Self.statuses([recording.toggle(snapshot, state, loop)]) == [status(nil)])
    isNews.wait()
    #expect(
      Self.statuses(recording.turn(state, loop)) == [status("another program holds it locked")])
    writer.isLocked.withLock { $0 = false }
    _ = recording.kept(snapshot, state)
    isNews.wait()
    #expect(Self.statuses(recording.turn(state, loop)) == [status(nil)])
    #expect(recording.finish(loop.clock) == nil)
  }
  @Test("a file that is still being written is not opened again, until it is closed")
  func again() {
    let (writer, isNews) = (HangingWriter(), DispatchSemaphore(value: 0))
    let (clock, opened) = (loop.clock, Counter())
    let recording = ScreenRecording(
      { _, _ in
        opened.count.withLock { $0 += 1 }
        return FileRecorder("a.memtop", writer, clock: clock) { isNews.signal() }
      }, file: "a.memtop")
    let snapshot = TestHost.snapshot([])
    _ = recording.toggle(snapshot, state, loop)
    _ = recording.kept(snapshot, state)
    writer.isHanging.wait()
    _ = recording.toggle(snapshot, state, loop)
    _ = loop.wait(until: loop.time + .seconds(10), for: [])
    #expect(Self.statuses(recording.turn(state, loop)).count == 1)
    guard case .remark("a.memtop is still being written") = recording.toggle(snapshot, state, loop)
    else {
      Issue.record("it was opened again")
      return
    }
    writer.hangs.signal()
    isNews.wait()
    let status = Self.statuses([recording.toggle(snapshot, state, loop)])
    #expect(status == [.on(file: "a.memtop", since: loop.time)])
    #expect(opened.count.withLock { $0 } == 2)
    #expect(recording.finish(loop.clock) == nil)
  }

  private final class Counter: Sendable {
    let count = Mutex(0)
  }

  @Test("what is missing of a recording is told while the next one runs, too")
  func two() {
    let (first, opened) = (writer, Counter())
    let clock = loop.clock
    let recording = ScreenRecording { (_, _) throws(Failure) in
      opened.count.withLock { $0 += 1 }
      let isFirst = opened.count.withLock { $0 } == 1
      return FileRecorder(
        "a.memtop", isFirst ? first as any SnapshotWriter : LockedWriter(), clock: clock, wake: {})
    }
    let snapshot = TestHost.snapshot([])
    _ = recording.toggle(snapshot, state, loop)
    _ = recording.kept(snapshot, state)
    writer.isHanging.wait()
    _ = recording.toggle(snapshot, state, loop)
    _ = recording.toggle(snapshot, state, loop)
    _ = loop.wait(until: loop.time + .seconds(10), for: [])
    let remarks = recording.turn(state, loop).compactMap { event in
      if case .remark(let text) = event { text } else { nil }
    }
    #expect(
      remarks == [
        "Not all was recorded: a.memtop: the disk does not respond; its newest samples may be missing"
      ])
    writer.hangs.signal()
    _ = recording.finish(loop.clock)
  }
}
