import MemtopCore
import MemtopXen
import Synchronization

/// The simulated host, lived in real time.
enum DemoConnection {
  static func open(scenario: Scenario, seed: UInt64) -> HostConnection {
    let host = DemoHost(scenario: scenario, seed: seed)
    return HostConnection(
      source: host, writer: host, guardFacts: { _ in GuardFacts() }, waitingFor: { nil },
      pause: {}, resume: {}, past: { host.nextOfPast() }, log: { _, _ in })
  }
}

/// A `SimulatedHost` behind a lock: the sampler reads it while a writer sets targets.
private final class DemoHost: HostSource, TargetWriter {
  private struct State: ~Copyable {
    // Sendable by the lock around it.
    nonisolated(unsafe) let host: SimulatedHost
    var past: SteadyTime
  }

  private let state: Mutex<State>
  private let opened: SteadyTime
  private static let step = Span.seconds(1)
  /// A change is as quick as libxl is on an idle host; it can be seen to be under way.
  private static let writeTime = Span(milliseconds: 150)

  init(scenario: Scenario, seed: UInt64) {
    opened = HostClock.system.steady()
    let beginning = opened + scenario.history * -1
    let host = SimulatedHost(
      scenario: scenario, seed: seed,
      startingAt: HostClock.system.wall() + scenario.history * -1, steady: beginning)
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

  func read() throws(SourceError) -> Reading {
    let now = HostClock.system.steady()
    return state.withLock { state in
      state.host.advance(to: now)
      var reading = state.host.reading()
      reading.time = HostClock.system.wall()
      reading.steady = now
      return reading
    }
  }

  func write(_ order: TargetOrder) -> TargetOutcome {
    rest(Self.writeTime)
    return state.withLock { $0.host.setTarget(order, author: "you") }
  }
}
