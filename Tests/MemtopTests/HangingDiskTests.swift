import Foundation
import MemtopCore
@testable import MemtopRecording
import MemtopSystem
import Synchronization
import Testing

@testable import TestSupport
@testable import memtop

@Suite("a disk that hangs under the screen's recording", .timeLimit(.minutes(30)))
struct HangingDiskTests {
  /// A file of which a write does not come back until a test lets it.
  private final class HangingWriter: SnapshotWriter {
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
    recorder.finish()
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
    recorder.finish()
    #expect(recorder.failure == nil && writer.appended.withLock { $0 } == 3)
  }
}
