import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

@Suite("the list's filter", .timeLimit(.minutes(30))) struct FilterTests {
  @Test("a filter takes a column's heading for its field")
  func headings() throws {
    func names(_ text: String) throws -> [String] {
      Dashboard(filter: try Filter(text)).names
    }
    for (heading, field) in [("IN/s>0", "swapin>0"), ("!out/s = 0", "!swapout=0")] {
      #expect(try !names(heading).isEmpty && names(heading) == names(field), "\(heading)")
    }
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
}
