import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

@Suite(.timeLimit(.minutes(30))) struct ListTests {
  /// The last line of the screen.
  private static func bar(_ board: Dashboard) -> Substring {
    board.frame().split(separator: "\n").last ?? ""
  }

  @Test("a filter takes a column's heading for its field")
  func headings() throws {
    func names(_ text: String) throws -> [String] {
      Dashboard(filter: try Filter(text)).names
    }
    for (heading, field) in [("IN/s>0", "swapin>0"), ("!out/s = 0", "!swapout=0")] {
      #expect(try !names(heading).isEmpty && names(heading) == names(field), "\(heading)")
    }
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

  @Test(
    "a filter shows what it says",
    arguments: [
      ("web", ["web3", "web1", "web2"]), ("busy>2G", ["db2", "build", "win-ad"]),
      ("health=stale", ["lab"]), ("health!=fresh", ["liar", "lab", "legacy"]),
      ("thrashing", ["db2"]), ("swap>=96m web", ["web3"]), ("alloc<=1G", ["liar"]),
      ("10.0.4.12", ["legacy"]), ("a1b2c3d4-0000-4007", ["db2"]), ("psi_some>40", ["db2"]),
      ("psi_some>40%", ["db2"]), ("swap > 100M", ["db2"]), ("swap> 96M", ["db2"]),
      ("swap >100m", ["db2"]), ("name:web health=fresh", ["web3", "web1", "web2"]),
      ("name:EB1", ["web1"]), ("stale", ["lab"]), ("implausible", ["liar"]),
      ("stuck", ["mail"]), ("busy>1.9g busy<2.1g", ["build"]), ("age>5m", ["lab"]),
      ("alloc>99%", ["legacy", "cache1", "win-ad"]), ("alloc<50%", ["lab"]),
      ("os:debian web", ["web3", "web1", "web2"]), ("debian", []), ("health:impl", ["liar"]),
      ("condition=thrashing", ["db2"]), ("dialect=xapi", ["win-ad"]), ("12", ["legacy"]),
      ("web !web1", ["web3", "web2"]), ("web !alloc<=1G !name=web3", ["web1", "web2"]),
      ("thrashing|stale", ["db2", "lab"]), ("web !3 | stuck", ["mail", "web1", "web2"]),
      ("!health=fresh", ["liar", "lab", "legacy"]),
      ("! web ! health=fresh", ["liar", "lab", "legacy"]),
    ])
  func filter(text: String, names: [String]) {
    var board = Dashboard()
    board.press("/")
    board.type(text)
    board.press("Enter")
    #expect(board.names == names)
    board.press("Esc")
    #expect(board.names.count == 12)
  }

  @Test("the filter stands in the title, in the past and beside staged targets, too")
  func title() {
    var board = Dashboard(columns: 100, history: Samples.past())
    func title() -> Substring { board.frame().split(separator: "\n")[0] }
    board.press("/")
    board.type("web|stale|thrashing|stuck|silent")
    board.press("Enter")
    #expect(title().contains("   filter web|stale|thrashing|stu…: 7 of 12   "), "\(title())")
    board.press("z")
    #expect(title().contains("FROZEN, 0s ago   filter web|stale|thrashing|stu…: 7 of 12   "))
    board.send(.resized(ScreenSize(columns: 80, rows: 24)))
    #expect(title().hasPrefix("memtop  xen1  "), "\(title())")
    board.send(.resized(ScreenSize(columns: 100, rows: 24)))
    board.press("L", "]")
    #expect(title().contains("1 staged   filter web|stale|thrashing|stu…: 7 of 12   "))
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

  @Test(
    "a filter that makes no sense is none, and the word that is wrong is named",
    arguments: [
      ("busy>", "busy> needs a value after it"),
      ("busy>2", "2 is not an amount, such as 512M or 50%"),
      ("swapin>512", "512 is not a rate, such as 512K"),
      ("busy>lots", "lots is not an amount, such as 512M or 50%"),
      ("swap>abc", "abc is not an amount, such as 512M or 50%"),
      ("swap > abc", "abc is not an amount, such as 512M or 50%"),
      ("alloc<target", "a field can only be compared with a number"),
      ("alloc<in/s", "a field can only be compared with a number"),
      ("nothing=3", "nothing is not a field"), ("foo>2G", "foo is not a field"),
      ("a=1,b=2", "a is not a field"),
      ("busy=1,swap=2", "1,swap is not an amount, such as 512M or 50%"),
      ("name>a", "name is text: use name=, name!= or name:"),
      ("busy>99999999999999999999", "99999999999999999999 is not an amount, such as 512M or 50%"),
      ("busy>9999999999999G", "9999999999999g is not an amount, such as 512M or 50%"),
      ("!", "! needs a condition after it, as in !web"),
      ("!!web", "! needs a condition after it, as in !web"),
      ("web|", "| needs a condition on each side, as in tight|stale"),
      ("web||db", "| needs a condition on each side, as in tight|stale"),
      ("| web", "| needs a condition on each side, as in tight|stale"),
      (">3=", "> needs a field before it, as in busy>2G"),
      ("web = ", "web= needs a value after it"), ("web ==3", "web= needs a value after it"),
      ("swapin>50%", "50% is not a rate, such as 512K"),
      ("age>lots", "lots is not a time, such as 5m"),
      ("psi_some>2G", "2g is not a percentage, such as 10%"), ("id=x", "x is not a number"),
      (
        "health=stael",
        "health cannot be stael; use fresh, unknown-age, stale, silent, implausible, unreadable"
      ), ("nmae:web", "nmae is not a field"),
      ("busy:2G", "busy is a number: compare it, as in busy>2G"),
      ("name:", "name: needs a word after it"), ("bar>1", "bar has no values to compare"),
      ("busy>-1", "-1 is not an amount, such as 512M or 50%"),
    ])
  func nonsense(text: String, problem: String) {
    #expect(throws: Filter.Problem(text: problem)) { try Filter(text) }
    var board = Dashboard(columns: 120)
    board.press("/")
    board.type(text)
    board.press("Enter")
    let prompt = board.frame().split(separator: "\n").last ?? ""
    #expect(prompt.contains(problem), "\(prompt)")
    #expect(board.names.count == 12 || !board.state.list.filter.isEmpty)
  }

  @Test("a bare word of condition, health, pressure or state means that, and no part of a name")
  func status() throws {
    let domains = [
      Samples.domain(1, "bookworm"), Samples.domain(2, "stale-cache", busy: .gib(1)),
      Samples.domain(3, "b", state: .stuck), Samples.domain(4, "c", state: .paused),
      Samples.domain(5, "d", pressure: .tight, state: .stuck),
      Samples.domain(6, "e", pressure: nil, health: .unknownAge),
      Samples.domain(7, "f", pressure: .tight, health: .unknownAge),
    ]
    func names(_ text: String) throws -> [String] {
      let filter = try Filter(text)
      return domains.filter { filter.shows($0) }.map(\.name)
    }
    #expect(try names("ok") == ["bookworm", "stale-cache", "e"])
    #expect(try names("pressure=ok") == ["bookworm", "stale-cache", "b", "c"])
    #expect(try names("stale") == [])
    #expect(try names("name:stale") == ["stale-cache"])
    #expect(try names("paused") == ["c"])
    #expect(try names("tight") == ["d", "f"])
    #expect(try names("tight?") == ["d", "f"])
    #expect(try names("condition=tight") == ["f"])
    #expect(try names("unknown-age") == ["e", "f"])
    #expect(try names("health=unknown-age tight") == ["f"])
    #expect(try names("fresh stuck") == ["b", "d"])
    #expect(try names("worm") == ["bookworm"])
  }

  @Test("a share is of static-max; a domain without one has none")
  func shares() throws {
    var sample = Samples.domain(1, "a", alloc: .gib(2), max: .gib(4))
    #expect(try Filter("alloc=50%").shows(sample))
    #expect(try Filter("alloc>=50%").shows(sample))
    #expect(try !Filter("alloc>50%").shows(sample))
    #expect(try Filter("alloc>49.9%").shows(sample))
    sample.staticMax = nil
    #expect(try !Filter("alloc>0%").shows(sample))
    sample.staticMax = .zero
    #expect(try !Filter("alloc>0%").shows(sample))
  }

  @Test("Esc in the filter's prompt brings the old filter back")
  func cancelled() {
    var board = Dashboard()
    board.press("/")
    board.type("web")
    #expect(board.names.count == 3)
    board.press("Esc")
    #expect(board.names.count == 12)
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
