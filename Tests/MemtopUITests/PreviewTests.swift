@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport
import Testing

/// The screen while a host is read for the first time.
@Suite(.timeLimit(.minutes(30))) struct PreviewTests {
  private static func preview() -> Snapshot {
    Samples.host(
      (1...3).map {
        Samples.domain($0, "g\($0)", pressure: nil, state: .reading, health: .silent, age: nil)
      })
  }

  @Test("shows what is known, says that the rest is being read, and stages nothing")
  func shown() {
    var dashboard = Dashboard(snapshot: nil)
    dashboard.send(.preview(Self.preview()))
    dashboard.send(.sourceProblem("reading 3 domains, 0 %"))
    let frame = dashboard.frame()
    #expect(frame.contains("g3") && frame.contains("reading 3 domains, 0 %"))
    #expect(!frame.contains("no swap used") && !frame.contains("no memory pressure"))
    dashboard.press("]")
    #expect(dashboard.state.staging.isEmpty)
    #expect(dashboard.state.message?.text.contains("reading 3 domains") == true)
  }

  @Test("the first sample takes its place, and the cursor is on its first row")
  func followed() {
    var dashboard = Dashboard(snapshot: nil)
    dashboard.send(.preview(Self.preview()))
    var sample = Samples.host((1...3).map { Samples.domain($0, "g\($0)") })
    sample.domains[2].pressure = .thrashing
    dashboard.send(.snapshot(sample))
    #expect(dashboard.names.first == "g3" && dashboard.cursorName == "g3")
  }

  @Test("one that comes late is not shown")
  func late() {
    var dashboard = Dashboard()
    let before = dashboard.names
    dashboard.send(.preview(Self.preview()))
    #expect(dashboard.names == before)
  }
}
