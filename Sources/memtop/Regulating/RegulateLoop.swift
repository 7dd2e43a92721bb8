import Glibc
import MemtopCore
import MemtopSystem
import MemtopXen

/// `memtop regulate`: what the `Regulator` makes of a host's samples, until a signal ends it.
final class RegulateLoop {
  private let engine: HostEngine
  private let loop: any EventLoop
  private let write: (String) -> Bool
  /// Somebody may still read what it says.
  private var isHeard = true
  private var regulator: Regulator
  private var isStarted = false
  private var beatDue: SteadyTime
  private var beats: UInt64 = 0
  private var problem = OnceLogger()
  private var keysProblem = OnceLogger()
  private var logProblem = OnceLogger()
  private var hasBegun = false
  private var latest: Snapshot?
  /// What a dry run has said that it would set.
  private var said: [DomainID: (size: Bytes, at: SteadyTime)] = [:]
  private(set) var counts = RegulatorCounts()
  /// The domains whose key was written to say that they are released.
  private var released: Set<DomainID> = []
  private let publish: (RegulatorCounts) -> Void

  /// A dry run says again what it would still set; it also learns by that whether anybody reads it.
  private static let repeatAfter = Span.minutes(10)
  /// A raise waits so long for what a lowered domain gives; then it is advised anew.
  private static let raisePatience = Span.seconds(2)
  /// At the end, so long for operators' dynamic ranges to be given back.
  private static let givingBackPatience = Span.seconds(45)
  /// At the end, so long for a last look at what is to be given back.
  private static let lookPatience = Span.seconds(5)
  /// At the end, so long for the sign of life to go.
  private static let endPatience = Span.seconds(15)

  /// - Parameters:
  ///   - publish: is given what was counted at each sign of life.
  ///   - write: puts a line where the operator finds it; false where that is over.
  init(
    host: HostConnection, policies: PolicySet, interval: Span, isDry: Bool, loop: any EventLoop,
    publish: @escaping (RegulatorCounts) -> Void = { _ in }, write: @escaping (String) -> Bool
  ) {
    self.publish = publish
    self.loop = loop
    self.write = write
    regulator = Regulator(policies: policies, isDry: isDry)
    engine = HostEngine(host, loop, interval: interval)
    beatDue = loop.now
    if !isDry { engine.prepare() }
  }

  /// - Returns: why it may not go on; nil where a signal ended it.
  func run() -> Failure? {
    while true {
      for event in engine.turn() {
        if let failure = take(event) { return end(failure) }
      }
      tellOfLog()
      keepBeating()
      // A dry run is of no use to anybody then; guests count on the real one.
      if regulator.isDry, !isHeard { return end(nil) }
      loop.wait(until: isBeating ? min(engine.due, beatDue) : engine.due)
      if let signal = loop.ending(pause: engine.host.pause, resume: engine.host.resume) {
        say(ending(by: signal))
        return end(nil)
      }
    }
  }

  private func ending(by signal: Int32) -> String {
    let areRanges = regulator.policies.throughXAPI && latest?.host.owner == .xapi
    let what =
      areRanges && !regulator.isDry
      ? "dynamic ranges are given back" : "every target stays as it is"
    let hint = signal == SIGHUP ? "; to apply a changed policy, restart the service" : ""
    return "ending by \(SignalSet.name(of: signal)); \(what)\(hint)"
  }

  private func say(_ line: String) { isHeard = write(line) }

  private func tellOfLog() {
    if let why = engine.logProblem {
      logProblem.tell(why, of: .failure).map(say)
    } else if logProblem.end() {
      say("the system's log takes what is changed again")
    }
  }

  /// Until there is a sample there is no sign of life to give.
  private var isBeating: Bool { !regulator.isDry && isStarted }

  private func keepBeating() {
    guard isBeating, loop.now >= beatDue else { return }
    beats += 1
    beatDue = loop.now + Regulator.beatInterval
    publish(counts)
    engine.beat(
      RegulatorBeat(
        pid: getpid(), number: beats, every: Regulator.beatInterval, guests: regulator.count))
  }

  private func take(_ event: HostEngine.Event) -> Failure? {
    switch event {
    case .past, .preview: break
    case .unreadable(let error): problem.tell(error.description, of: .failure).map(say)
    case .waiting(let waiting): problem.tell(waiting).map(say)
    case .publishing(let error?): keysProblem.tell(error.description, of: .failure).map(say)
    case .publishing(nil):
      if keysProblem.end() { say("the keys in xenstore are written again") }
    case .written(let written): note(written)
    case .progress(let driver): finish(driver)
    case .sample(let snapshot), .sampleForChange(let snapshot, _): return arrive(snapshot)
    }
    return nil
  }

  private func arrive(_ snapshot: Snapshot) -> Failure? {
    if problem.end() { say("the host responds again") }
    isStarted = true
    latest = snapshot
    if let why = ownerObjection(snapshot.host.owner) {
      return Failure(line: why, status: .refused)
    }
    // Old figures are no reason to move a domain, nor to let go of one.
    guard snapshot.problem == nil else { return nil }
    for act in regulator.see(snapshot) { perform(act) }
    if !hasBegun { begin(snapshot) }
    if engine.driver == nil {
      let decision = regulator.decide(snapshot)
      counts.count(decision.refused)
      for act in regulator.tell(decision, snapshot) { perform(act) }
      begin(decision.orders, snapshot)
    }
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
    for doubt in regulator.policies.doubts(in: snapshot) { say("policy: \(doubt)") }
  }

