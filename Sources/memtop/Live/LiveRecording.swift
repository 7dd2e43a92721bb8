import MemtopCore
import MemtopXen

extension LiveSource {
  /// Begins to record with the sample on the screen, or ends it.
  func toggleRecording() {
    if let recorder {
      recorder.finish()
      self.recorder = nil
      return dashboard.tell(.recording(.off))
    }
    guard let newest = dashboard.state.live else { return }
    let bell = dashboard.bell
    do throws(Failure) {
      let recorder = try openRecorder(newest) { bell.ring() }
      recorder.append(newest, interval: dashboard.state.settings.interval)
      self.recorder = recorder
      dashboard.tell(
        .recording(.on(file: recorder.file, since: HostClock.system.steady())))
    } catch {
      dashboard.tell(.recording(.stopped(why: error.line)))
    }
  }

  /// A recording that has ended by itself is told of; the screen goes on.
  func watchRecorder() {
    guard let recorder, let why = recorder.failure else { return }
    recorder.finish()
    self.recorder = nil
    dashboard.tell(.recording(.stopped(why: why)))
  }

  /// Adds a note to the next sample, which is taken at once.
  func note(_ text: String, _ domain: DomainID?) {
    guard let newest = dashboard.state.live else { return }
    let sample = domain.flatMap { newest.domain($0) }
    ownEvents.append(
      HostEvent(
        time: HostClock.system.wall(), domain: sample?.id ?? HostEvent.host,
        name: sample?.name ?? newest.host.hostname,
        kind: .note(text, by: OperatorName.ofThisProcess)))
    hurry()
  }
}
