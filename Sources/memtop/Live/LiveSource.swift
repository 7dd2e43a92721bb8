import Glibc
import MemtopCore
import MemtopUI
import MemtopXen

/// A host behind the screen: its samples, the changes that are made to it, and their recording.
final class LiveSource: DashboardSource {
  let host: HostConnection
  let live = History()
  let sampler: Sampler
  let worker: TargetWorker
  var driver: ChangeDriver?
  let openRecorder: RecorderOpener
  /// Recording begins with the first sample.
  private(set) var recordsAtOnce: Bool
  var recorder: (any SnapshotRecorder)?
  /// Events of memtop's own, for the next sample.
  var ownEvents: [HostEvent] = []
  private(set) unowned var dashboard: Dashboard!

  private var nextSample = SteadyTime(milliseconds: 0)
  /// Since when a sample has been awaited; the first one is asked for at once.
  var awaitedSince: SteadyTime? = HostClock.system.steady()

  /// Longer than this without an answer is told, and longer than that what is being read.
  private static let patience = Span.seconds(3)
  private static let readingPatience = Span.seconds(1)
  /// For so long a new time waits for the sample that was asked for with it, so that a second is one
  /// frame and not two.
  private static let sampleTime = Span(milliseconds: 500)

  init(
    host: HostConnection, bell: Doorbell, openRecorder: @escaping RecorderOpener,
    recordsAtOnce: Bool = false
  ) {
    self.host = host
    self.openRecorder = openRecorder
    self.recordsAtOnce = recordsAtOnce
    sampler = Sampler(host) { bell.ring() }
    worker = TargetWorker(writer: host.writer) { bell.ring() }
  }

  var history: any HistoryReader { live }
  var due: SteadyTime { nextSample }

  var isNewsNear: Bool {
    awaitedSince.map { HostClock.system.steady() - $0 < Self.sampleTime } ?? false
  }

  func begin(_ dashboard: Dashboard) { self.dashboard = dashboard }

  func takeNews() {
    takeSamples()
    takeChange()
    if !dashboard.state.staged.isEmpty { worker.prepare() }
    if recordsAtOnce, dashboard.state.live != nil {
      recordsAtOnce = false
      toggleRecording()
    }
    watchRecorder()
  }

  func keepTime(_ now: SteadyTime) -> Bool {
    let isDue = now >= nextSample
    if isDue {
      ask()
      awaitedSince = awaitedSince ?? now
      let interval =
        driver?.isWriting == true ? ChangeDriver.pace : dashboard.state.settings.interval
      nextSample = max(nextSample + interval, now)
    }
    tellOfWaiting(now)
    return isDue
  }

  /// Asks for a sample soon: a change under way wants the guard's facts with it.
  private func ask() {
    if let driver, !driver.run.isFinished { driver.requestSample() } else { sampler.request() }
  }

  func hurry() { nextSample = HostClock.system.steady() }

  private func tellOfWaiting(_ now: SteadyTime) {
    let waited = sampler.waiting(at: now)
    guard waited > Self.readingPatience else { return }
    let wait = host.waitingFor()
    guard waited > Self.patience || wait?.isGoingOn == true else { return }
    let silence = "the host has not responded for \(waited.wholeSeconds) s"
    dashboard.tell(.sourceProblem(wait?.description ?? silence))
  }

  func perform(_ effect: Effect) {
    switch effect {
    case .setInterval: hurry()
    case .readForChange(let domains): sampler.requestForChange(domains)
    case .apply(let rows): begin(rows)
    case .toggleRecording: toggleRecording()
    case .note(let text, let domain): note(text, domain)
    case .regulate(let domains, let isOn):
      let who = OperatorName.ofThisProcess
      for domain in domains {
        sampler.publish(domain, isOn ? .wanted(by: who) : .unwanted(by: who))
      }
      hurry()
    case .quit, .suspend, .redraw, .flushInput: break
    }
  }

  /// What was agreed to is what is carried out: a worse word on the last look stops it.
  private func begin(_ rows: [Review.Row]) {
    let run = ChangeRun(rows.map { (order: $0.order, agreed: $0.verdict) })
    driver = ChangeDriver(run, host: host, sampler: sampler, worker: worker)
    hurry()
  }

  /// The watch is given back: while memtop is stopped, guests would wait for it.
  func pause() { host.pause() }

  func resume() {
    host.resume()
    hurry()
  }

  func end() {
    sampler.end()
    finishWriting()
    recorder?.finish()
  }
}
