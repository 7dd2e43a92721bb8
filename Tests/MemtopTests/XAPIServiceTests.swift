import Foundation
import MemtopSystem
import Testing

@testable import MemtopCore
@testable import TestSupport
@testable import memtop

/// A FAKE of a host where XAPI owns the targets: the simulated one, whose guests have dynamic ranges, and
/// whose squeezed puts each target where it was, but within the range.
private final class XAPISimulation: HostSource, TargetWriter, @unchecked Sendable {
  let host: TroubledHost
  private(set) var ranges: [DomainID: DynamicRange] = [:]
  private(set) var first: [DomainID: DynamicRange] = [:]
  private var kept: [DomainID: KeptRange] = [:]

  init(_ loop: EmbeddedLoop) { host = TroubledHost(loop) }

  var connection: HostConnection {
    let inner = host.connection
    return HostConnection(
      source: self, writer: self, regulation: inner.regulation, guardFacts: inner.guardFacts,
      waitingFor: inner.waitingFor, pause: inner.pause, resume: inner.resume, past: inner.past,
      log: inner.log)
  }

  func read(preview: (Reading) -> Void) throws(SourceError) -> Reading {
    var reading = try host.read()
    reading.host.owner = .xapi
    for index in reading.domains.indices where !reading.domains[index].id.isDom0 {
      reading.domains[index] = adding(to: reading.domains[index])
    }
    return reading
  }

  private func adding(to domain: DomainReading) -> DomainReading {
    guard let most = domain.keys[.staticMax].flatMap({ Bytes(storeKiB: $0) }) else { return domain }
    let range = ranges[domain.id] ?? DynamicRange(low: .mib(64), high: most)
    (ranges[domain.id], first[domain.id]) = (range, first[domain.id] ?? range)
    var entries = domain.keys.entries
    entries.append((.dynamicMin, Array("\(range.low.kib)".utf8)))
    entries.append((.dynamicMax, Array("\(range.high.kib)".utf8)))
    if let kept = kept[domain.id] { entries.append((.keptRange, kept.bytes)) }
    return DomainReading(
      id: domain.id, kind: domain.kind, life: domain.life, allocation: domain.allocation,
      limit: domain.limit, claim: domain.claim,
      keys: StoreKeys(
        entries: entries, reportWrites: domain.keys.reportWrites,
        startedAt: domain.keys.startedAt))
  }

  func write(_ order: TargetOrder, _ term: OrderTerm) -> TargetOutcome {
    guard let change = order.range else {
      return TargetOutcome(ending: .failed("an order without a range"))
    }
    let keeping = KeptRange(before: change, kept: kept[order.domain])
    kept[order.domain] = keeping
    // XAPI does it at the end of the call.
    var outcome = host.write(order, term)
    ranges[order.domain] = change.to
    kept[order.domain] = keeping.settled
    outcome.range = change.to
    return outcome
  }
}

@Suite("the regulator's loop where XAPI owns the targets", .timeLimit(.minutes(30)))
struct XAPIServiceTests {
  private let loop = EmbeddedLoop()
  private let xapi: XAPISimulation

  init() { xapi = XAPISimulation(loop) }

  private func run(throughXAPI: Bool) -> Failure? {
    var policies = RegulatedHost.all
    policies.throughXAPI = throughXAPI
    return RegulateLoop(
      host: xapi.connection, policies: policies, interval: .seconds(1), isDry: false, loop: loop
    ) { _ in true }.run()
  }

  @Test("without a word in the policy it refuses, and says which word")
  func refuses() {
    loop.signal(SIGTERM, after: .seconds(60))
    let failure = run(throughXAPI: false)
    #expect(failure?.status == .refused)
    #expect(failure?.line.hasSuffix("unless the policy says owner = xapi in [host]") == true)
    #expect(xapi.host.written.isEmpty)
  }

  @Test("it sets ranges, each VM's once a minute, and gives all back at its end")
  func regulates() {
    loop.signal(SIGTERM, after: .seconds(270))
    #expect(run(throughXAPI: true) == nil)
    let moves = xapi.host.written.filter { $0.reason != Regulator.givingBack }
    #expect(!moves.isEmpty && moves.allSatisfy { $0.range?.to.isPoint == true })
    for domain in Set(moves.map(\.domain)) {
      #expect(moves.count { $0.domain == domain } <= 3)
    }
    #expect(xapi.ranges == xapi.first)
    #expect(xapi.host.logged == xapi.host.written)
  }

  @Test("it gives all back whenever it ends, in the midst of a write, too", arguments: 120..<210)
  func endsAnywhere(_ second: Int64) {
    xapi.host.writeTakes = Span(milliseconds: 1700)
    loop.signal(SIGTERM, after: .seconds(second))
    #expect(run(throughXAPI: true) == nil)
    #expect(xapi.ranges == xapi.first)
    #expect(xapi.host.logged == xapi.host.written)
  }
}
