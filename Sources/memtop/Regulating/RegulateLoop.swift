import Glibc
import MemtopCore
import MemtopXen

/// `memtop regulate`: a sample an interval, and what the `Regulator` makes of it, until a signal ends
/// it. One poll over signals, samples and the time.
final class RegulateLoop {
  private let host: HostConnection
  private let interval: Span
  /// nil in the demo, where the screen has them.
  private let signals: Signals?
  private let write: (String) -> Bool
  /// Somebody may still read what it says.
  private var isHeard = true
  private let bell = Doorbell()
  private let sampler: Sampler
  private let worker: TargetWorker
  private var regulator: Regulator
  private var driver: ChangeDriver?
  private var last: Snapshot?
  private var due = HostClock.system.steady()
  private var beatDue = HostClock.system.steady()
  private var beats: UInt64 = 0
  private var problem: String?
  private var hasBegun = false
  /// What a dry run would have set last.
  private var said: [DomainID: Bytes] = [:]

  /// Longer than this without an answer is told.
  private static let patience = Span.seconds(5)
  /// A raise waits so long for what a lowered domain gives; then it is advised anew.
  private static let raisePatience = Span.seconds(2)
  /// At the end, so long for the sign of life to go.
  private static let endPatience = Span.seconds(15)

  /// - Parameter write: puts a line where the operator finds it; false where that is over.
  init(
    host: HostConnection, policies: PolicySet, interval: Span, isDry: Bool, signals: Signals?,
    write: @escaping (String) -> Bool
  ) {
    self.host = host
    self.interval = interval
    self.signals = signals
    self.write = write
    regulator = Regulator(policies: policies, isDry: isDry)
    let bell = bell
    sampler = Sampler(host) { bell.ring() }
    worker = TargetWorker(writer: host.writer) { bell.ring() }
    if !isDry { worker.prepare() }
  }

  /// - Returns: why it may not go on; nil where a signal ended it.
  func run() -> Failure? {
    while true {
      let now = HostClock.system.steady()
      keepTime(now)
      wait(until: min(due, regulator.isDry ? due : beatDue), now)
      if signals?.wantEnd(of: host) == true { return end(nil) }
      takeOutcomes()
      for sample in sampler.take() {
        if let failure = take(sample) { return end(failure) }
      }
      tellOfWaiting()
      // A dry run is of no use to anybody then; guests count on the real one.
      if regulator.isDry, !isHeard { return end(nil) }
    }
  }

  private func say(_ line: String) { isHeard = write(line) }

  private func keepTime(_ now: SteadyTime) {
    if now >= due {
      if let driver { driver.requestSample() } else { sampler.request() }
      due = max(due + (driver == nil ? interval : ChangeDriver.pace), now)
    }
    if !regulator.isDry, now >= beatDue, last != nil {
      beats += 1
      beatDue = now + Regulator.beatInterval
      sampler.beat(
        RegulatorBeat(
          pid: getpid(), number: beats, every: Regulator.beatInterval, guests: regulator.count))
    }
  }

