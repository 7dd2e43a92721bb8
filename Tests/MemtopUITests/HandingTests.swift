import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

/// `M`: domains are handed to the regulator and taken back, never without a question.
@Suite(.timeLimit(.minutes(30))) struct HandingTests {
  private static func board(
    _ regulator: RegulatorStatus? = RegulatorStatus(pid: 7, guests: 0, health: .alive),
    readOnly: Bool = false, _ change: (inout Snapshot) -> Void = { _ in }
  ) -> Dashboard {
    var snapshot = Samples.host()
    snapshot.host.regulator = regulator
    change(&snapshot)
    var board = Dashboard(columns: 120, rows: 40, readOnly: readOnly, snapshot: snapshot)
    board.press("/")
    board.type("web1")
    board.press("Enter")
    return board
  }

  private static func regulate(_ snapshot: inout Snapshot, _ name: String, _ how: Regulation) {
    let index = snapshot.domains.firstIndex { $0.name == name }!
    snapshot.domains[index].regulation = how
  }

  @Test("it asks, and y hands the domain over")
  func hands() throws {
    var board = Self.board()
    let id = try #require(board.state.selected?.id)
    board.press("M")
    #expect(board.effects.isEmpty)
    #expect(board.frame().contains("Hand web1 to the regulator? [y/N]"))
    board.press("y", "Enter")
    #expect(board.effects == [.regulate([id], isOn: true)])
    #expect(board.state.pages.layers.isEmpty)
  }

  @Test("anything else than y or yes hands nothing over", arguments: ["", "n", "N", "yess"])
  func declined(answer: String) {
    var board = Self.board()
    board.press("M")
    board.type(answer)
    board.press("Enter")
    #expect(board.effects.isEmpty)
    #expect(board.state.pages.layers.isEmpty)
  }

  @Test("one that it has is taken back")
  func takesBack() throws {
    var board = Self.board { Self.regulate(&$0, "web1", .regulated(by: "alice")) }
    let id = try #require(board.state.selected?.id)
    board.press("M")
    #expect(board.frame().contains("Take web1 back from the regulator? [y/N]"))
    board.press("y", "Enter")
    #expect(board.effects == [.regulate([id], isOn: false)])
  }

  @Test("of several tagged those that it does not have are handed over; all, taken back")
  func several() {
    var board = Self.board { Self.regulate(&$0, "web1", .regulated(by: "alice")) }
    board.press("Esc", "/")
    board.type("web")
    board.press("Enter", "*", "M")
    guard case .prompt(let prompt) = board.state.pages.layers.last,
      case .regulation(let domains, let isOn) = prompt.purpose
    else {
      Issue.record("nothing was asked")
      return
    }
    #expect(isOn && domains.count == 2)
  }

  @Test(
    "without a service, or with one that hangs, it says what to do",
    arguments: [
      (nil, "systemctl start memtop-regulate"),
      (RegulatorStatus(pid: 7, guests: 0, health: .silent), "systemctl restart memtop-regulate"),
    ] as [(RegulatorStatus?, String)])
  func noService(status: RegulatorStatus?, hint: String) {
    var board = Self.board(status)
    board.press("M")
    #expect(board.state.pages.layers.isEmpty)
    #expect(board.state.message?.text.contains(hint) == true)
  }

  @Test("read-only has no M, and dom0 is not handed over")
  func refused() {
    var readOnly = Self.board(readOnly: true)
    readOnly.press("M")
    #expect(readOnly.state.pages.layers.isEmpty)
    var board = Self.board()
    board.press("Esc", "/")
    board.type("Domain-0")
    board.press("Enter", "M")
    #expect(board.state.pages.layers.isEmpty)
    #expect(board.state.message?.text == "dom0's size is only set by hand; it cannot be regulated")
  }

  @Test(
    "the header tells of the service's health",
    arguments: [
      (RegulatorStatus(pid: 7, guests: 1, health: .alive), true, "regulator 1"),
      (RegulatorStatus(pid: 7, guests: 0, health: .alive), false, "regulator idle"),
      (RegulatorStatus(pid: 7, guests: 1, health: .silent), true, "regulator hangs"),
      (nil, true, "regulator off"), (nil, false, nil),
    ] as [(RegulatorStatus?, Bool, String?)])
  func header(status: RegulatorStatus?, isRegulated: Bool, words: String?) {
    let board = Self.board(status) {
      if isRegulated { Self.regulate(&$0, "web1", .regulated(by: "alice")) }
    }
    let title = board.frame().split(separator: "\n")[0]
    if let words { #expect(title.contains(words)) } else { #expect(!title.contains("regulator")) }
  }

  @Test(
    "the last line names M where it would do something, and what",
    arguments: [
      (RegulatorStatus(pid: 7, guests: 0, health: .alive), false, "M regulate"),
      (RegulatorStatus(pid: 7, guests: 1, health: .alive), true, "M take back"),
      (nil, true, "M take back"), (nil, false, nil),
      (RegulatorStatus(pid: 7, guests: 0, health: .silent), false, nil),
    ] as [(RegulatorStatus?, Bool, String?)], [[], ["Enter"]])
  func hint(_ row: (status: RegulatorStatus?, isRegulated: Bool, words: String?), keys: [String]) {
    var board = Self.board(row.status) {
      if row.isRegulated { Self.regulate(&$0, "web1", .regulated(by: "alice")) }
    }
    for key in keys { board.press(key) }
    let last = board.frame().split(separator: "\n").last!
    #expect(last.contains(" M ") == (row.words != nil))
    if let words = row.words { #expect(last.contains(words)) }
  }

  @Test("a regulated domain's target bears a sign, and its page says whose it is")
  func shown() {
    var board = Self.board { Self.regulate(&$0, "web1", .regulated(by: "alice")) }
    #expect(board.frame().contains("~"))
    board.press("Enter")
    #expect(board.frame().contains("handed over by alice; M takes it back"))
    var released = Self.board { Self.regulate(&$0, "web1", .released(why: "bob set it")) }
    released.press("Enter")
    #expect(released.frame().contains("released  bob set it"))
  }

  @Test("what the regulator moves is told with its reason, what others move with who they are")
  func reasons() {
    func words(_ by: ChangeAuthor?, _ why: String?) -> String {
      EventText.words(
        .targetChanged(from: .gib(1), to: .gib(2), by: by, why: why), .unicode
      )
    }
    #expect(
      words(.regulator, "busy 1.50G + reserve 384M")
        == "target 1.00G → 2.00G (regulator: busy 1.50G + reserve 384M)")
    #expect(words(.regulator, nil) == "target 1.00G → 2.00G (regulator)")
    #expect(words(.operatorNamed("alice"), "raised by keystroke") == "target 1.00G → 2.00G (alice)")
  }
}