  private func perform(_ act: Regulator.Act) {
    switch act {
    case .publish(let domain, let regulation):
      if case .released = regulation {
        // A key that did not come through is written again, which is no other release.
        if let latest { released.formIntersection(latest.domains.map(\.id)) }
        if released.insert(domain).inserted { counts.countRelease() }
      } else {
        released.remove(domain)
      }
      engine.publish(domain, regulation)
    case .tell(let name, let what): say("\(name): \(what)")
    }
  }

  private func begin(_ orders: [(order: TargetOrder, agreed: Verdict)], _ snapshot: Snapshot) {
    guard !orders.isEmpty else { return }
    if regulator.isDry { return orders.forEach { sayInstead($0.order, snapshot) } }
    for (order, _) in orders { regulator.begin(order) }
    engine.carryOut(ChangeRun(orders, patience: Self.raisePatience), by: .regulator)
  }

  private func sayInstead(_ order: TargetOrder, _ snapshot: Snapshot) {
    if isNews(order) {
      said[order.domain] = (order.to, loop.now)
      say("\(order.line) would be set (dry run): \(order.reason)")
    }
    regulator.begin(order)
    regulator.skip(order, at: snapshot.steady)
  }

  /// Nothing is set in a dry run, so the same order comes again and again, a little different each time.
  private func isNews(_ order: TargetOrder) -> Bool {
    guard let before = said[order.domain] else { return true }
    return (order.to - before.size).magnitude >= before.size.leastStep
      || loop.now - before.at >= Self.repeatAfter
  }

  private func note(_ written: ChangeDriver.Written) {
    let (order, outcome) = (written.order, written.outcome)
    regulator.end(order, outcome, videoram: written.videoram, at: loop.now)
    let failure = ChangeRun.failure(order, outcome, videoram: written.videoram)
    counts.count(order, isWritten: failure == nil)
    say("\(order.line): " + (failure.map { ChangeState.failed($0).words() } ?? order.reason))
  }

  /// Whether the guests arrive is seen in the samples; only what is to be written is waited for.
  private func finish(_ driver: ChangeDriver) {
    // Where the loop was held up, what is told of a change may come when the next one has begun.
    guard driver === engine.driver, !driver.isWriting else { return }
    for item in driver.run.items {
      // One failure says nothing of the others.
      var isTried = true
      if case .notAttempted = item.state { isTried = false }
      if case .failed(let why) = item.state, item.writtenAt == nil { sayStopped(item.order, why) }
      regulator.skip(item.order, isTried: isTried, at: loop.now)
    }
    engine.leaveChange()
    engine.hurry()
  }

  /// The guard stopped it on the last look. Of a nudge, the first target may have been set by then.
  private func sayStopped(_ order: TargetOrder, _ why: String) {
    let isHalf = order.nudge == .step && order.cause == .nudge
    let left = isHalf ? order.from.map { "; the nudge left its target at \($0.short)" } : nil
    say("\(order.line): " + ChangeState.failed(why).words() + (left ?? ""))
  }

  private func ownerObjection(_ owner: TargetOwner?) -> String? {
    guard let owner, owner != .xapi || !regulator.policies.throughXAPI else { return nil }
    let refusal =
      "\(owner.word) already sets the targets here; memtop regulate refuses to run alongside it"
    guard owner == .xapi else { return refusal }
    return refusal + " unless the policy says owner = xapi in [host]"
  }

  /// Where XAPI owns the targets, its database must not stay as the regulator needed it.
  private func giveBack() {
    // Without a word in the policy nothing is changed through XAPI.
    guard regulator.policies.throughXAPI, latest?.host.owner == .xapi else { return }
    if !regulator.isDry { lookAgain() }
    guard let latest else { return }
    let end = loop.now + Self.givingBackPatience
    for act in regulator.rangesLeft(latest, patience: .zero) { perform(act) }
    for order in regulator.letGo(latest) {
      guard loop.now < end else { break }
      // Each on its own: a failure does not concern the others.
      let driver = engine.carryOut(ChangeRun([order], patience: Self.raisePatience), by: .regulator)
      while driver.isWriting || !engine.isIdle, loop.now < end {
        for event in engine.turn() { if case .written(let written) = event { note(written) } }
        guard driver.isWriting || !engine.isIdle else { break }
        loop.wait(until: min(engine.due, end))
        loop.dropSignals()
      }
      // What has been begun would happen all the same, and must be logged.
      finishWriting()
      engine.leaveChange()
    }
    for act in regulator.rangesKept(latest) { perform(act) }
  }

  /// The last sample may be from before the last write.
  private func lookAgain() {
    // Nothing more of a change under way is written.
    engine.leaveChange()
    let begin = loop.now
    engine.hurry()
    while loop.now - begin < Self.lookPatience {
      for event in engine.turn() {
        guard case .sample(let snapshot) = event, snapshot.problem == nil else { continue }
        latest = snapshot
        if snapshot.steady >= begin { return }
        engine.hurry()
      }
      loop.wait(until: min(engine.due, begin + Self.lookPatience))
      loop.dropSignals()
    }
  }

  private func finishWriting() {
    for event in engine.finishWriting() { if case .written(let written) = event { note(written) } }
  }

  /// Sees what is being written to its end, and takes the sign of life away. Whatever has been set
  /// is a target that the guard let pass: there is nothing to take back, but for dynamic ranges.
  private func end(_ failure: Failure?) -> Failure? {
    finishWriting()
    giveBack()
    // The next start tells by these whether someone else has set a target meanwhile.
    if let latest { for act in regulator.keysLeft(latest) { perform(act) } }
    tellOfLog()
    if isBeating { engine.beat(nil) }
    engine.end(patience: Self.endPatience)
    return failure
  }
}
