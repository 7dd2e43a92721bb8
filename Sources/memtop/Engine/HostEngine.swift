import MemtopCore
import MemtopSystem
import MemtopXen

/// A host at work: it is sampled at an interval, changes are carried out on it, and what comes of both
/// is told as events. Every command and the screen use a host through one of these.
///
/// Its owner calls `turn` after each wait of the loop, and waits until `due` at most.
final class HostEngine {
  enum Event {
    /// Of before this run.
    case past(Snapshot)
    /// What is known while the first sample takes long.
    case preview(Snapshot)
    case sample(Snapshot)
    /// One that was asked for with the guard's facts.
    case sampleForChange(Snapshot, [DomainID: GuardFacts])
    case unreadable(SourceError)
    /// xenstore does not take what the regulator, or who hands it domains, writes; nil is that it does
    /// again.
    case publishing(SourceError?)
    /// The host does not answer, or takes long to be read: told at each turn until it answers.
    case waiting(Waiting)
    case written(ChangeDriver.Written)
    /// The change under way has gone on.
    case progress(ChangeDriver)
  }

  /// What is waited for, in words.
  struct Waiting: Hashable {
    let line: String
    /// It answers, but there is much to read.
    let isReading: Bool
    let isLong: Bool
  }

  /// A host that does not answer for longer than this is told of, and one whose reading goes on for
  /// longer than that.
  static let patience = Span.seconds(5)
  static let readingPatience = Span.seconds(1)

  /// At the end, so long for xenstore to take what was published.
  private static let publishPatience = Span.seconds(5)

  let host: HostConnection
  let loop: any EventLoop
  /// From one sample to the next; nil is only when asked.
  var interval: Span?
  /// When the next sample is to be asked for.
  private var askAt: SteadyTime
  /// The change that is under way.
  private(set) var driver: ChangeDriver?
  /// Since when a sample has been awaited.
  private(set) var awaitedSince: SteadyTime?
  private let sampler: Sampler
  private let worker: TargetWorker

  init(_ host: HostConnection, _ loop: any EventLoop, interval: Span?) {
    self.host = host
    self.loop = loop
    self.interval = interval
    askAt = interval == nil ? Self.never : loop.now
    awaitedSince = loop.now
    sampler = Sampler(host, loop)
    worker = TargetWorker(writer: host.writer, log: host.log, loop)
  }

  private static let never = SteadyTime(milliseconds: .max)

  /// When it wants its next turn: while a sample is awaited, soon enough to tell of it.
  var due: SteadyTime { awaitedSince == nil ? askAt : min(askAt, loop.now + Self.readingPatience) }

  /// Takes what has come, and asks for what is due.
  func turn() -> [Event] {
    var events = takeOutcomes()
    for sample in sampler.take() { take(sample, &events) }
    let now = loop.now
    if now >= askAt { ask(now) }
    if let waiting = waiting(now) { events.append(.waiting(waiting)) }
    return events
  }

  /// Samples at the next turn, and not only when it is due.
  func hurry() { if interval != nil { askAt = loop.now } }

  /// Asks for a sample that begins after this, with the guard's facts for these domains.
  func read(for domains: [DomainID]) { sampler.requestForChange(domains) }

  /// All domains are read from now on, where only one was asked for.
  func readEverything() { sampler.readEverything() }

  /// Asks for the guard's facts for these domains, to go with a sample that was just taken.
  func readFacts(of domains: [DomainID], for snapshot: Snapshot) {
    sampler.requestFacts(domains, for: snapshot)
  }

  /// Writes how a domain stands with the regulator.
  func publish(_ domain: DomainID, _ regulation: Regulation?) {
    sampler.publish(domain, regulation)
  }

  /// Gives the regulator's sign of life, or takes it away.
  func beat(_ beat: RegulatorBeat?) { sampler.beat(beat) }

  /// A change is likely to come: what it needs is made ready.
  func prepare() { worker.prepare() }

  /// Begins a change, which each sample from now on carries further.
  @discardableResult
  func carryOut(_ run: ChangeRun, by author: ChangeAuthor = .you) -> ChangeDriver {
    let driver = ChangeDriver(
      run, host: host, sampler: sampler, worker: worker, author: author, clock: loop.clock)
    self.driver = driver
    hurry()
    return driver
  }

  /// What is left of the change is not waited for.
  func leaveChange() { driver = nil }

