import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

/// Every layer at every size, on hosts that were made to break the screen.
@Suite(.timeLimit(.minutes(30))) struct HostileTests {
  /// Names as the observer lets them through: nothing in them controls a terminal, much is wide.
  static let names = [
    "数据库服务器数据库服务器数据库", "\u{1F4A5}\u{1F4A5}", "e\u{301}\u{301}\u{301}\u{301}", "",
    "\u{202E}gnp", "a b c", "-", String(repeating: "x", count: 200),
    SafeText.escaped(Array("\u{1B}[2Jevil\u{7}\n".utf8), limit: 64),
    // What must never come through, in case it does.
    "\u{1B}[31mred\u{1B}[0m", "tab\tnew\nline",
  ]

  private static let domains = names.enumerated().map { index, name in
    let kinds = Samples.twelve
    var sample = kinds[index % kinds.count]
    sample.id = Samples.id(UInt16(index))
    sample.facts = DomainFacts(name: name, osName: name, ipv4: name)
    return sample
  }

  struct View: Sendable, CustomTestStringConvertible {
    var name: String
    var keys: [String]
    var testDescription: String { name }
  }

  static let views: [View] = [
    View(name: "list", keys: []), View(name: "page", keys: ["Enter"]),
    View(name: "help", keys: ["?"]), View(name: "filter", keys: ["/", "数"]),
    View(name: "size", keys: ["e", "busy+"]), View(name: "wrong size", keys: ["e", "9X", "Enter"]),
    View(name: "free", keys: ["F", "99G"]), View(name: "time", keys: ["b"]),
    View(name: "interval", keys: ["d"]), View(name: "staged", keys: ["*", "]"]),
    View(name: "review", keys: ["*", "]", "Enter"]),
    View(name: "ready", keys: ["*", "[", "Enter", "READ"]),
    View(name: "plan", keys: ["F", "40G", "Enter", "READ"]),
    View(name: "consent", keys: ["Down", "]", "Enter", "READ", "y"]),
    View(name: "page under review", keys: ["Enter", "[", "Enter", "READ"]),
    View(name: "progress", keys: ["PROGRESS"]), View(name: "past", keys: ["z", "p"]),
    View(name: "note", keys: ["Enter", "m", "数数数"]),
    View(name: "trouble", keys: ["TROUBLE"]),
  ]

  private static func board(_ view: View) -> Dashboard {
    var board = Dashboard(
      columns: 120, rows: 40, snapshot: Samples.host(domains), history: Samples.past(of: domains))
    for key in view.keys {
      switch key {
      case "READ": board.send(.readForChange(Samples.host(domains), Samples.facts))
      case "TROUBLE": board.send(.sourceProblem("xenstore has not responded for 5 s"))
      case "PROGRESS":
        _ = board.state.staging.follow(ChangeProgress(steps: steps))
        board.state.pages.open(.progress(top: 0))
      default:
        if let pressed = Key(named: key) { board.send(.key(pressed)) } else { board.enter(key) }
      }
    }
    return board
  }

  private static var steps: [ChangeProgress.Step] {
    let states: [ChangeState] = [
      .pending, .writing, .following(since: Samples.steady), .arrived, .stuck(at: .gib(1)),
      .late(at: .gib(1)),
      .failed("another program holds the domain's lock; nothing was changed in time"),
      .notAttempted(after: "web1"),
    ]
    return zip(domains, states).map { sample, state in
      let order = TargetOrder(
        domain: sample.id, name: sample.name, from: sample.size, to: .gib(3), reason: "test")
      return ChangeProgress.Step(order, state)
    }
  }

  @Test("nothing is outside, nothing wraps and nothing controls the terminal", arguments: views)
  func sizes(view: View) {
    var board = Self.board(view)
    // The views share all widths and heights among them; small screens, where it is tight, are
    // tried with every one.
    let start = 1 + Self.views.firstIndex { $0.name == view.name }! % 4
    let sizes =
      stride(from: start, through: 200, by: 4).map {
        ScreenSize(columns: $0, rows: 1 + $0 * 7 % 60)
      }
      + stride(from: start, through: 60, by: 4).map {
        ScreenSize(columns: 1 + $0 * 37 % 200, rows: $0)
      }
      + (8...20).map { ScreenSize(columns: 40 + $0 % 7, rows: $0) }
    for size in sizes {
      board.send(.resized(size))
      let frame = Screen.draw(board.state, history: board.history)
      Self.check(frame, size)
    }
  }

  private static func check(_ frame: Frame, _ size: ScreenSize) {
    #expect(frame.width == size.columns)
    #expect(frame.height == size.rows)
    for row in 0..<frame.height {
      let text = frame.text(row)
      if TextWidth.columns(of: text) > size.columns { Issue.record("\(size): \(text)") }
      let bad = text.unicodeScalars.first { $0.value < 0x20 || $0.value == 0x7F }
      if let bad { Issue.record("\(size): U+\(String(bad.value, radix: 16)) in \(text)") }
    }
    guard size.columns >= 40, size.rows >= 8 else { return }
    #expect(frame.text(0).hasPrefix("memtop"))
    #expect(!frame.text(size.rows - 1).isEmpty, "\(size): no hints")
  }

  @Test("every scrolled layer comes to its end and back", arguments: views)
  func scrolls(view: View) {
    var board = Self.board(view)
    board.send(.resized(ScreenSize(columns: 44, rows: 9)))
    guard board.state.mode != .prompt else { return }
    for _ in 0..<200 { board.press("PgDn") }
    let end = board.frame()
    board.press("PgDn")
    #expect(board.frame() == end)
    for _ in 0..<200 { board.press("PgUp") }
    #expect(board.frame() != end || !end.contains("PgUp"))
  }

  @Test("a thousand domains are listed, moved through and tagged")
  func crowd() {
    let crowd = (0..<1000).map { number in
      Samples.domain(UInt16(number), "vm\(number)", busy: .mib(500), cache: .mib(200))
    }
    var board = Dashboard(columns: 120, rows: 40, snapshot: Samples.host(crowd))
    board.press("G")
    #expect(board.cursorName == "vm999")
    #expect(board.frame().contains("of 1000"))
    board.press("*", "[", "Enter")
    #expect(board.state.staging.orders.count == 1000)
    board.send(.readForChange(Samples.host(crowd, after: .seconds(1)), Samples.facts))
    #expect(board.frame().contains("Review of 1000 targets"))
    board.press("PgDn", "Esc", "Esc")
    #expect(board.state.staging.isEmpty)
  }
}

extension Dashboard {
  /// Types characters that no key of the command table has.
  mutating func enter(_ text: String) {
    for character in text { send(.key(.character(character))) }
  }
}
