import Glibc
import MemtopCore
import MemtopXen

/// Changes from a script: takes samples and carries changes out, and waits for each.
final class ChangeSession {
  private let host: HostConnection
  private let bell = Doorbell()
  private let sampler: Sampler
  private let worker: TargetWorker
  private let clock = HostClock.system

  /// A host that does not answer for this long is given up.
  private static let patience = Span.seconds(30)

  init(_ host: HostConnection) {
    self.host = host
    let bell = bell
    sampler = Sampler(host) { bell.ring() }
    worker = TargetWorker(writer: host.writer) { bell.ring() }
  }

  /// A change is likely to come: what it needs is made ready meanwhile.
  func prepare() { worker.prepare() }

  /// A sample that begins now, with the guard's facts for `domains`.
  func sample(_ domains: [DomainID] = []) throws(Failure) -> (Snapshot, [DomainID: GuardFacts]) {
    sampler.requestForChange(domains)
    let end = clock.steady() + Self.patience
    while clock.steady() < end {
      for sample in sampler.take() {
        switch sample {
        case .forChange(let snapshot, let facts): return (snapshot, facts)
        case .problem(let error): throw Failure(line: error.description, status: .failed)
        case .past, .snapshot: break
        }
      }
      _ = bell.wait(atMost: 200)
    }
    throw Failure(
      line: host.waitingFor()?.description ?? "the host does not respond", status: .failed)
  }

  /// Takes samples until `isEnough`, or `span` has passed; the last one is returned.
  func watch(for span: Span, until isEnough: (Snapshot) -> Bool) throws(Failure) -> Snapshot {
    let end = clock.steady() + span
    while true {
      let (snapshot, _) = try sample()
      if isEnough(snapshot) || clock.steady() >= end { return snapshot }
      rest(min(ChangeDriver.pace, end - clock.steady()))
    }
  }

  /// Carries `run` out until nothing is left to write and, if `follows`, every guest has arrived or
  /// sticks or time is up.
  func carryOut(_ run: ChangeRun, follows: Bool) throws(Failure) -> ChangeDriver {
    let driver = ChangeDriver(run, host: host, sampler: sampler, worker: worker)
    while true {
      while !worker.isIdle {
        if !driver.takeOutcomes() { _ = bell.wait(atMost: 100) }
      }
      guard driver.isWriting || (follows && !driver.run.isFinished) else { return driver }
      let (snapshot, facts) = try sample(driver.waiting)
      driver.advance(snapshot, facts)
      if worker.isIdle, !driver.run.isFinished { rest(ChangeDriver.pace) }
    }
  }
}
