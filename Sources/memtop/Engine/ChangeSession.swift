import MemtopCore
import MemtopSystem
import MemtopXen

/// Changes from a script: takes samples and carries changes out, and waits for each.
final class ChangeSession {
  private let engine: HostEngine
  private let loop: any EventLoop

  /// A host that does not answer for this long is given up.
  private static let patience = Span.seconds(30)

  init(_ host: HostConnection, _ loop: any EventLoop = PollLoop()) {
    self.loop = loop
    engine = HostEngine(host, loop, interval: nil)
  }

  /// A change is likely to come: what it needs is made ready meanwhile.
  func prepare() { engine.prepare() }

  /// A sample that begins now, with the guard's facts for `domains`.
  func sample(_ domains: [DomainID] = []) throws(Failure) -> (Snapshot, [DomainID: GuardFacts]) {
    engine.read(for: domains)
    let end = loop.now + Self.patience
    while loop.now < end {
      for event in engine.turn() {
        switch event {
        case .sampleForChange(let snapshot, let facts): return (snapshot, facts)
        case .unreadable(let error): throw Failure(line: error.description, status: .failed)
        case .past, .sample, .waiting, .written, .progress: break
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
  func carryOut(_ run: ChangeRun, follows: Bool) throws(Failure) -> ChangeDriver {
    let driver = engine.carryOut(run)
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
