import Glibc
import MemtopCore
import MemtopSystem
@testable import MemtopUI
import Testing

@testable import TestSupport
@testable import memtop

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

  @Test(
    "a wall clock that steps an hour either way changes neither the outcome nor the wait for it",
    arguments: [3_600, -3_600])
  func steps(seconds: Int64) throws {
    func ends(_ step: Int64) throws -> (ChangeState, SteadyTime) {
      let host = TroubledHost()
      let (_, driver) = try carryOut(host) {
        host.loop.after(.seconds(1)) { host.loop.wall = host.loop.wall + .seconds(step) }
      }
      return (driver.run.items[0].state, host.loop.time)
    }
    #expect(try ends(seconds) == ends(0))
    let host = TroubledHost()
    host.readingTakes = .minutes(10)
    host.loop.after(.seconds(5)) { host.loop.wall = host.loop.wall + .seconds(seconds) }
    #expect(throws: Failure.self) { _ = try ChangeSession(host.connection, host.loop).sample() }
    #expect(host.loop.time == SteadyTime(milliseconds: 1_030_000))
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
