import MemtopCore
import MemtopUI
import MemtopXen

extension LiveSource {
  /// Begins to record with the sample on the screen, or ends it.
  func toggleRecording(_ newest: Snapshot, _ state: AppState) -> AppEvent {
    if let recorder {
      recorder.finish()
      self.recorder = nil
      return .recording(.off)
    }
    do throws(Failure) {
      let recorder = try openRecorder(newest, engine.loop.wake)
      recorder.append(newest, interval: state.settings.interval)
      self.recorder = recorder
      return .recording(.on(file: recorder.file, since: engine.loop.now))
    } catch {
      return .recording(.stopped(why: error.line))
    }
  }

  /// A recording that has ended by itself is told of; the screen goes on.
  func watchRecorder() -> AppEvent? {
    guard let recorder, let why = recorder.failure else { return nil }
    recorder.finish()
    self.recorder = nil
    return .recording(.stopped(why: why))
  }

  /// Adds a note to the next sample, which is taken at once.
  func note(_ text: String, _ domain: DomainID?, _ state: AppState) {
    guard let newest = state.live else { return }
    let sample = domain.flatMap { newest.domain($0) }
    ownEvents.append(
      HostEvent(
        time: clock.wall(), domain: sample?.id ?? HostEvent.host,
        name: sample?.name ?? newest.host.hostname,
        kind: .note(text, by: OperatorName.ofThisProcess)))
    engine.hurry()
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
