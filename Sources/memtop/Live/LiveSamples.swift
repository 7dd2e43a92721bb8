import MemtopCore
import MemtopUI

extension LiveSource {
  /// What the screen is to be told of what has come.
  func take(_ event: HostEngine.Event, _ state: AppState) -> [AppEvent] {
    switch event {
    case .past(let snapshot):
      live.append(snapshot, interval: state.settings.interval)
      return []
    case .sample(let snapshot): return [.snapshot(kept(snapshot, state))]
    case .sampleForChange(let snapshot, let facts):
      return [.readForChange(kept(snapshot, state), facts)]
    case .unreadable(let error): return [.sourceProblem(error.description)]
    case .waiting(let waiting): return [.sourceProblem(waiting.line)]
    case .written: return []
    case .progress(let driver): return [progress(driver)]
    }
  }

  private func kept(_ snapshot: Snapshot, _ state: AppState) -> Snapshot {
    var snapshot = snapshot
    snapshot.events += ownEvents
    ownEvents = []
    let interval = state.settings.interval
    live.append(snapshot, interval: interval)
    recorder?.append(snapshot, interval: interval)
    return snapshot
  }

  private func progress(_ driver: ChangeDriver) -> AppEvent {
    if driver.run.isFinished {
      for item in driver.run.items {
        guard case .failed(let why) = item.state else { continue }
        ownEvents.append(
          HostEvent(
            time: clock.wall(), domain: item.order.domain, name: item.order.name,
            kind: .changeFailed(why)))
      }
      engine.leaveChange()
    }
    return .changeProgress(ChangeProgress(driver.run))
  }

  /// Sees what is being written to its end, and says what of a change that was cut short is done and
  /// what is not.
  func finishWriting() {
    guard let driver = engine.driver, driver.isWriting || !engine.isIdle else { return }
    _ = engine.finishWriting()
    for item in driver.run.items { complain(item.line) }
  }
}
