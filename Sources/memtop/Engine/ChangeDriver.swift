import MemtopCore
import MemtopSystem
import MemtopXen

/// Carries out a `ChangeRun` on a host: brings it fresh samples, writes what it says, and logs what
/// came of it.
///
/// The dashboard, `memtop set`, `memtop free` and the regulator all change targets through this and
/// nothing else.
final class ChangeDriver {
  private(set) var run: ChangeRun
  private let host: HostConnection
  private let sampler: Sampler
  private let worker: TargetWorker
  private var last: Snapshot?
  /// The guard said no on the last look before writing.
  private(set) var wasJudgedAnew = false
  /// How soon to look again while something is to be written or a guest is waited for.
  static let pace = Span(milliseconds: 250)

  private let author: ChangeAuthor
  private let clock: HostClock

  init(
    _ run: ChangeRun, host: HostConnection, sampler: Sampler, worker: TargetWorker,
    author: ChangeAuthor, clock: HostClock
  ) {
    self.author = author
    self.clock = clock
    self.run = run
    self.host = host
    self.sampler = sampler
    self.worker = worker
  }

  /// Asks for the sample that `advance` wants.
  func requestSample() { sampler.requestForChange(waiting) }

  /// The domains of which something is still to come.
  var waiting: [DomainID] { run.items.filter { !$0.state.isFinal }.map(\.order.domain) }

  /// Something is still to be written.
  var isWriting: Bool {
    run.items.contains(where: \.state.isToBeWritten)
  }

  /// Does what can be done on a sample that was taken for it.
  func advance(_ snapshot: Snapshot, _ facts: [DomainID: GuardFacts]) {
    last = snapshot
    run.expire(at: clock.steady())
    var facts = facts
    // The regulator's domains were handed to it.
    if author == .regulator { for id in facts.keys { facts[id]?.isRegulator = true } }
    while true {
      switch run.next(snapshot, facts: facts) {
      case .write(let order):
        sampler.expect(order, by: author)
        return worker.write(order, OrderTerm(judged: snapshot.steady, latest: run.latest))
      case .judgedAnew(_, let verdict):
        wasJudgedAnew = true
        host.countRefusals(verdict.refusal.map { [$0] } ?? [])
      case .wait, .finished: return
      }
    }
  }

  /// Sees who set targets by a sample that nothing is decided on.
  func note(_ snapshot: Snapshot) {
    run.noteAuthors(in: snapshot)
    run.expire(at: clock.steady())
  }

  /// Takes what has been written.
  func takeOutcomes() -> [Written] {
    worker.take().map { order, outcome in
      let videoram = last?.domain(order.domain)?.videoram ?? .zero
      run.wrote(order, outcome, videoram: videoram, at: clock.steady())
      let failure = ChangeRun.failure(order, outcome, videoram: videoram)
      if failure != nil, outcome.target != order.to - videoram { sampler.withdraw(order) }
      host.count([.written(isDone: failure == nil)])
      return Written(order: order, outcome: outcome, videoram: videoram)
    }
  }

  /// What came of one order, and its domain's videoram.
  struct Written {
    let order: TargetOrder
    let outcome: TargetOutcome
    let videoram: Bytes
  }
}

/// Changes from a script: takes samples and carries changes out, and waits for each.
final class ChangeSession {
  private let engine: HostEngine
  private let loop: any EventLoop
  let begun: SteadyTime
  private var isChanging = false
  /// What has kept a change from its end; nil where nothing has.
  private var interruption: Interruption?

  private enum Interruption {
    case failure(Failure)
    case signal(Int32)
  }

  typealias Judged = (Snapshot, [DomainID: GuardFacts])

  /// A host that does not answer for this long is given up.
  private static let patience = Span.seconds(30)

  /// - Parameter begun: since when it takes time; nil is now.
  init(
    _ host: HostConnection, _ loop: any EventLoop = PollLoop(), begun: SteadyTime? = nil
  ) {
    self.loop = loop
    self.begun = begun ?? loop.now
    engine = HostEngine(host, loop, interval: nil)
  }

  /// One that signals end in good order: they are blocked before the host's first thread.
  convenience init(ended open: () throws(Failure) -> HostConnection) throws(Failure) {
    let loop = PollLoop(signals: Signals())
    let begun = loop.now
    self.init(try open(), loop, begun: begun)
  }

  /// Since it was begun.
  var elapsed: Span { loop.now - begun }

  /// A change is likely to come: what it needs is made ready meanwhile.
  func prepare() { engine.prepare() }

