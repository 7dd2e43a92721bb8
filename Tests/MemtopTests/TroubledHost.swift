import MemtopCore
import MemtopSimulation
import MemtopSystem
import MemtopXen

@testable import TestSupport
@testable import memtop

/// The simulated host on an embedded loop, with what a test puts in its way.
final class TroubledHost: HostSource, TargetWriter, @unchecked Sendable {
  let loop: EmbeddedLoop
  private let demo: HostConnection
  /// How long each reading takes from now on.
  var readingTakes = Span.zero
  /// How old the figures of each reading are when it ends, from now on: xenstore hung behind the hypercalls.
  var readingLags = Span.zero
  /// What each reading fails with from now on.
  var failure: SourceError?
  /// What each key of the regulator's fails with from now on.
  var keysFailure: SourceError?
  /// How long each write takes from now on.
  var writeTakes = Span(milliseconds: 150)
  /// How long the journal takes for each line from now on.
  var logTakes = Span.zero
  /// There is no journal from now on.
  var logIsGone = false
  /// Why xenstore cannot be read from now on; what was read before is given again.
  var storeProblem: String?
  /// What is found in place of the simulated domains.
  var found: [DomainReading]?
  /// A target that someone else sets before the next reading.
  var setByOthers: TargetOrder?
  /// What the guard is told of each domain from now on.
  var facts = GuardFacts()
  /// Whether facts of a save are found once a nudge has begun.
  var savesNudged = false
  /// Times of readings and of their ends.
  private(set) var readings: [SteadyTime] = []
  private(set) var written: [TargetOrder] = []
  private(set) var terms: [OrderTerm] = []
  /// How many readings there had been at each write.
  private(set) var readingsAtWrites: [Int] = []
  private(set) var logged: [TargetOrder] = []
  private(set) var pauses = 0
  private(set) var resumes = 0

  init(_ loop: EmbeddedLoop = EmbeddedLoop(), scenario: String = "small") {
    self.loop = loop
    demo = DemoConnection.open(
      scenario: Scenario.named(scenario)!, seed: 1, author: "you", clock: loop.clock,
      sleep: { loop.block(for: $0) })
  }

  var connection: HostConnection {
    HostConnection(
      source: self, writer: self, regulation: self, guardFacts: { [self] _ in facts },
      waitingFor: { nil }, pause: { [self] in pauses += 1 }, resume: { [self] in resumes += 1 },
      past: { nil },
      log: { [self] order, _ in
        if logTakes > .zero { loop.block(for: logTakes) }
        logged.append(order)
        return !logIsGone
      })
  }

  /// Seconds since the beginning at which a reading began.
  var seconds: [Int64] { readings.map { ($0 - SteadyTime(milliseconds: 1_000_000)).wholeSeconds } }

  func read(preview: (Reading) -> Void) throws(SourceError) -> Reading {
    readings.append(loop.time)
    if let order = setByOthers {
      setByOthers = nil
      _ = demo.writer.write(order, OrderTerm(judged: loop.time))
    }
    if readingTakes > .zero { loop.block(for: readingTakes) }
    if let failure { throw failure }
    var reading = try demo.source.read()
    reading.host.storeProblem = storeProblem
    if let found { reading.domains = found }
    if readingLags > .zero { loop.block(for: readingLags) }
    return reading
  }

  func write(_ order: TargetOrder, _ term: OrderTerm) -> TargetOutcome {
    terms.append(term)
    written.append(order)
    readingsAtWrites.append(readings.count)
    loop.block(for: writeTakes)
    if savesNudged, order.nudge != nil { facts.isBeingSaved = true }
    return demo.writer.write(order, term)
  }
}

extension TroubledHost: RegulationWriter {
  func publish(_ domain: DomainID, _ regulation: Regulation?) throws(SourceError) {
    if let keysFailure { throw keysFailure }
    try demo.regulation.publish(domain, regulation)
  }

  func beat(_ beat: RegulatorBeat?) throws(SourceError) {
    if let keysFailure { throw keysFailure }
    try demo.regulation.beat(beat)
  }
}