  private func wait(until time: SteadyTime, _ now: SteadyTime) {
    var descriptors = [
      pollfd(fd: signals?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    // Until there is a sample there is no sign of life to give.
    let span = last == nil ? due - now : time - now
    _ = poll(&descriptors, 2, Int32(clamping: max(0, span.milliseconds)))
    if descriptors[1].revents != 0 { bell.silence() }
  }

  private func tellOfWaiting() {
    let waited = sampler.waiting(at: HostClock.system.steady())
    guard waited > Self.patience else { return }
    tell(
      problem: host.waitingFor()?.description
        ?? "the host has not responded for \(waited.wholeSeconds) s")
  }

  /// Once; it is over when a sample comes.
  private func tell(problem line: String) {
    if problem == nil { say(line) }
    problem = line
  }

  private func take(_ sample: Sampler.Sample) -> Failure? {
    switch sample {
    case .past: return nil
    case .problem(let error):
      tell(problem: error.description)
      return nil
    case .snapshot(let snapshot): return arrive(snapshot, nil)
    case .forChange(let snapshot, let facts): return arrive(snapshot, facts)
    }
  }

  private func arrive(_ snapshot: Snapshot, _ facts: [DomainID: GuardFacts]?) -> Failure? {
    if problem != nil { say("the host responds again") }
    problem = nil
    last = snapshot
    if let owner = snapshot.host.owner {
      return Failure(
        line: "\(owner.rawValue) already sets the targets here; memtop"
          + " regulate refuses to run alongside it", status: .refused)
    }
    for act in regulator.see(snapshot) { perform(act) }
    if !hasBegun { begin(snapshot) }
    if let driver, let facts {
      driver.advance(snapshot, facts.mapValues { $0.forRegulator })
      finish(driver, snapshot.steady)
    }
    if driver == nil, snapshot.problem == nil { begin(regulator.orders(snapshot), snapshot) }
    return nil
  }

  /// Said once, so that one who regulates nobody is not taken for one who hangs.
  private func begin(_ snapshot: Snapshot) {
    hasBegun = true
    let all = snapshot.domains.count(where: \.isGuest)
    let count = "\(regulator.count) of \(all) domains"
    say(
      regulator.isDry
        ? "dry run: \(count) would be regulated"
        : "\(count) are regulated; hand over others with M on the screen")
  }

  private func perform(_ act: Regulator.Act) {
    switch act {
    case .publish(let domain, let regulation): sampler.publish(domain, regulation)
    case .tell(let name, let what): say("\(name): \(what)")
    }
  }

  private func begin(_ orders: [(order: TargetOrder, agreed: Verdict)], _ snapshot: Snapshot) {
    guard !orders.isEmpty else { return }
    if regulator.isDry {
      for (order, _) in orders {
        if said[order.domain] != order.to {
          say("\(order.line) would be set (dry run): \(order.reason)")
        }
        said[order.domain] = order.to
        regulator.begin(order)
        regulator.skip(order, at: snapshot.steady)
      }
      return
    }
    for (order, _) in orders { regulator.begin(order) }
    driver = ChangeDriver(
      ChangeRun(orders, patience: Self.raisePatience), host: host, sampler: sampler,
      worker: worker, author: .regulator)
    due = HostClock.system.steady()
  }

  private func takeOutcomes() {
    guard let driver else { return }
    let isNew = driver.takeOutcomes { order, outcome, videoram in
      let now = HostClock.system.steady()
      regulator.end(order, outcome, videoram: videoram, at: now)
      let failure = ChangeRun.failure(order, outcome, videoram: videoram)
      say("\(order.line): " + (failure.map { ChangeState.failed($0).words() } ?? order.reason))
    }
    if isNew { finish(driver, HostClock.system.steady()) }
  }

  /// Whether the guests arrive is seen in the samples; only what is to be written is waited for.
  private func finish(_ driver: ChangeDriver, _ now: SteadyTime) {
    guard !driver.isWriting, worker.isIdle else { return }
    for item in driver.run.items { regulator.skip(item.order, at: now) }
    self.driver = nil
    due = now
  }

  /// Sees what is being written to its end, and takes the sign of life away. Whatever has been set
  /// is a target that the guard let pass: there is nothing to take back.
  private func end(_ failure: Failure?) -> Failure? {
    let written = HostClock.system.steady() + TargetWorker.patience
    while !worker.isIdle, HostClock.system.steady() < written {
      takeOutcomes()
      if !worker.isIdle { _ = bell.wait(atMost: 100) }
    }
    let end = HostClock.system.steady() + Self.endPatience
    if !regulator.isDry, last != nil { sampler.beat(nil) }
    sampler.end()
    while !sampler.hasEnded, HostClock.system.steady() < end { rest(Span(milliseconds: 10)) }
    return failure
  }
}

extension GuardFacts {
  /// As the regulator asks: its domains were handed to it.
  fileprivate var forRegulator: GuardFacts {
    var facts = self
    facts.isRegulator = true
    return facts
  }
}
