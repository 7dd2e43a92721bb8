import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

/// The page of events: keys, filter, and where Enter leads.
@Suite(.timeLimit(.minutes(30))) struct EventPageTests {
  /// An hour in which a guest thrashes every ten minutes, and others do other things.
  static func past() -> History {
    let history = History()
    for second in stride(from: Int64(-3600), through: 0, by: 10) {
      history.append(Samples.host(after: .seconds(second), events: events(second)))
    }
    return history
  }

  private static func events(_ second: Int64) -> [HostEvent] {
    func event(_ domid: UInt16, _ name: String, _ kind: HostEvent.Kind) -> HostEvent {
      HostEvent(
        time: Samples.start + .seconds(second), domain: Samples.id(domid), name: name, kind: kind)
    }
    switch second % 600 {
    case -590:
      return [
        event(
          7, "db2",
          .pressure(PressureTurn(from: .ok, to: .thrashing, figure: "swap-in 41M/s")))
      ]
    case -540:
      return [
        event(
          7, "db2", .pressure(PressureTurn(from: .thrashing, to: .ok, after: .seconds(50)))),
        event(9, "web3", .reportStale),
      ]
    case -300: return [event(9, "web3", .reportBack(after: .minutes(4)))]
    case -100: return [event(0, "xen1", .hostShort(free: .mib(120), reserve: .mib(1310)))]
    default: return []
    }
  }

  private func board(_ columns: Int = 80, _ rows: Int = 24) -> Dashboard {
    Dashboard(columns: columns, rows: rows, history: Self.past())
  }

  private func list(_ board: Dashboard) -> EventList? {
    for case .events(let list) in board.state.pages.layers { return list }
    return nil
  }

  @Test("E lists what happened, the newest first, and q closes it")
  func opens() {
    var board = board()
    board.press("E")
    #expect(board.state.mode == .events)
    let rows = list(board)!.rows
    #expect(rows.count == 30)
    #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.place > $1.place })
    #expect(board.frame().contains("db2  thrashing: swap-in 41M/s"))
    board.press("q")
    #expect(board.state.pages.layers.isEmpty && board.effects.isEmpty)
  }

  @Test("Enter freezes the screen at the moment of the event, with the cursor on its domain")
  func goes() {
    var board = board()
    board.press("E")
    while list(board)!.selected!.event.kind.word != "thrashing" { board.press("j") }
    let place = list(board)!.selected!.place
    board.press("Enter")
    #expect(board.state.pages.layers.isEmpty)
    #expect(board.state.shown?.steady == place.at)
    #expect(board.cursorName == "db2")
    #expect(board.frame().contains("FROZEN"))
    #expect(board.state.message?.text.contains("thrashing: swap-in 41M/s") == true)
    // From there the page opens where the screen is, with what came later above.
    board.press("E")
    #expect(list(board)!.selected!.place == place)
    #expect(list(board)!.cursor > 0)
  }

  @Test(
    "the filter goes by name, kind and text, all words of it",
    arguments: [
      ("db2", 12), ("thrashing", 12), ("db2 thrashing:", 6), ("stale", 6), ("DB2 ok", 6),
      ("host short", 6), ("nobody", 0), ("", 30),
    ])
  func filters(text: String, count: Int) {
    var board = board()
    board.press("E", "/")
    board.type(text)
    #expect(list(board)!.rows.count == count)
    board.press("Enter")
    #expect(board.state.mode == .events)
    #expect(list(board)!.rows.count == count)
    #expect(board.frame().contains("No event matches") == (count == 0))
  }

  @Test("a search that stopped says so, and PgDn goes on with it")
  func stops() {
    let past = RecordedHistory()
    var board = Dashboard.replay(past, follows: true)
    board.press("E")
    let all = list(board)!.rows
    #expect(all.count > 4)
    past.mostLooked = 2
    board.press("/")
    board.type(all.last!.event.name)
    board.press("Enter")
    #expect(list(board)!.rows.isEmpty)
    #expect(board.frame().contains("No match yet: searched back to "))
    #expect(!board.frame().contains("No event matches"))
    for _ in all where list(board)!.rows.isEmpty { board.press("PgDn") }
    #expect(list(board)!.rows.map(\.event.name) == [all.last!.event.name])
    for _ in all { board.press("PgDn") }
    #expect(!board.frame().contains("searched back"))
  }

  @Test("Esc at the filter takes back what was typed")
  func cancels() {
    var board = board()
    board.press("E", "/")
    board.type("db2")
    board.press("Esc")
    #expect(list(board)!.rows.count == 30 && board.state.mode == .events)
  }

  @Test("from a domain's page E lists its events alone, and E again those of all")
  func ofOne() {
    var board = board()
    board.press("Enter", "E")
    #expect(Set(list(board)!.rows.map(\.event.name)) == ["db2"])
    #expect(board.frame().contains("Events of db2"))
    board.press("E")
    #expect(list(board)!.rows.count == 30)
    board.press("E")
    #expect(list(board)!.rows.count == 12)
    board.press("j", "Enter")
    // The page is still open, at that moment.
    #expect(board.state.mode == .pagePast)
  }

  @Test("on a page n and p stop at that domain's events only")
  func steps() {
    var board = board()
    board.press("z", "Enter", "p")
    #expect(board.state.selected?.name == "db2")
    #expect(board.state.shown?.steady == Samples.steady + .seconds(-540))
    board.press("p")
    #expect(board.state.shown?.steady == Samples.steady + .seconds(-590))
    board.press("n")
    #expect(board.state.shown?.steady == Samples.steady + .seconds(-540))
    board.press("Esc", "n")
    // On the list they stop at everybody's.
    #expect(board.state.shown?.steady == Samples.steady + .seconds(-300))
  }

  @Test("what happens meanwhile comes on top; the cursor stays with its event, but at the top")
  func grows() {
    let history = Self.past()
    var board = Dashboard(history: history)
    func happen(_ second: Int64) {
      let event = HostEvent(
        time: Samples.start + .seconds(second), domain: Samples.id(1), name: "web1", kind: .crashed)
      let snapshot = Samples.host(after: .seconds(second), events: [event])
      history.append(snapshot)
      board.send(.snapshot(snapshot))
    }
    board.press("E")
    happen(1)
    #expect(list(board)!.cursor == 0 && list(board)!.selected?.event.name == "web1")
    board.press("j", "j")
    let selected = list(board)!.selected
    happen(2)
    #expect(list(board)!.selected == selected && list(board)!.cursor == 3)
  }

  @Test("a day of events is fetched piece by piece, down and up again, and never held whole")
  func long() {
    let history = History()
    for second in 0..<Int64(1900) {
      let event = HostEvent(
        time: Samples.start + .seconds(second), domain: Samples.id(1), name: "web1",
        kind: .note("\(second)", by: "alice"))
      history.append(Samples.host(after: .seconds(second), events: [event]))
    }
    var board = Dashboard(history: history)
    board.press("E")
    var seen: [Int64] = []
    for _ in 0..<1900 {
      seen.append(list(board)!.selected!.place.at.milliseconds)
      board.press("j")
      #expect(list(board)!.rows.count <= EventList.most)
    }
    #expect(seen == (0..<1900).reversed().map { (Samples.steady + .seconds($0)).milliseconds })
    for expected in seen.reversed().dropFirst() {
      board.press("k")
      #expect(list(board)!.selected!.place.at.milliseconds == expected)
    }
    board.press("G")
    #expect(list(board)!.selected!.place.at == Samples.steady)
    board.press("g")
    #expect(list(board)!.selected!.place.at == Samples.steady + .seconds(1899))
    board.press("PgDn", "PgDn", "PgUp")
    #expect(list(board)!.cursor > 0)
  }

  @Test("without events the page says so, and no key of it breaks anything")
  func empty() {
    var board = Dashboard(snapshot: Samples.host(events: []), history: History())
    board.press("E", "j", "k", "G", "g", "PgDn", "Enter")
    #expect(board.state.mode == .events)
    #expect(board.frame().contains("No events yet"))
  }

  @Test("the last lines have the newest of each that one domain is in, and where the others are")
  func latest() {
    let board = board(120, 40)
    let frame = board.frame()
    #expect(frame.contains("E all events"))
    let events = LatestEvents.of(board.history, until: Samples.steady)
    #expect(events.count { if case .pressure = $0.kind { true } else { false } } == 1)
  }

  static let views: [(name: String, keys: [String], typed: String)] = [
    ("events", ["E", "j", "j"], ""), ("events-filter", ["E", "/"], "db2 "),
    ("events-of", ["Enter", "E"], ""), ("events-past", ["z", "(", "E"], ""),
  ]

  @Test("the page is as its golden file has it", arguments: [0, 1, 2, 3], [false, true])
  func golden(view: Int, ascii: Bool) {
    let view = Self.views[view]
    for size in FrameTests.sizes {
      var board = board(size.0, size.1)
      for key in view.keys { board.press(key) }
      board.type(view.typed)
      let frame = board.frame(ascii: ascii)
      if ascii { #expect(frame.utf8.allSatisfy { $0 < 0x7F }) }
      Golden.check(frame, "\(view.name)-\(size.0)x\(size.1)" + (ascii ? "-ascii" : ""))
    }
  }
}
