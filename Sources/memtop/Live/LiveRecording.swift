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