  /// The guard refuses an order before it is carried out.
  func countRefusal(_ verdict: Verdict) {
    engine.host.countRefusals(verdict.refusal.map { [$0] } ?? [])
  }

  /// A sample that begins now, with the guard's facts for `domains`.
  func sample(_ domains: [DomainID] = []) throws(Failure) -> Judged {
    engine.read(for: domains)
    return try awaitSample()
  }

  /// The same with every domain of the host read.
  func sampleOfEverything(_ domains: [DomainID]) throws(Failure) -> Judged {
    engine.readEverything()
    return try sample(domains)
  }

  /// A sample that was just taken, with the guard's facts for `domains`.
  func facts(of domains: [DomainID], for snapshot: Snapshot) throws(Failure) -> Judged {
    engine.readFacts(of: domains, for: snapshot)
    return try awaitSample()
  }

  private func awaitSample() throws(Failure) -> Judged {
    let end = loop.now + Self.patience
    while loop.now < end {
      for event in engine.turn() {
        switch event {
        case .sampleForChange(let snapshot, let facts):
          // Without xenstore no domain has a name or a target.
          if let why = snapshot.problem { throw Failure(line: why, status: .failed) }
          return (snapshot, facts)
        case .unreadable(let error): throw Failure(line: error.description, status: .failed)
        case .past, .preview, .sample, .waiting, .publishing, .written, .progress: break
        }
      }
      try wait(until: end)
    }
    throw Failure(
      line: engine.host.waitingFor()?.description ?? "the host does not respond", status: .failed)
  }

  /// Takes samples until `isEnough`, or `span` has passed; the last one is returned. One is taken only
  /// where a guest may have reported, since reports are what is waited for, for seconds.
  func watch(for span: Span, until isEnough: (Snapshot) -> Bool) throws(Failure) -> Snapshot {
    let end = loop.now + span
    while true {
      let (snapshot, _) = try sample()
      if isEnough(snapshot) || loop.now >= end { return snapshot }
      repeat {
        try rest(min(ChangeDriver.pace, end - loop.now))
      } while !engine.host.hasNews()
        && loop.now < end
    }
  }

  /// Why what was changed may not be in the system's log.
  var logProblem: String? { engine.logProblem }

  /// Carries `run` out until nothing is left to write and, if `follows`, every guest has arrived or
  /// sticks or time is up; or until a signal or a host that does not answer interrupts it. What was being
  /// written then is written first. After the account of it, `endIfInterrupted` is to be called.
  ///
  /// - Parameter judged: what the orders were judged by, where that was at this moment; else, or if it was
  ///   long on its way, they are judged by a new sample.
  func carryOut(_ run: ChangeRun, follows: Bool, judged: Judged? = nil) -> ChangeDriver {
    isChanging = true
    defer { isChanging = false }
    let driver = engine.carryOut(run)
    if let (snapshot, facts) = judged, engine.isFresh(snapshot) {
      driver.advance(snapshot, facts)
    }
    var failures = 0
    while true {
      noteSignal()
      _ = engine.finishWriting(woken: noteSignal)
      guard interruption == nil, driver.isWriting || (follows && !driver.run.isFinished) else {
        return driver
      }
      do throws(Failure) {
        _ = try sample(driver.waiting)
        failures = 0
        if engine.isIdle, !driver.run.isFinished { try rest(ChangeDriver.pace) }
      } catch {
        // One sample may fail on a busy host.
        failures += 1
        if failures > 1, interruption == nil { interruption = .failure(error) }
        loop.wait(until: loop.now + ChangeDriver.pace)
      }
    }
  }

  /// Ends memtop by the signal that interrupted the change.
  ///
  /// - Throws: why the change was not followed to its end.
  func endIfInterrupted() throws(Failure) {
    switch interruption {
    case nil: return
    case .failure(let failure): throw failure
    case .signal(let number): Signals.die(by: number)
    }
  }

  private func rest(_ span: Span) throws(Failure) {
    let end = loop.now + span
    while loop.now < end { try wait(until: end) }
  }

  /// A signal ends memtop at once, but not in the middle of a change, of which an account is due.
  private func wait(until end: SteadyTime) throws(Failure) {
    loop.wait(until: end)
    guard let number = signal() else { return }
    guard isChanging else { Signals.die(by: number) }
    interruption = .signal(number)
    throw Failure(line: "", status: .failed)
  }

  private func noteSignal() {
    if let number = signal() { interruption = .signal(number) }
  }

  private func signal() -> Int32? {
    loop.ending(pause: engine.host.pause, resume: engine.host.resume)
  }
}
