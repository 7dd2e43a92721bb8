import MemtopCore
import MemtopSystem
import MemtopSimulation
import MemtopXen
import Synchronization

/// The simulated host, lived in real time.
enum DemoConnection {
  /// - Parameters:
  ///   - author: whom changes are noted under.
  ///   - sleep: what a change takes is waited for so.
  static func open(
    scenario: Scenario, seed: UInt64, author: String?, clock: HostClock = .system,
    sleep: @escaping @Sendable (Span) -> Void = { rest($0) }
  ) -> HostConnection {
    connection(
      DemoHost(scenario: scenario, seed: seed, clock: clock, sleep: sleep), author: author ?? "you")
  }

  /// The same for a screen, beside which a regulator runs in this process.
  static func openRegulated(
    scenario: Scenario, seed: UInt64, policies: PolicySet
  ) -> HostConnection {
    let host = DemoHost(scenario: scenario, seed: seed, clock: .system, sleep: { rest($0) })
    var screen = connection(host, author: "you")
    screen.past = {
      let reading = host.nextOfPast()
      // Not before: it lives in the present, and would leave no past to tell.
      if reading == nil { regulate(host, policies) }
      return reading
    }
    return screen
  }

  private static func regulate(_ host: DemoHost, _ policies: PolicySet) {
    Thread.start {
      let service = connection(host, author: ChangeAuthor.regulatorName)
      let loop = RegulateLoop(
        host: service, policies: policies, interval: .seconds(1), isDry: false, loop: PollLoop(),
        write: { _ in true })
      _ = loop.run()
    }
  }

  private static func connection(_ host: DemoHost, author: String) -> HostConnection {
    HostConnection(
      source: host, writer: DemoWriter(host: host, author: author), regulation: host,
      guardFacts: { _ in GuardFacts() }, waitingFor: { nil },
      pause: {}, resume: {}, past: { host.nextOfPast() }, log: { _, _ in true })
  }
}

private final class DemoWriter: TargetWriter {
  private let host: DemoHost
  private let author: String

  init(host: DemoHost, author: String) {
    self.host = host
    self.author = author
  }

  func write(_ order: TargetOrder, _ term: OrderTerm) -> TargetOutcome {
    host.write(order, author: author)
  }
}

/// A `SimulatedHost` behind a lock: the sampler reads it while a writer sets targets.
private final class DemoHost: HostSource, RegulationWriter {
  private struct State: ~Copyable {
    var host: SimulatedHost
    var past: SteadyTime
  }

  private let state: Mutex<State>
  private let clock: HostClock
  private let sleep: @Sendable (Span) -> Void
  private let opened: SteadyTime
  private static let step = Span.seconds(1)
  /// A change is as quick as libxl is on an idle host; it can be seen to be under way.
  private static let writeTime = Span(milliseconds: 150)

  init(
    scenario: Scenario, seed: UInt64, clock: HostClock, sleep: @escaping @Sendable (Span) -> Void
  ) {
    self.clock = clock
    self.sleep = sleep
    opened = clock.steady()
    let beginning = opened + scenario.history * -1
    let host = SimulatedHost(
      scenario: scenario, seed: seed,
      startingAt: clock.wall() + scenario.history * -1, steady: beginning)
    state = Mutex(State(host: host, past: beginning))
  }

  /// A second of the history; nil when it is all told.
  func nextOfPast() -> Reading? {
    state.withLock { state in
      state.past = state.past + Self.step
      guard state.past < opened else { return nil }
      state.host.advance(to: state.past)
      return state.host.reading()
    }
  }

  func read(preview: (Reading) -> Void) throws(SourceError) -> Reading {
    let now = clock.steady()
    return state.withLock { state in
      state.host.advance(to: now)
      var reading = state.host.reading()
      reading.time = clock.wall()
      reading.steady = now
      return reading
    }
  }

  func write(_ order: TargetOrder, author: String) -> TargetOutcome {
    sleep(Self.writeTime)
    return state.withLock { state in
      // As the real writer: somebody else's change meanwhile is not written over.
      if let size = state.host.size(of: order.domain), size != order.from {
        return TargetOutcome(ending: .failed(TargetOrder.overtaken(by: size)))
      }
      return state.host.setTarget(order, author: author)
    }
  }

  func publish(_ domain: DomainID, _ regulation: Regulation?) {
    state.withLock { $0.host.setRegulation(domain, regulation) }
  }

  func beat(_ beat: RegulatorBeat?) { state.withLock { $0.host.setBeat(beat) } }
}
