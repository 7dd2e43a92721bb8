import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

@Suite(.timeLimit(.minutes(30))) struct ListTests {
  /// The last line of the screen.
  private static func bar(_ board: Dashboard) -> Substring {
    board.frame().split(separator: "\n").last ?? ""
  }

  @Test("in an empty list the bar offers what works there, and the others say why they do not")
  func empty() {
    var board = Dashboard(filter: try! Filter("zzz"))
    #expect(
      Self.bar(board).hasPrefix(
        "? help  Esc drop the filter  / filter  z freeze  F free  r record"),
      "\(Self.bar(board))")
    for key in ["]", "a", "M", "e", "Enter"] {
      board.press(key)
      #expect(board.state.message?.text == "No domain matches the filter; Esc drops it", "\(key)")
    }
    board.press("F")
    #expect(board.state.mode == .prompt)
    board.press("Esc", "Esc")
    #expect(board.names.count == 12)
    #expect(!Self.bar(board).contains("Esc"))
  }

  @Test("before the first sample the bar is that of a list with domains")
  func notYet() {
    let board = Dashboard(snapshot: nil)
    #expect(Self.bar(board).contains("Enter page"), "\(Self.bar(board))")
  }

  @Test("where a filter is set the bar says that Esc drops it")
  func dropsFilter() {
    let board = Dashboard(filter: try! Filter("web"))
    #expect(Self.bar(board).hasPrefix("? help  Esc drop the filter  ] +"), "\(Self.bar(board))")
    let replay = Dashboard.replay(filter: try! Filter("web"))
    #expect(Self.bar(replay).contains("Esc drop the filter"), "\(Self.bar(replay))")
    var past = board
    past.press("z")
    #expect(!Self.bar(past).contains("Esc"))
  }

  @Test("trouble comes first, then size")
  func order() {
    let names = Dashboard().names
    #expect(names.prefix(6) == ["db2", "mail", "web3", "liar", "lab", "legacy"])
    #expect(names.dropFirst(6).first == "cache1")
  }

  @Test("a domain that gets better stays where it is for ten seconds")
  func patience() {
    var board = Dashboard()
    var better = Samples.twelve
    better[6].pressure = .ok
    board.send(.snapshot(Samples.host(better, after: .seconds(1))))
    board.send(.snapshot(Samples.host(better, after: .seconds(9))))
    #expect(board.names.first == "db2")
    board.send(.snapshot(Samples.host(better, after: .seconds(12))))
    #expect(board.names.first == "mail")
  }

  @Test("a domain that gets worse moves up at once")
  func worse() {
    var board = Dashboard()
    var worse = Samples.twelve
    worse[2].state = .crashed
    board.send(.snapshot(Samples.host(worse, after: .seconds(1))))
    #expect(board.names.first == "web2")
  }

  @Test("a little more memory moves no row, an eighth more does")
  func sizes() {
    var board = Dashboard(
      snapshot: Samples.host([
        Samples.domain(1, "a", alloc: .gib(2)), Samples.domain(2, "b", alloc: .mib(2000)),
      ]))
    board.send(
      .snapshot(
        Samples.host(
          [
            Samples.domain(1, "a", alloc: .gib(2)), Samples.domain(2, "b", alloc: .mib(2200)),
          ], after: .seconds(1))))
    #expect(board.names == ["a", "b"])
    board.send(
      .snapshot(
        Samples.host(
          [
            Samples.domain(1, "a", alloc: .gib(2)), Samples.domain(2, "b", alloc: .mib(2300)),
          ], after: .seconds(2))))
    #expect(board.names == ["b", "a"])
  }

  @Test("the cursor follows its domain when rows move")
  func cursor() {
    var board = Dashboard()
    board.press("Down", "Down")
    #expect(board.cursorName == "web3")
    var worse = Samples.twelve
    worse[8].state = .crashed
    board.send(.snapshot(Samples.host(worse, after: .seconds(1))))
    #expect(board.names.first == "web3")
    #expect(board.cursorName == "web3")
  }

  @Test("the cursor follows the uuid through a reboot")
  func reboot() {
    var board = Dashboard()
    board.press("Down", "Down")
    var reborn = Samples.twelve
    var web3 = reborn.remove(at: 8)
    web3.id = DomainID(domid: 40, uuid: web3.id.uuid)
    board.send(.snapshot(Samples.host(reborn + [web3], after: .seconds(1))))
    #expect(board.state.list.cursor?.domid == 40)
  }

  @Test("when its domain is gone the cursor stays in its row")
  func gone() {
    var board = Dashboard()
    board.press("Down", "Down")
    var without = Samples.twelve
    without.remove(at: 8)
    board.send(.snapshot(Samples.host(without, after: .seconds(1))))
    #expect(board.cursorName == "liar")
  }

  @Test("the page of a domain that is gone closes, and never shows another by itself")
  func pageOfTheGone() {
    var board = Dashboard()
    board.press("Enter")
    #expect(board.state.mode == .page)
    var without = Samples.twelve
    without.remove(at: 6)
    board.send(.snapshot(Samples.host(without, after: .seconds(1))))
    #expect(board.state.mode == .list)
    #expect(board.state.message?.text == "db2 is gone")
  }

  @Test("arrows on a page go to the next domain's page")
  func pages() {
    var board = Dashboard()
    board.press("Enter", "Down")
    #expect(board.state.mode == .page)
    #expect(board.frame().contains("mail  domain 8"))
  }

  @Test(
    "keys move the cursor",
    arguments: [
      (["j"], "mail"), (["Down", "k"], "db2"), (["G"], "web2"), (["End", "g"], "db2"),
      (["G", "Up"], "web1"), (["k"], "db2"), (["G", "j"], "web2"), (["^D"], "web1"),
    ])
  func moves(keys: [String], name: String) {
    var board = Dashboard(rows: 24)
    for key in keys { board.press(key) }
    if keys == ["^D"] { return #expect(board.cursorName != "db2") }
    #expect(board.cursorName == name)
  }

  @Test("sorting goes through the columns and comes back to trouble")
  func sorting() {
    var board = Dashboard()
    board.press(">")
    #expect(board.state.list.sort == .field(.id))
    board.press(">")
    #expect(board.state.list.sort == .field(.name))
    #expect(board.names.first == "Domain-0")
    board.press("I")
    #expect(board.names.first == "win-ad")
    board.press("<", "<")
    #expect(board.state.list.sort == .trouble)
  }

  @Test("keys that do nothing say why", arguments: ["]", "[", "e", "a", "F", "M", "u"])
  func readOnly(_ key: String) {
    var board = Dashboard(readOnly: true)
    board.press(key)
    #expect(board.frame().contains("memtop was started with --read-only"))
    #expect(board.effects.isEmpty && board.state.staging.isEmpty)
  }

  @Test("recording and notes are for the past of a run, too")
  func recordInThePast() {
    var board = Dashboard(history: Samples.past())
    board.press("z", "r")
    guard case .toggleRecording = board.effects.first else {
      return #expect(board.effects.count == 1, "\(board.effects)")
    }
    board.press("m")
    #expect(board.frame().contains("Note on"))
  }

  @Test("tags follow the uuid, and * tags all shown or none")
  func tags() {
    var board = Dashboard()
    board.press("Space")
    #expect(board.state.list.isTagged(Samples.id(7)))
    #expect(board.cursorName == "mail")
    board.press("*")
    #expect(Samples.twelve.allSatisfy { board.state.list.isTagged($0.id) })
    board.press("*")
    #expect(board.state.list.tagged.isEmpty)
  }

  @Test("the visible part follows the cursor with the least scrolling")
  func scrolling() {
    let many = (0..<60).map { Samples.domain(UInt16($0), "d\($0)", busy: .mib(500)) }
    var board = Dashboard(snapshot: Samples.host(many))
    let rows = ScreenPlan(size: board.state.size).listRows
    for _ in 0..<rows { board.press("Down") }
    #expect(board.state.list.top == 1)
    board.press("G")
    #expect(board.state.list.top == 60 - rows)
    board.press("Up")
    #expect(board.state.list.top == 60 - rows)
    board.press("g")
    #expect(board.state.list.top == 0)
  }

  @Test("until the first key the cursor is at the top, wherever the worst trouble comes from")
  func untouched() {
    var board = Dashboard()
    var worse = Samples.twelve
    worse[1].state = .crashed
    board.send(.snapshot(Samples.host(worse, after: .seconds(1))))
    #expect(board.cursorName == "web1")
    board.press("^L")
    board.send(.snapshot(Samples.host(after: .seconds(2))))
    board.send(.snapshot(Samples.host(after: .seconds(60))))
    #expect(board.names.first == "db2")
    #expect(board.cursorName == "web1")
  }

  @Test("a list that does not fit says which of its rows are in sight")
  func place() {
    let many = (0..<60).map { Samples.domain(UInt16($0), "d\($0)", busy: .mib(500)) }
    for (columns, rows) in [(80, 24), (40, 8)] {
      var board = Dashboard(columns: columns, rows: rows, snapshot: Samples.host(many))
      let seen = ScreenPlan(size: board.state.size).listRows
      #expect(board.frame().contains("1-\(seen) of 60"))
      board.press("G")
      #expect(board.frame().contains("\(61 - seen)-60 of 60"))
    }
    #expect(!Dashboard().frame().contains(" of 12"))
  }
}
