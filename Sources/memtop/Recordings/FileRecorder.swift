import Glibc
import MemtopCore
import MemtopSystem
import MemtopRecording
import MemtopXen
import Synchronization

/// Records what the screen samples, on a thread of its own: a disk that is slow, or a sync that takes
/// its time, holds up nobody.
final class FileRecorder: SnapshotRecorder, Sendable {
  let file: String

  private struct State {
    var waiting: [(snapshot: Snapshot, interval: Span)] = []
    var failure: String?
    var trouble: String?
    var isEnding = false
    var hasEnded = false
  }

  /// Samples that may wait for the disk; a disk that is further behind ends the recording.
  private static let mostWaiting = 120
  /// How long the end waits for the disk.
  static let patience = Span.seconds(10)

  private let clock: HostClock
  private let state = Mutex(State())
  private let bell = Doorbell()
  private let ended = Doorbell()
  private let wake: @Sendable () -> Void

  /// Opens the file; what it holds is gone on with.
  ///
  /// - Parameter isNew: it must not be there yet.
  /// - Parameter wake: called from another thread when `failure`, `trouble` or `hasEnded` has changed.
  convenience init(
    _ file: String, _ options: RecordingOptions, isNew: Bool, clock: HostClock,
    wake: @escaping @Sendable () -> Void
  ) throws(RecordingError) {
    let writer = try RecordingWriter(
      file, options, now: clock.wall(), isNew: isNew)
    self.init(file, writer, clock: clock, wake: wake)
  }

  init(
    _ file: String, _ writer: any SnapshotWriter, clock: HostClock,
    wake: @escaping @Sendable () -> Void
  ) {
    self.file = file
    self.wake = wake
    self.clock = clock
    let box = Handed(writer: writer)
    Thread.start { [self] in run(box.writer) }
  }

  /// Unchecked: made by the recorder, and from then on its thread's alone.
  private struct Handed: @unchecked Sendable { let writer: any SnapshotWriter }

  var failure: String? { state.withLock { $0.failure } }
  var trouble: String? { state.withLock { $0.trouble } }
  var hasEnded: Bool { state.withLock { $0.hasEnded } }

  func append(_ snapshot: Snapshot, interval: Span) {
    state.withLock { state in
      guard state.failure == nil, !state.isEnding else { return }
      state.waiting.append((snapshot, interval))
      if state.waiting.count > Self.mostWaiting {
        state.failure = "the disk is \(Self.mostWaiting) samples behind"
      }
    }
    bell.ring()
  }

  func end() {
    state.withLock { $0.isEnding = true }
    bell.ring()
  }

  func waitForEnd(until: SteadyTime) {
    // One that has failed has been told of, and its disk may hang: the thread ends when that is over.
    while !state.withLock({ $0.hasEnded || $0.failure != nil }), clock.steady() < until {
      _ = ended.wait(atMost: (until - clock.steady()).milliseconds)
    }
  }

  private func run(_ writer: any SnapshotWriter) {
    while true {
      let (samples, isLast) = state.withLock { state in
        defer { state.waiting = [] }
        return (state.waiting, state.isEnding || state.failure != nil)
      }
      do throws(RecordingError) {
        for sample in samples { try write(sample.snapshot, sample.interval, writer) }
        if isLast { try writer.close() }
      } catch {
        fail(error.description)
        break
      }
      if isLast { break }
      _ = bell.wait(atMost: 60_000)
    }
    state.withLock { $0.hasEnded = true }
    ended.ring()
    wake()
  }

  private func write(
    _ snapshot: Snapshot, _ interval: Span, _ writer: any SnapshotWriter
  ) throws(RecordingError) {
    let trouble: String? =
      switch try writer.append(snapshot, interval: interval) {
      case .written: nil
      case .skipped(let why): why
      }
    let isNews = state.withLock { state in
      defer { state.trouble = trouble }
      return state.trouble != trouble
    }
    if isNews { wake() }
  }

  private func fail(_ why: String) {
    state.withLock { $0.failure = $0.failure ?? why }
    wake()
  }
}

/// What a recorder's thread writes with.
protocol SnapshotWriter: AnyObject {
  func append(_ snapshot: Snapshot, interval: Span?) throws(RecordingError)
    -> RecordingWriter.Outcome
  func close() throws(RecordingError)
}

extension RecordingWriter: SnapshotWriter {}

/// What the screen's `r` and `--record` open.
struct RecordingPlan: Sendable {
  /// nil names it after the host and the time, in the directory that memtop was started in.
  var file: String?
  var options: RecordingOptions
  var clock = HostClock.system

  func recorder(_ newest: Snapshot, wake: @escaping @Sendable () -> Void) throws(Failure)
    -> any SnapshotRecorder
  {
    var options = options
    options.user = OperatorName.ofThisProcess
    do throws(RecordingError) {
      guard let file else { return try new(name(newest), options, wake) }
      return try FileRecorder(file, options, isNew: false, clock: clock, wake: wake)
    } catch {
      throw Failure(error)
    }
  }

  /// Under a name that anybody can guess: whatever lies there already is not touched.
  private func new(
    _ name: String, _ options: RecordingOptions, _ wake: @escaping @Sendable () -> Void
  ) throws(RecordingError) -> FileRecorder {
    for suffix in [""] + (2...8).map({ "-\($0)" }) {
      do throws(RecordingError) {
        return try FileRecorder(
          name + suffix + Self.ending, options, isNew: true, clock: clock, wake: wake)
      } catch  where error.cause == .exists {}
    }
    return try FileRecorder(
      "\(name)-9\(Self.ending)", options, isNew: true, clock: clock, wake: wake)
  }

  private static let ending = ".memtop"

  /// "memtop-HOST-YYYYMMDD-HHMMSS", in local time.
  private func name(_ newest: Snapshot) -> String {
    var seconds = time_t(clock.wall().milliseconds / 1000)
    var local = tm()
    localtime_r(&seconds, &local)
    let time = String(unsafeUninitializedCapacity: 32) { text in
      text.withMemoryRebound(to: CChar.self) {
        strftime($0.baseAddress!, $0.count, "%Y%m%d-%H%M%S", &local)
      }
    }
    let host = newest.host.hostname.filter { $0.isLetter || $0.isNumber || "-_.".contains($0) }
    return "memtop-\(host)-\(time)"
  }
}
