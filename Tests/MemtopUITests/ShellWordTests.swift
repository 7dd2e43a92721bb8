import Testing

@testable import MemtopCore
@testable import TestSupport

@Suite("commands that are offered to be pasted", .timeLimit(.minutes(30))) struct ShellWordTests {
  private static let id = DomainID(domid: 7, uuid: DomainUUID(high: 1, low: 2))

  @Test(
    "a shell makes nothing of a name",
    arguments: [
      ("web1", "web1"), ("x;reboot", "'x;reboot'"), ("a b", "'a b'"), ("it's", #"'it'\''s'"#),
      ("$(id)", "'$(id)'"), ("~root", "'~root'"), ("#x", "'#x'"), ("a\\x0a", #"'a\x0a'"#),
      ("数据库", "'数据库'"), ("", "7"), ("db.prod_1-a", "db.prod_1-a"), ("!!", "'!!'"),
    ])
  func names(name: String, word: String) {
    #expect(ShellWord.domain(name, Self.id) == word)
  }

  @Test(
    "where memtop would take a name for something else, it is the domid",
    arguments: ["-x", "--force", "12", "0", "dom0", "6ba7b810-9dad-41d1-80b4-00c04fd430c8"])
  func misleading(name: String) {
    #expect(ShellWord.domain(name, Self.id) == "7")
  }

  @Test("the review offers it so")
  func review() {
    var domains = Samples.twelve
    domains[1].facts = DomainFacts(name: "x;reboot")
    let snapshot = Samples.host(domains, owner: .squeezed)
    var board = Dashboard(columns: 120, rows: 40, snapshot: snapshot)
    board.press("/")
    board.type("x;reboot")
    board.press("Enter", "[", "Enter")
    board.send(.readForChange(snapshot, Samples.facts))
    #expect(board.frame().contains("memtop set 'x;reboot' "), "\(board.frame())")
  }
}
