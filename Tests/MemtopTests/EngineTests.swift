import Glibc
import MemtopCore
import MemtopSystem
@testable import MemtopUI
import Testing

@testable import TestSupport
@testable import memtop

@Suite("a host at work", .timeLimit(.minutes(30))) struct EngineTests {
  let loop = EmbeddedLoop()
  let host: TroubledHost

  init() { host = TroubledHost(loop) }

  /// Everything that comes within `span`.
  private func run(_ engine: HostEngine, for span: Span) -> [HostEngine.Event] {
    let end = loop.time + span
    var events: [HostEngine.Event] = []
    while loop.time < end {
      events += engine.turn()
      loop.wait(until: min(engine.due, end))
    }
    return events + engine.turn()
  }

  private func samples(_ events: [HostEngine.Event]) -> Int {
    events.count { if case .sample = $0 { true } else { false } }
  }

  private func waits(_ events: [HostEngine.Event]) -> [HostEngine.Waiting] {
    events.compactMap { if case .waiting(let waiting) = $0 { waiting } else { nil } }
  }

  @Test("it is sampled at once, and then at the interval")
  func interval() {
    let engine = HostEngine(host.connection, loop, interval: .seconds(10))
    #expect(samples(run(engine, for: .seconds(35))) == 4)
    #expect(host.seconds == [0, 10, 20, 30])
  }

  @Test("a host that is slower than the interval is asked for one sample at a time")
  func slow() {
    host.readingTakes = .seconds(3)
    let engine = HostEngine(host.connection, loop, interval: .seconds(1))
    let events = run(engine, for: .seconds(10))
    #expect(samples(events) == 3)
    #expect(host.seconds == [0, 3, 6, 9])
    #expect(waits(events).isEmpty)
  }

  @Test("one that does not answer is told of after five seconds, whatever the interval")
  func silent() {
    host.readingTakes = .seconds(20)
    let engine = HostEngine(host.connection, loop, interval: .minutes(60))
    let events = run(engine, for: .seconds(30))
    let waits = waits(events)
    let lines = (6...19).map { "the host has not responded for \($0) s" }
    #expect(waits.map(\.line) == lines)
    #expect(waits.allSatisfy { $0.isLong && !$0.isReading })
    #expect(samples(events) == 1)
  }

  @Test("what a reading fails with is told, and the next one is tried at its time")
  func fails() {
    host.failure = SourceError("xenstore said no")
    loop.after(.seconds(5)) { [host] in host.failure = nil }
    let engine = HostEngine(host.connection, loop, interval: .seconds(2))
    let events = run(engine, for: .seconds(9))
    let failures = events.compactMap {
      if case .unreadable(let error) = $0 { error.description } else { nil as String? }
    }
    #expect(failures == ["xenstore said no", "xenstore said no", "xenstore said no"])
    #expect(samples(events) == 2)
  }

  @Test("the wall's clock may step: samples come at the interval of the steady one")
  func steps() {
    loop.after(.seconds(3)) { [loop] in loop.wall = WallTime(milliseconds: 0) }
    let engine = HostEngine(host.connection, loop, interval: .seconds(2))
    #expect(samples(run(engine, for: .seconds(9))) == 5)
  }

  /// 16 MiB more for the first guest of the first sample, as the guard judges it.
  private func raise(_ engine: HostEngine) throws -> (order: TargetOrder, agreed: Verdict) {
    try #require(try raises(engine).first)
  }

  /// The same for each guest.
  private func raises(_ engine: HostEngine) throws -> [(order: TargetOrder, agreed: Verdict)] {
    let first = run(engine, for: .seconds(1)).compactMap {
      if case .sample(let snapshot) = $0 { snapshot } else { nil as Snapshot? }
    }
    let snapshot = try #require(first.first)
    return snapshot.domains.filter { $0.isGuest && $0.size != nil }.map { guest in
      let order = TargetOrder(
        domain: guest.id, name: guest.name, from: guest.size, to: guest.size! + .mib(16),
        reason: "test")
      return (order, Guard.verdict(on: order, in: snapshot, facts: GuardFacts()))
    }
  }

  @Test("a change is carried out with samples of its own, written once, logged, and told")
  func change() throws {
    let engine = HostEngine(host.connection, loop, interval: .seconds(10))
    let raise = try raise(engine)
    engine.carryOut(ChangeRun([raise]))
    let events = run(engine, for: .seconds(3))
    #expect(host.written == [raise.order] && host.logged == [raise.order])
    let written = events.contains { if case .written = $0 { true } else { false } }
    #expect(written)
    #expect(engine.driver?.run.items.first?.order == raise.order)
    #expect(engine.driver?.isWriting == false)
  }

  @Test("figures from before a hang are not what a change is judged by")
  func stale() throws {
    let engine = HostEngine(host.connection, loop, interval: .seconds(1))
    let raise = try raise(engine)
    host.readingLags = .seconds(30)
    engine.carryOut(ChangeRun([raise]))
    _ = run(engine, for: .seconds(200))
    #expect(host.written.isEmpty && host.readings.count > 4)
    host.readingLags = .zero
    _ = run(engine, for: .seconds(40))
    #expect(host.written == [raise.order])
  }

  @Test("nothing is judged by a sample without xenstore")
  func withoutStore() throws {
    let engine = HostEngine(host.connection, loop, interval: .seconds(1))
    let raise = try raise(engine)
    host.storeProblem = "xenstored does not respond"
    engine.carryOut(ChangeRun([raise]))
    let readings = host.readings.count
    _ = run(engine, for: .seconds(20))
    #expect(host.written.isEmpty)
    // Four times a second, and not without a pause.
    #expect(host.readings.count - readings <= 85)
    host.storeProblem = nil
    _ = run(engine, for: .seconds(2))
    #expect(host.written == [raise.order])
  }

  @Test("an order that was held up by another change is not written on old figures")
  func heldUp() throws {
    let engine = HostEngine(host.connection, loop, interval: .seconds(1))
    let raises = try raises(engine)
    host.writeTakes = .seconds(40)
    engine.carryOut(ChangeRun([raises[0]]))
    _ = run(engine, for: .seconds(2))
    engine.leaveChange()
    let driver = engine.carryOut(ChangeRun([raises[1]]))
    _ = run(engine, for: .seconds(60))
    #expect(host.written == [raises[0].order])
    let line = driver.run.items[0].line
    #expect(line.hasSuffix("not set: its figures were 38 s old before it could begin"), "\(line)")
    #expect(host.logged.map(\.domain) == raises.prefix(2).map(\.order.domain))
  }

  @Test(
    "a journal that hangs holds up neither the next change nor its outcome; at the end it is given up"
  )
  func journalHangs() throws {
    let engine = HostEngine(host.connection, loop, interval: .seconds(1))
    let raise = try raise(engine)
    host.logTakes = .minutes(10)
    engine.carryOut(ChangeRun([raise]))
    _ = run(engine, for: .seconds(3))
    #expect(host.written == [raise.order] && host.logged.isEmpty)
    #expect(engine.isIdle && !engine.isLogged && engine.driver?.isWriting == false)
    let begin = loop.time
    _ = engine.finishWriting()
    #expect(!engine.isLogged && loop.time - begin == TargetWorker.logPatience)
    #expect(engine.logProblem?.hasPrefix("the system's log does not respond") == true)
  }

  @Test("a change that no journal takes is told of, until one does")
  func noJournal() throws {
    let engine = HostEngine(host.connection, loop, interval: .seconds(1))
    let raises = try raises(engine)
    host.logIsGone = true
    engine.carryOut(ChangeRun([raises[0]]))
    _ = run(engine, for: .seconds(3))
    #expect(engine.isLogged)
    #expect(
      engine.logProblem == "there is no system log (/dev/log), so the last change is not in it")
    host.logIsGone = false
    engine.leaveChange()
    engine.carryOut(ChangeRun([raises[1]]))
    _ = run(engine, for: .seconds(3))
    #expect(engine.logProblem == nil)
  }

  @Test(
    "at the end it is told that xenstore has not taken what was handed over",
    arguments: [true, false])
  func endsPublishing(isRefused: Bool) {
    let engine = HostEngine(host.connection, loop, interval: .seconds(1))
    _ = run(engine, for: .seconds(2))
    if isRefused { host.keysFailure = SourceError("xenstore said no") }
    engine.publish(Samples.id(1), .wanted(by: "alice"))
    #expect(engine.endPublishing() == !isRefused)
  }

  @Test("at the end, what is being written is seen to its end, and logged")
  func ending() throws {
    let engine = HostEngine(host.connection, loop, interval: .seconds(1))
    let raise = try raise(engine)
    host.writeTakes = .seconds(40)
    engine.carryOut(ChangeRun([raise]))
    _ = run(engine, for: .seconds(2))
    #expect(host.written.count == 1 && host.logged.isEmpty)
    #expect(engine.finishWriting().count == 2)
    #expect(host.logged.count == 1 && engine.isIdle)
  }
}

