import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

@Suite(.timeLimit(.minutes(30))) struct StyleTests {
  @Test(
    "a wide or hostile name moves no column",
    arguments: ["数据库服务器一号", "e\u{301}e\u{301}", "a\u{1B}[2J", "テ"])
  func names(name: String) {
    let snapshot = Samples.host(
      [(1, name), (2, "plain")].map {
        Samples.domain($0.0, $0.1, busy: .mib(700), cache: .mib(300))
      })
    let frame = Screen.draw(Dashboard(snapshot: snapshot).state)
    let row = ScreenPlan(size: ScreenSize(columns: 80, rows: 24)).firstRow
    let alloc = Dashboard(snapshot: snapshot).state.layout.column(.alloc)!.x
    let tails = [row, row + 1].map { frame.cells(in: $0).dropFirst(alloc).map(\.scalar) }
    #expect(tails[0] == tails[1])
  }

  @Test("no control character reaches the frame, whatever a guest calls itself")
  func hostile() {
    let snapshot = Samples.host([
      Samples.domain(1, "a\u{1B}[31m\u{7}\n", health: .implausible("\u{1B}]0;x\u{7}"))
    ])
    for keys in [[], ["Enter"], ["e"]] {
      var board = Dashboard(snapshot: snapshot)
      for key in keys { board.press(key) }
      #expect(board.frame().unicodeScalars.allSatisfy { $0 == "\n" || !TextWidth.isControl($0) })
    }
  }

  @Test("what a host has free is a warning below the policy's reserve", arguments: [false, true])
  func free(isOfSeveral: Bool) throws {
    let snapshot = isOfSeveral ? SeveralHostsTests.snapshot() : Samples.host()
    let host = try #require(isOfSeveral ? snapshot.hosts[0].memory : snapshot.host)
    for reserve in [host.uncommitted, host.uncommitted + .kib(1)] {
      // So narrow that it stands beside the bar.
      var board = Dashboard(columns: isOfSeveral ? 100 : 40, snapshot: snapshot)
      board.state.settings.policies.hostReserve = reserve
      let frame = Screen.draw(board.state)
      let run = try #require(
        (0..<frame.height).flatMap { frame.runs(in: $0) }
          .first { $0.text.contains("free \(host.uncommitted.short)") })
      #expect((run.style == .warning) == (reserve > host.uncommitted), "\(run)")
    }
  }

  @Test("the row under the cursor has a sign and a look; the drawings keep theirs")
  func cursorRow() {
    let board = Dashboard()
    let frame = Screen.draw(board.state)
    let row = ScreenPlan(size: board.state.size).firstRow
    #expect(frame.text(row).hasPrefix("›"))
    #expect(frame.runs(in: row).first?.style.ink == .cursor)
    #expect(frame.runs(in: row).contains { $0.style == Style(.barBusy) })
    #expect(!frame.runs(in: row + 1).contains { $0.style.ink == .cursor })
  }

  @Test("the terminal's cursor stands where text is typed")
  func promptCursor() {
    var board = Dashboard()
    board.press("/")
    board.type("ab")
    #expect(Screen.draw(board.state).cursor == Frame.Place(row: 23, column: 10))
    board.press("Esc")
    #expect(Screen.draw(board.state).cursor == nil)
  }
}
