import MemtopCore
import MemtopUI
import MemtopXen

extension LiveSource {
  /// Takes what the sampler has brought.
  func takeSamples() {
    for sample in sampler.take() {
      if !sample.isPast { awaitedSince = nil }
      switch sample {
      case .past(let snapshot):
        live.append(snapshot, interval: dashboard.state.settings.interval)
      case .snapshot(let snapshot): arrive(snapshot)
      case .forChange(let snapshot, let facts): arrive(snapshot, facts)
      case .problem(let error): dashboard.tell(.sourceProblem(error.description))
      }
    }
  }

  private func arrive(_ snapshot: Snapshot) {
    dashboard.tell(.snapshot(kept(snapshot)))
  }

  /// A sample that the review or a change under way has asked for.
  private func arrive(_ snapshot: Snapshot, _ facts: [DomainID: GuardFacts]) {
    let snapshot = kept(snapshot)
    if let driver, !driver.run.isFinished {
      driver.advance(snapshot, facts)
      tellProgress(driver)
    }
    dashboard.tell(.readForChange(snapshot, facts))
  }

  private func kept(_ snapshot: Snapshot) -> Snapshot {
    var snapshot = snapshot
    snapshot.events += ownEvents
    ownEvents = []
    let interval = dashboard.state.settings.interval
    live.append(snapshot, interval: interval)
    recorder?.append(snapshot, interval: interval)
    return snapshot
  }

  /// Takes what has come of writing.
  func takeChange() {
    guard let driver, driver.takeOutcomes() else { return }
    tellProgress(driver)
    hurry()
  }

  private func tellProgress(_ driver: ChangeDriver) {
    dashboard.tell(.changeProgress(ChangeProgress(driver.run)))
    guard driver.run.isFinished else { return }
    for item in driver.run.items {
      guard case .failed(let why) = item.state else { continue }
      ownEvents.append(
        HostEvent(
          time: HostClock.system.wall(), domain: item.order.domain, name: item.order.name,
          kind: .changeFailed(why)))
    }
    self.driver = nil
  }

  /// Sees what is being written to its end, so that no target is left half set and unlogged, and
  /// says what of a change that was cut short is done and what is not.
  func finishWriting() {
    guard let driver, driver.isWriting || !worker.isIdle else { return }
    let end = HostClock.system.steady() + TargetWorker.patience
    while !worker.isIdle, HostClock.system.steady() < end {
      if !driver.takeOutcomes() { rest(Span(milliseconds: 20)) }
    }
    for item in driver.run.items { complain(item.line) }
  }
}