@Suite("a host behind the screen", .timeLimit(.minutes(30))) struct LiveSourceTests {
  let loop = EmbeddedLoop()
  let host: TroubledHost
  let source: LiveSource

  init() {
    host = TroubledHost(loop)
    source = LiveSource(
      host: host.connection, loop: loop,
      recording: ScreenRecording { _, _ throws(Failure) in
        throw Failure(line: "no", status: .failed)
      })
  }

  /// Lives for `span` as the dashboard does.
  private func run(_ state: inout AppState, for span: Span) {
    let end = loop.time + span
    while loop.time < end {
      for event in source.turn(state) {
        for effect in reduce(&state, event, history: source.history) {
          _ = source.perform(effect, state)
        }
      }
      loop.wait(until: min(source.due, end))
    }
  }

  private func state() -> AppState {
    AppState(
      settings: ScreenSettings(), size: ScreenSize(columns: 80, rows: 24), now: loop.now)
  }

  @Test("its samples are shown, a second apart, and kept")
  func samples() {
    var state = state()
    run(&state, for: .seconds(5))
    #expect(state.live != nil && state.problem == nil)
    #expect(host.seconds == [0, 1, 2, 3, 4])
  }

  @Test("one that hangs is told of, and the word goes when it answers")
  func hangs() {
    var state = state()
    run(&state, for: .seconds(3))
    host.readingTakes = .seconds(10)
    run(&state, for: .seconds(8))
    #expect(state.problem?.hasPrefix("the host has not responded for ") == true)
    host.readingTakes = .zero
    run(&state, for: .seconds(6))
    #expect(state.problem == nil)
  }

  @Test("a recording that cannot be opened is told of, and the screen goes on")
  func recording() {
    var state = state()
    run(&state, for: .seconds(2))
    let events = source.perform(.toggleRecording, state)
    guard case .recording(.stopped(let why))? = events.first else {
      Issue.record("\(events)")
      return
    }
    #expect(why == "no")
  }

  @Test("at the end the last change is in the log, and in the recording when it failed")
  func ends() throws {
    var state = state()
    run(&state, for: .seconds(2))
    let guest = try #require(state.live?.domains.first { $0.isGuest && $0.size != nil })
    let order = TargetOrder(
      domain: guest.id, name: guest.name, from: guest.size, to: guest.size! + .mib(16),
      reason: "test")
    let verdict = Guard.verdict(on: order, in: state.live!, facts: GuardFacts())
    host.logTakes = .seconds(8)
    _ = source.perform(.apply([Review.Row(order: order, verdict: verdict)]), state)
    run(&state, for: .seconds(2))
    #expect(host.written == [order] && host.logged.isEmpty)
    source.end()
    #expect(host.logged == [order])
  }

  @Test("stopped, it gives its watch back; continued, it samples at once")
  func stopped() {
    var state = state()
    run(&state, for: .seconds(2))
    source.pause()
    source.resume()
    #expect(host.pauses == 1 && host.resumes == 1 && source.due == loop.time)
  }
}

