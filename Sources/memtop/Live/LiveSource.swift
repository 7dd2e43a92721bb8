import MemtopCore
import MemtopSystem
import MemtopUI
import MemtopXen

/// A host behind the screen: its samples, the changes that are made to it, and their recording.
final class LiveSource: DashboardSource {
  let engine: HostEngine
  let live = History()
  private let recording: ScreenRecording
  /// Which orders of the change under way are recorded as failed.
  private var failed: Set<Int> = []

  /// For so long a new time waits for the sample that was asked for with it, so that a second is one
  /// frame and not two.
  private static let sampleTime = Span(milliseconds: 500)

  init(host: HostConnection, loop: any EventLoop, recording: ScreenRecording) {
    self.recording = recording
    engine = HostEngine(host, loop, interval: ScreenSettings().interval)
  }

  var history: any HistoryReader { live }
  var due: SteadyTime { engine.due }
  var clock: HostClock { engine.loop.clock }

  var isNewsNear: Bool {
    engine.awaitedSince.map { engine.loop.now - $0 < Self.sampleTime } ?? false
  }

  func begin(_ state: AppState) -> [AppEvent] { [] }

  func turn(_ state: AppState) -> [AppEvent] {
    engine.interval = state.settings.interval
    let events = engine.turn().flatMap { take($0, state) }
    if !state.staging.isEmpty { engine.prepare() }
    return events + recording.turn(state, engine.loop)
  }

  func perform(_ effect: Effect, _ state: AppState) -> [AppEvent] {
    switch effect {
    case .setInterval: engine.hurry()
    case .readForChange(let domains): engine.read(for: domains)
    case .apply(let rows):
      // What was agreed to is what is carried out: a worse word on the last look stops it.
      engine.carryOut(ChangeRun(rows.map { (order: $0.order, agreed: $0.verdict) }))
      failed = []
    case .toggleRecording:
      return state.live.map { [recording.toggle($0, state, engine.loop)] } ?? []
    case .note(let text, let domain, let name):
      recording.note(text, domain, name: name, state, clock)
      engine.hurry()
    case .regulate(let domains, let isOn): regulate(domains, isOn)
    case .refused(let rules): engine.host.countRefusals(rules)
    case .quit, .suspend, .redraw, .flushInput: break
    }
    return []
  }

  private func regulate(_ domains: [DomainID], _ isOn: Bool) {
    let who = OperatorName.ofThisProcess
    for domain in domains { engine.publish(domain, isOn ? .wanted(by: who) : .unwanted(by: who)) }
    engine.hurry()
  }

  /// The watch is given back: while memtop is stopped, guests would wait for it.
  func pause() { engine.host.pause() }

  func resume() {
    engine.host.resume()
    engine.hurry()
  }

  func end() {
    if !engine.endPublishing() {
      complain(
        "xenstore does not respond; the last domains handed over or taken back may not be saved")
    }
    finishWriting()
    if let why = recording.finish(clock) { complain("not all was recorded: \(why)") }
  }
}

extension LiveSource {
  /// What the screen is to be told of what has come.
  func take(_ event: HostEngine.Event, _ state: AppState) -> [AppEvent] {
    switch event {
    case .past(let snapshot):
      live.append(snapshot, interval: state.settings.interval)
      return []
    case .preview(let snapshot):
      let wait = engine.host.waitingFor()?.description
      return [.preview(snapshot), .sourceProblem(wait ?? "the domains are being read")]
    case .sample(let snapshot): return [.snapshot(kept(snapshot, state))]
    case .sampleForChange(let snapshot, let facts):
      return [.readForChange(kept(snapshot, state), facts)]
    case .unreadable(let error): return [.sourceProblem(error.description)]
    // Whoever pressed M has read that it is done.
    case .publishing(let error?):
      return [.remark("Not handed over or taken back: \(error.description)")]
    case .publishing(nil): return []
    case .waiting(let waiting): return [.sourceProblem(waiting.line)]
    case .written: return []
    case .progress(let driver): return [progress(driver)]
    }
  }

  private func kept(_ snapshot: Snapshot, _ state: AppState) -> Snapshot {
    let snapshot = recording.kept(snapshot, state)
    live.append(snapshot, interval: state.settings.interval)
    return snapshot
  }

  private func progress(_ driver: ChangeDriver) -> AppEvent {
    if driver === engine.driver {
      recordFailures(driver)
      if driver.run.isFinished { engine.leaveChange() }
    }
    return .changeProgress(ChangeProgress(driver.run))
  }

  /// Each when it is known: the others of the change may still be followed for a minute.
  private func recordFailures(_ driver: ChangeDriver) {
    for (index, item) in driver.run.items.enumerated() {
      guard case .failed(let why) = item.state, failed.insert(index).inserted else { continue }
      recording.add(
        HostEvent(
          time: clock.wall(), domain: item.order.domain, name: item.order.name,
          kind: .changeFailed(why)))
    }
  }

  /// Sees what is being written to its end, and says what of a change that was cut short is done and
  /// what is not.
  func finishWriting() {
    let cut = engine.driver.flatMap { $0.isWriting || !engine.isIdle ? $0 : nil }
    _ = engine.finishWriting()
    if let driver = engine.driver { recordFailures(driver) }
    for item in cut?.run.items ?? [] { complain(item.line) }
    if let problem = engine.logProblem { complain(problem) }
  }
}
