import MemtopConf
import MemtopCore
import MemtopSimulation
import MemtopXen
import Synchronization
import Testing

@testable import memtop

/// A host on which something of each domain becomes known after it was judged for the plan.
private final class LateNews: TargetWriter {
  private struct State {
    var asked: Set<DomainID> = []
    var written = 0
  }

  private let host: HostConnection
  private let news: GuardFacts
  private let state = Mutex(State())

  init(_ host: HostConnection, _ news: GuardFacts) {
    self.host = host
    self.news = news
  }

  var written: Int { state.withLock { $0.written } }

  func write(_ order: TargetOrder, _ term: OrderTerm) -> TargetOutcome {
    state.withLock { $0.written += 1 }
    return host.writer.write(order, term)
  }

  var connection: HostConnection {
    HostConnection(
      source: host.source, writer: self, regulation: host.regulation,
      guardFacts: { [self] in facts($0) }, waitingFor: host.waitingFor, pause: host.pause,
      resume: host.resume, past: host.past, log: host.log)
  }

  private func facts(_ domain: DomainID) -> GuardFacts {
    let isFirst = state.withLock { $0.asked.insert(domain).inserted }
    return isFirst ? host.guardFacts(domain) : news
  }
}

@Suite(.timeLimit(.minutes(30))) struct HostFreeingTests {
  private func free(_ news: GuardFacts) throws -> (written: Int, ending: Failure?) {
    let scenario = try #require(Scenario.all.first { $0.id == "squeeze" })
    let host = LateNews(DemoConnection.open(scenario: scenario, seed: 1, author: nil), news)
    let freeing = HostFreeing(
      session: ChangeSession(host.connection), request: .amount(.gib(6)),
      consent: ChangeConsent(agrees: true), policies: .standard, autoballoon: .off)
    do throws(Failure) {
      try freeing.perform()
      return (host.written, nil)
    } catch {
      return (host.written, error)
    }
  }

  @Test("a plan that was agreed to is carried out")
  func agreed() throws {
    let (written, ending) = try free(GuardFacts())
    #expect(written > 0 && ending == nil)
  }

  @Test("a warning that was not shown with the plan stops it, though warnings were agreed to")
  func newWarning() throws {
    let left = PopulateOnDemand(entries: .mib(12), cache: .mib(4))
    let (written, ending) = try free(GuardFacts(populateOnDemand: .left(left)))
    #expect(written == 0)
    #expect(ending?.status == .failed)
  }
}