@Suite("a change from a script, on a host in trouble", .timeLimit(.minutes(30)))
struct ChangeSessionTests {
  @Test("a host that does not answer is given up after half a minute")
  func givesUp() {
    let host = TroubledHost()
    host.readingTakes = .minutes(10)
    let session = ChangeSession(host.connection, host.loop)
    let failure = #expect(throws: Failure.self) { _ = try session.sample() }
    #expect(failure?.line == "the host does not respond")
    #expect(host.loop.time == SteadyTime(milliseconds: 1_030_000))
  }

  @Test("while reports are awaited, a sample is taken only where there is news")
  func news() throws {
    let host = TroubledHost()
    var connection = host.connection
    let loop = host.loop
    let begin = loop.time
    connection.hasNews = { loop.time - begin >= .seconds(3) && loop.time - begin < .seconds(4) }
    let session = ChangeSession(connection, loop)
    _ = try session.watch(for: .seconds(8)) { _ in false }
    #expect(host.seconds == [0, 3, 3, 3, 3, 8])
  }

  @Test("reports that are awaited in vain are stale")
  func awaitedInVain() throws {
    let host = TroubledHost()
    let reports: [(StoreKey, String)] = [
      (.memtopReport, "v1 available=1000 interval=5"), (.meminfo, "1148576"),
    ]
    host.found = reports.enumerated().map { place, report in
      var guest = ObservedHost.guest(UInt16(place + 5))
      guest.write(report.0, report.1)
      guest.forgetWrites()
      return guest.reading()
    }
    let session = ChangeSession(host.connection, host.loop)
    let first = try session.sample().0
    #expect(first.domains.map(\.health) == [.unknownAge, .unknownAge])
    let begin = host.loop.time
    let last = try session.awaitReports(since: first)
    // Qubes' agent writes only on change.
    #expect(last.domains.map(\.health) == [.stale, .unknownAge])
    #expect(host.loop.time - begin < .seconds(26))
  }

