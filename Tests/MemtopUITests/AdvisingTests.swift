import Testing

@testable import MemtopCore
@testable import TestSupport

/// What `a`, `e` and `F` stage, and what the guard says of it in the review.
@Suite(.timeLimit(.minutes(30))) struct AdvisingTests {
  private static func board(_ name: String, _ domains: [DomainSample] = Samples.twelve)
    -> Dashboard
  {
    var board = Dashboard(columns: 120, rows: 40, snapshot: Samples.host(domains))
    board.press("/")
    board.type(name)
    board.press("Enter")
    return board
  }

  private static func hint(_ board: Dashboard) -> String {
    String(board.frame().split(separator: "\n").last ?? "")
  }

  @Test("a stages what the footer says beforehand, and gives the reason")
  func stagesAdvice() {
    var board = Self.board("web3")
    #expect(Self.hint(board).contains("a advice 2.16G"))
    board.press("a")
    #expect(board.state.staging.orders.map(\.to) == [.mib(2210)])
    #expect(board.state.message?.text == "web3 2.16G: busy 1.73G + reserve 442M")
  }

  @Test("where there is no advice nothing is staged, and the reason is said")
  func noAdvice() {
    var board = Self.board("legacy")
    #expect(!Self.hint(board).contains("advice 4"))
    board.press("a")
    #expect(board.state.staging.isEmpty)
    #expect(board.state.message?.text == "No advice for legacy: it sends no report")
  }

  @Test("the tagged that are shown get their advice together")
  func taggedAdvice() {
    var board = Dashboard(columns: 120, rows: 40)
    board.press("*", "/")
    board.type("web")
    board.press("Enter", "a")
    #expect(Set(board.state.staging.orders.map(\.name)) == ["web1", "web2", "web3"])
    board.press("Esc", "Esc", "a")
    let unfinished = "not for db2: its last change is not finished"
    #expect(board.state.message?.text.contains(unfinished) == true)
  }

  @Test(
    "e takes what an operator writes",
    arguments: [
      ("2G", Bytes.gib(2)), ("+10%", .mib(3380)), ("-256M", .mib(2816)), ("max", .gib(4)),
      ("busy+512M", .mib(1612)), ("1.5g", .mib(1536)),
    ])
  func sizes(text: String, size: Bytes) {
    var board = Self.board("web1")
    board.press("e")
    board.type(text)
    board.press("Enter")
    #expect(board.state.staging.orders.map(\.to) == [size])
    #expect(board.state.mode == .listStaged)
  }

  @Test(
    "a size that makes no sense stays in the prompt, with the reason, and stages nothing",
    arguments: [
      ("lots", "a size looks like"), ("2", "give a unit: 2G or 2M"),
      ("1,5G", "write 1.5G with a point"),
      ("10760486912", "give a unit: as bytes, this is 10508288K"), ("2X", "units are K, M, G, T"),
      ("8G", "web1 can have at most 4.00G"), ("-9G", "web1 would have"),
    ])
  func wrongSizes(text: String, problem: String) {
    var board = Self.board("web1")
    board.press("e")
    board.type(text)
    board.press("Enter")
    #expect(board.state.staging.isEmpty)
    #expect(board.state.mode == .prompt)
    #expect(board.frame().contains(problem))
    board.type("1")
    #expect(!board.frame().contains(problem))
  }

  @Test("a size that does not fit one of several domains is staged for none of them")
  func allOrNone() {
    var board = Dashboard(columns: 120, rows: 40)
    board.press("*", "e")
    board.type("busy+512M")
    board.press("Enter")
    #expect(board.state.staging.isEmpty)
    #expect(board.frame().contains("liar does not report its busy memory"))
  }

  @Test("F opens the review of a plan, and says who gives nothing and why")
  func frees() {
    var board = Dashboard(columns: 120, rows: 40)
    board.press("F")
    board.type("20G")
    board.press("Enter")
    #expect(board.state.mode == .review)
    #expect(board.effects.first == .flushInput)
    #expect(board.state.staging.orders.allSatisfy { $0.isLower })
    let given = board.state.staging.orders.reduce(Bytes.zero) { $0 + $1.from! - $1.to }
    #expect(given >= .gib(20) - Samples.host().host.uncommitted)
    #expect(board.frame().contains("To free 20.0G: 16.1G is already free, these domains"))
    #expect(board.frame().contains("legacy: it sends no report"))
    #expect(!board.frame().contains("missing"))
  }

  @Test("a plan that does not reach stages nothing, and says how much can be had")
  func freesTooLittle() {
    var board = Dashboard(columns: 120, rows: 40)
    board.press("F")
    board.type("40G")
    board.press("Enter")
    #expect(board.state.mode == .prompt)
    #expect(board.state.staging.isEmpty)
    #expect(board.frame().contains("G can be freed safely"))
  }

  @Test("what is staged already must go first: a plan is for the host as it is")
  func freesBesideOthers() {
    var board = Self.board("web1")
    board.press("]", "F")
    #expect(board.state.mode == .listStaged)
    #expect(board.frame().contains("Apply or drop what is staged first"))
  }

  @Test("what is free already needs no plan, and nothing to give is said in the prompt")
  func freesNothing() {
    var board = Dashboard(columns: 120, rows: 40)
    board.press("F")
    board.type("4G")
    board.press("Enter")
    #expect(board.state.mode == .list)
    #expect(board.state.message?.text.hasPrefix("Nothing to do: 16.1G is free") == true)
    var poor = Self.board("legacy", [Samples.twelve[11]])
    poor.press("F")
    poor.type("100G")
    poor.press("Enter")
    #expect(poor.state.mode == .prompt)
    #expect(poor.frame().contains("can be freed safely"))
  }

  @Test("the page says how low, how high, and what is advised")
  func page() {
    var board = Self.board("web3")
    board.press("Enter")
    #expect(board.frame().contains("Lowest         1.94G  safe; 1.83G with a warning"))
    #expect(board.frame().contains("Highest        4.00G  static-max"))
    #expect(board.frame().contains("Advice         2.16G  busy 1.73G + reserve 442M"))
    var silent = Self.board("legacy")
    silent.press("Enter")
    #expect(silent.frame().contains("Guard        refused  legacy sends no report"))
    #expect(silent.frame().contains("Lowest         4.00G  cannot be lowered now"))
  }
}
