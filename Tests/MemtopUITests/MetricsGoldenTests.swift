import MemtopCore
import MemtopSimulation
import Testing

@testable import TestSupport

@Suite("metrics of the demo", .timeLimit(.minutes(30)))
struct MetricsGoldenTests {
  @Test("they are as they were reviewed")
  func golden() throws {
    let scenario = Scenario.standard
    var host = SimulatedHost(
      scenario: scenario, seed: 1, startingAt: WallTime(milliseconds: 1_790_000_000_000),
      steady: SteadyTime(milliseconds: 1_000_000))
    let observer = Observer()
    var snapshot = observer.observe(host.reading())
    for second in 1...600 as ClosedRange<Int64> {
      host.advance(to: SteadyTime(milliseconds: 1_000_000 + second * 1000))
      snapshot = observer.observe(host.reading())
    }
    snapshot.advise(.standard)
    let page = MetricsPage(
      snapshot,
      ExporterFigures(
        version: "0.1", collection: Span(milliseconds: 12),
        processes: [.init(command: "export", cpu: Span(milliseconds: 250), resident: .mib(12))]))
    Golden.check(String(decoding: page.text(.openMetrics), as: UTF8.self), "metrics")
  }
}