  @Test("without xenstore a change ends with that, and not with a domain that has no name")
  func withoutStore() {
    let host = TroubledHost()
    host.storeProblem = "xenstored does not respond"
    let session = ChangeSession(host.connection, host.loop)
    let failure = #expect(throws: Failure.self) { _ = try session.sample() }
    #expect(failure?.line == "xenstored does not respond" && failure?.status == .failed)
  }

  private func carryOut(
    _ host: TroubledHost, within: Span? = nil, _ trouble: () -> Void
  ) throws -> (ChangeSession, ChangeDriver) {
    let session = ChangeSession(host.connection, host.loop)
    let (snapshot, _) = try session.sample()
    let guest = try #require(snapshot.domains.first { $0.isGuest && $0.size != nil })
    let order = TargetOrder(
      domain: guest.id, name: guest.name, from: guest.size, to: guest.size! + .mib(256),
      reason: "test")
    let verdict = Guard.verdict(on: order, in: snapshot, facts: GuardFacts())
    trouble()
    return (
      session,
      session.carryOut(
        ChangeRun(
          [(order: order, agreed: verdict)], latest: within.map { session.begun + $0 }),
        follows: true)
    )
  }

  @Test("what it was judged by before a hang is not what it is made by")
  func judgedBeforeHang() throws {
    for lag in [Span.zero, .seconds(25)] {
      let host = TroubledHost()
      let session = ChangeSession(host.connection, host.loop)
      let first = try session.sample().0
      let guest = try #require(first.domains.first { $0.isGuest && $0.size != nil })
      host.readingLags = lag
      let (snapshot, facts) = try session.sample([guest.id])
      host.readingLags = .zero
      let readings = host.readings.count
      let order = TargetOrder(
        domain: guest.id, name: guest.name, from: guest.size, to: guest.size! + .mib(256),
        reason: "test")
      let verdict = Guard.verdict(on: order, in: snapshot, facts: GuardFacts())
      let run = ChangeRun([(order: order, agreed: verdict)])
      _ = session.carryOut(run, follows: false, judged: (snapshot, facts))
      #expect(host.readingsAtWrites == [lag > .zero ? readings + 1 : readings], "\(lag)")
    }
  }

