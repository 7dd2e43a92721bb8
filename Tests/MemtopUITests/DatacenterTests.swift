import Testing

@testable import MemtopCore
@testable import MemtopSimulation
@testable import MemtopUI
@testable import TestSupport

/// The simulated datacenter as its dashboard shows it, as golden files in Golden/.
@Suite(.timeLimit(.minutes(30))) struct DatacenterTests {
  struct View: Sendable, CustomTestStringConvertible {
    var name: String
    /// Keys by their names; a longer word is typed.
    var keys: [String] = []
    var testDescription: String { name }
  }

  /// The ten minutes before the dashboard opens, lived once for all tests.
  private static let past: [Snapshot] = {
    var host = SimulatedHost(
      scenario: .datacenter, seed: 1, startingAt: Samples.start,
      steady: SteadyTime(milliseconds: 0))
    let observer = Observer()
    return (Int64(0)...600).map { second in
      host.advance(to: SteadyTime(milliseconds: second * 1000))
      return observer.observe(host.reading())
    }
  }()

  static let views = [
    View(name: "list"),
    View(name: "page", keys: ["/", "db2", "Enter", "Enter"]),
    View(name: "page-implausible", keys: ["/", "tenant9", "Enter", "Enter"]),
    View(name: "graph-of-pressure", keys: ["s", "s", "s", "s", "s"]),
    View(name: "staged", keys: ["a", "Down", "["]),
    View(name: "review-warning", keys: ["/", "vpn", "Enter", "[", "Enter", "READ"]),
    View(
      name: "review-refused", keys: ["/", "web1", "Enter", "e", "512M", "Enter", "Enter", "READ"]),
    View(name: "review-free", keys: ["F", "8G", "Enter", "READ"]),
    View(name: "help", keys: ["?"]),
  ]

  private static func board(_ view: View, _ size: (Int, Int)) -> Dashboard {
    let history = History()
    for snapshot in past { history.append(snapshot) }
    var board = Dashboard(columns: size.0, rows: size.1, snapshot: nil, history: history)
    board.state.now = SteadyTime(milliseconds: 0)
    for snapshot in past { board.send(.snapshot(snapshot)) }
    for key in view.keys {
      if key == "READ" {
        let facts = past.last!.domains.map { ($0.id, GuardFacts()) }
        board.send(.readForChange(past.last!, Dictionary(uniqueKeysWithValues: facts)))
      } else if Key(named: key) != nil {
        board.press(key)
      } else {
        board.type(key)
      }
    }
    return board
  }

  @Test("s graphs another figure each time, its heading says which, and comes round again")
  func graphs() {
    var board = Self.board(Self.views[0], (120, 40))
    var headings: [String] = []
    var drawings: Set<String> = []
    for _ in SparkMetric.allCases {
      let lines = board.frame().split(separator: "\n", omittingEmptySubsequences: false)
      let heading = lines.first { $0.contains(", 2 min") || $0.contains("TARGET 2 min") }
      headings.append(String(heading?.suffix(18).prefix(12) ?? ""))
      drawings.insert(lines.map { String($0.suffix(20).prefix(13)) }.joined())
      board.press("s")
    }
    #expect(Set(headings).count == 6 && !headings.contains(""), "\(headings)")
    #expect(drawings.count == 6)
    #expect(board.state.list.spark == .available)
  }

  @Test("the datacenter's screen is as its golden file has it", arguments: views, [false, true])
  func golden(view: View, ascii: Bool) {
    for size in FrameTests.sizes {
      let name = "datacenter-\(view.name)-\(size.0)x\(size.1)" + (ascii ? "-ascii" : "")
      Golden.check(Self.board(view, size).frame(ascii: ascii), name)
    }
  }
}
