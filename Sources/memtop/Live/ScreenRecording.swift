import MemtopCore
import MemtopSystem
import MemtopUI
import MemtopXen

/// What a screen records of its samples, and what it adds to them: notes, and failures of its own.
final class ScreenRecording {
  private let open: RecorderOpener
  /// It begins with the first sample.
  private var beginsAtOnce: Bool
  private var recorder: (any SnapshotRecorder)?
  /// For the next sample.
  private var ownEvents: [HostEvent] = []
  private var last: (snapshot: Snapshot, interval: Span)?

  init(_ open: @escaping RecorderOpener, beginsAtOnce: Bool = false) {
    self.open = open
    self.beginsAtOnce = beginsAtOnce
  }

  /// Adds what is to be added to a sample, and writes it where it is recorded.
  func kept(_ snapshot: Snapshot, _ state: AppState) -> Snapshot {
    var snapshot = snapshot
    snapshot.events += ownEvents
    ownEvents = []
    guard let recorder else { return snapshot }
    recorder.append(snapshot.current, interval: state.settings.interval)
    last = (snapshot, state.settings.interval)
    return snapshot
  }

  /// Begins with the sample on the screen where that was asked for, and tells when it has ended by
  /// itself; the screen goes on.
  func turn(_ state: AppState, _ loop: any EventLoop) -> [AppEvent] {
    var events: [AppEvent] = []
    if beginsAtOnce, let newest = state.live {
      beginsAtOnce = false
      events.append(toggle(newest, state, loop))
    }
    if let recorder, let why = recorder.failure {
      recorder.finish()
      self.recorder = nil
      events.append(.recording(.stopped(why: why)))
    }
    return events
  }

  /// Begins to record with the sample on the screen, or ends it.
  func toggle(_ newest: Snapshot, _ state: AppState, _ loop: any EventLoop) -> AppEvent {
    if recorder != nil {
      finish()
      recorder = nil
      return .recording(.off)
    }
    do throws(Failure) {
      let recorder = try open(newest.current, loop.wake)
      recorder.append(newest.current, interval: state.settings.interval)
      self.recorder = recorder
      return .recording(.on(file: recorder.file, since: loop.now))
    } catch {
      return .recording(.stopped(why: error.line))
    }
  }

  func note(_ text: String, _ domain: DomainID?, _ state: AppState, _ clock: HostClock) {
    guard let newest = state.live else { return }
    let sample = domain.flatMap { newest.domain($0) }
    add(
      HostEvent(
        time: clock.wall(), domain: sample?.id ?? HostEvent.host,
        name: sample?.name ?? newest.host.hostname,
        kind: .note(text, by: OperatorName.ofThisProcess)))
  }

  func add(_ event: HostEvent) { ownEvents.append(event) }

  /// Ends it. What was noted since the last sample comes with that sample once more.
  func finish() {
    guard let recorder else { return }
    if let last, !ownEvents.isEmpty {
      var snapshot = last.snapshot
      snapshot.time = snapshot.time + Span(milliseconds: 1)
      snapshot.steady = snapshot.steady + Span(milliseconds: 1)
      (snapshot.events, ownEvents) = (ownEvents, [])
      recorder.append(snapshot.current, interval: last.interval)
    }
    recorder.finish()
  }
}

/// Writes what the screen samples to a file; it is used from the dashboard's thread.
protocol SnapshotRecorder: AnyObject {
  /// The file's name, as the operator is told.
  var file: String { get }
  /// Why it has ended by itself, in one line; nil while it runs. Asked often.
  var failure: String? { get }
  /// Takes a snapshot to write, and returns at once: a disk that is slow must not hold up the screen.
  ///
  /// - Parameter interval: in which the next one is meant to come.
  func append(_ snapshot: Snapshot, interval: Span)
  /// Writes what it has taken, and closes the file.
  func finish()
}

/// Opens a recording of the host that this snapshot is of; it is not appended yet. `wake` may be called from any thread when
/// `failure` has something to say.
typealias RecorderOpener =
  @Sendable (
    _ newest: Snapshot, _ wake: @escaping @Sendable () -> Void
  ) throws(Failure) -> any SnapshotRecorder
