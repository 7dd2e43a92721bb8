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