  /// Nothing is being written, and every outcome was taken.
  var isIdle: Bool { worker.isIdle }

  /// What came of every change is in the journal, or was not taken by it in time.
  var isLogged: Bool { worker.isLogged }

  /// Why the last changes may not be in it, as a line for whoever made them.
  var logProblem: String? { worker.logProblem(at: loop.now) }

  /// Sees what is being written to its end, so that no target is left half set and unlogged. A journal that
  /// does not respond is waited for no longer than `TargetWorker.logPatience`.
  ///
  /// - Parameter woken: is called after each wait, and takes the signals; else they are dropped.
  func finishWriting(woken: (() -> Void)? = nil) -> [Event] {
    var events: [Event] = []
    func wait(_ patience: Span, until isDone: () -> Bool) {
      let end = loop.now + patience
      while !isDone(), loop.now < end {
        loop.wait(until: end)
        if let woken { woken() } else { loop.dropSignals() }
        events += takeOutcomes()
      }
    }
    events += takeOutcomes()
    wait(TargetWorker.patience) { worker.isIdle }
    wait(TargetWorker.logPatience) { worker.isLogged }
    return events
  }

  /// Samples no more; what was asked for before is done, which is waited for so long.
  func end(patience: Span = .zero) {
    sampler.end()
    let end = loop.now + patience
    while !sampler.hasEnded, loop.now < end {
      loop.wait(until: end)
      loop.dropSignals()
    }
  }

  /// Samples no more; what is still to be published is waited for.
  ///
  /// - Returns: false where xenstore has not taken it.
  func endPublishing() -> Bool {
    end(patience: sampler.isPublishing ? Self.publishPatience : .zero)
    return !sampler.isPublishing && !sampler.isRefused
  }

  private func take(_ sample: Sampler.Sample, _ events: inout [Event]) {
    if sample.isAnswer { awaitedSince = nil }
    switch sample {
    case .past(let snapshot): events.append(.past(snapshot))
    case .preview(let snapshot): events.append(.preview(snapshot))
    case .snapshot(let snapshot):
      driver?.note(snapshot)
      events.append(.sample(snapshot))
    case .problem(let error): events.append(.unreadable(error))
    case .publishing(let error): events.append(.publishing(error))
    case .forChange(let snapshot, let facts):
      advance(snapshot, facts, &events)
      events.append(.sampleForChange(snapshot, facts))
    }
  }

  /// Whether a change may be judged by it: not if it took long, because Xen or xenstore hung, nor if it holds
  /// keys of before xenstore was lost.
  func isFresh(_ snapshot: Snapshot) -> Bool {
    loop.now - snapshot.steady <= TargetWorker.freshness && snapshot.problem == nil
  }

  private func advance(
    _ snapshot: Snapshot, _ facts: [DomainID: GuardFacts], _ events: inout [Event]
  ) {
    guard let driver, !driver.run.isFinished else { return }
    // The guard would judge by memory that may be gone meanwhile. One that took long is asked for anew at
    // once; without xenstore the next comes in its time.
    guard isFresh(snapshot) else {
      driver.note(snapshot)
      if snapshot.problem == nil { hurry() }
      return
    }
    driver.advance(snapshot, facts)
    events.append(.progress(driver))
  }

  private func takeOutcomes() -> [Event] {
    guard let driver else { return [] }
    let written = driver.takeOutcomes()
    guard !written.isEmpty else { return [] }
    hurry()
    return written.map { .written($0) } + [.progress(driver)]
  }

  private func ask(_ now: SteadyTime) {
    if let driver, !driver.run.isFinished { driver.requestSample() } else { sampler.request() }
    awaitedSince = awaitedSince ?? now
    guard let interval else { return askAt = Self.never }
    askAt = max(askAt + (driver?.isWriting == true ? ChangeDriver.pace : interval), now)
  }

  private func waiting(_ now: SteadyTime) -> Waiting? {
    let waited = sampler.waiting(at: now)
    guard waited > Self.readingPatience else { return nil }
    let wait = host.waitingFor()
    guard waited > Self.patience || wait?.isGoingOn == true else { return nil }
    return Waiting(
      line: wait?.description ?? "the host has not responded for \(waited.wholeSeconds) s",
      isReading: wait?.isGoingOn == true, isLong: waited > Self.patience)
  }
}