  @Test("a host that falls silent after a change was made leaves the account of it")
  func accountOfSilence() throws {
    let host = TroubledHost()
    let (session, driver) = try carryOut(host) {
      host.loop.after(.seconds(1)) { host.failure = SourceError("xenstore said no") }
    }
    #expect(host.written.count == 1 && host.logged.count == 1)
    #expect(driver.run.items[0].state.isSet)
    let failure = #expect(throws: Failure.self) { try session.endIfInterrupted() }
    #expect(failure?.line == "xenstore said no")
  }

  @Test(
    "what has not begun in time never begins: neither on a host that is too slow, nor when it recovers"
  )
  func expires() throws {
    let host = TroubledHost()
    host.loop.after(.minutes(20)) { host.readingLags = .zero }
    let (_, driver) = try carryOut(host, within: .seconds(60)) { host.readingLags = .seconds(11) }
    #expect(driver.run.hasExpired && host.written.isEmpty)
    #expect(driver.run.items[0].state == .failed("not set: it could not begin in time"))
    #expect(host.loop.time - SteadyTime(milliseconds: 1_000_000) < .seconds(90))
  }

  @Test("--within is the end of it on a host that is too slow, and nothing was changed")
  func setExpires() throws {
    let host = TroubledHost()
    host.readingLags = .seconds(11)
    let session = ChangeSession(host.connection, host.loop)
    let first = try session.sample().0
    let guest = try #require(first.domains.first { $0.isGuest && $0.size != nil })
    let setting = TargetSetting(
      session: session, domain: DomainArgument(text: guest.name),
      size: try SizeExpression(parsing: "+256M"), consent: ChangeConsent(agrees: true),
      isForced: true, patience: nil, within: .seconds(60))
    let failure = #expect(throws: Failure.self) { try setting.perform() }
    #expect(failure?.line == "nothing was changed: it could not be set within 60 s")
    #expect(failure?.status == .refused && host.written.isEmpty)
  }

  @Test("the writer is told until when a change may begin")
  func term() throws {
    let host = TroubledHost()
    let begin = host.loop.time
    _ = try carryOut(host, within: .seconds(20)) {}
    #expect(try #require(host.terms.first).begin == begin + .seconds(20))
    _ = try carryOut(host) {}
    let last = try #require(host.terms.last)
    #expect(host.readings.contains(last.judged) && last.begin == last.judged + .seconds(30))
  }

  @Test("one sample that fails does not end a change")
  func oneFailure() throws {
    let host = TroubledHost()
    let (session, driver) = try carryOut(host) {
      host.loop.after(Span(milliseconds: 500)) { host.failure = SourceError("xenstore said no") }
      host.loop.after(Span(milliseconds: 700)) { host.failure = nil }
    }
    #expect(driver.run.isFinished)
    try session.endIfInterrupted()
  }

  @Test("a signal waits for what is being written, and there is an account of it")
  func accountOfSignal() throws {
    let host = TroubledHost()
    host.writeTakes = .seconds(5)
    let (_, driver) = try carryOut(host) { host.loop.signal(SIGINT, after: .seconds(2)) }
    #expect(host.logged.count == 1)
    #expect(driver.run.items[0].state.isSet)
    #expect(host.loop.time - SteadyTime(milliseconds: 1_000_000) < .seconds(8))
  }

  @Test("what reading fails with ends it")
  func fails() {
    let host = TroubledHost()
    host.failure = SourceError("xenstore said no")
    let failure = #expect(throws: Failure.self) {
      _ = try ChangeSession(host.connection, host.loop).sample()
    }
    #expect(failure?.line == "xenstore said no" && failure?.status == .failed)
  }
}
