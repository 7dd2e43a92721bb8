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
    var facts = facts
    // The regulator's domains were handed to it.
    if author == .regulator { for id in facts.keys { facts[id]?.isRegulator = true } }
    while true {
      switch run.next(snapshot, facts: facts) {
      case .write(let order):
        sampler.expect(order, by: author)
        return worker.write(order)
      case .judgedAnew(_, let verdict):
        wasJudgedAnew = true
        host.countRefusals(verdict.refusal.map { [$0] } ?? [])
      case .wait, .finished: return
      }
    }
  }

  /// Takes what has been written: each outcome is logged, whatever it is.
  func takeOutcomes() -> [Written] {
    worker.take().map { order, outcome in
      host.log(order, outcome)
      let videoram = last?.domain(order.domain)?.videoram ?? .zero
      run.wrote(order, outcome, videoram: videoram, at: clock.steady())
      let failure = ChangeRun.failure(order, outcome, videoram: videoram)
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

  typealias Judged = (Snapshot, [DomainID: GuardFacts])

  /// A host that does not answer for this long is given up.
  private static let patience = Span.seconds(30)

  init(_ host: HostConnection, _ loop: any EventLoop = PollLoop()) {
    self.loop = loop
    engine = HostEngine(host, loop, interval: nil)
  }

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
        case .sampleForChange(let snapshot, let facts): return (snapshot, facts)
        case .unreadable(let error): throw Failure(line: error.description, status: .failed)
        case .past, .preview, .sample, .waiting, .publishing, .written, .progress: break
        }
      }
      loop.wait(until: end)
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
        rest(min(ChangeDriver.pace, end - loop.now))
      } while !engine.host.hasNews()
        && loop.now < end
    }
  }

  /// Carries `run` out until nothing is left to write and, if `follows`, every guest has arrived or
  /// sticks or time is up.
  ///
  /// - Parameter judged: what the orders were judged by, where that was at this moment; else they are
  ///   judged by a new sample.
  func carryOut(
    _ run: ChangeRun, follows: Bool, judged: Judged? = nil
  ) throws(Failure) -> ChangeDriver {
    let driver = engine.carryOut(run)
    if let (snapshot, facts) = judged { driver.advance(snapshot, facts) }
    while true {
      _ = engine.finishWriting()
      guard driver.isWriting || (follows && !driver.run.isFinished) else { return driver }
      _ = try sample(driver.waiting)
      if engine.isIdle, !driver.run.isFinished { rest(ChangeDriver.pace) }
    }
  }

  private func rest(_ span: Span) {
    let end = loop.now + span
    while loop.now < end { loop.wait(until: end) }
  }
}
