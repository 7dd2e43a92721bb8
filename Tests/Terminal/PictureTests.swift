import MemtopCore
import MemtopSimulation
import MemtopUI
import Testing

/// What the terminal shows is the frame, on every terminal, at every size and from any to any other.
@Suite("the picture", .timeLimit(.minutes(30)))
struct PictureTests {
  @Test(
    "every cell is as the frame has it, through every size up and down",
    arguments: WholeTests.terms)
  func cells(_ term: String) async {
    await #expect(processExitsWith: .success) { [term = term as String] in
      let first = Seat.Place(term: term, columns: 80, rows: 24)
      let drawing = try Drawing(first)
      var board = Board(columns: first.columns, rows: first.rows)
      for (columns, rows) in Self.sizes {
        drawing.resize(columns: columns, rows: rows)
        board.resize(columns: columns, rows: rows)
        for (what, frame) in board.views() + Self.patterns(columns, rows) {
          drawing.show(frame, what)
        }
        drawing.redraw()
        drawing.show(board.frame, "drawn anew")
      }
      drawing.end()
    }
  }

  @Test(
    "and so it is where it begins at that size", arguments: ["screen-256color", "vt100", "linux"],
    WholeTests.sizes.dropFirst())
  func atOnce(_ term: String, _ size: (Int, Int)) async {
    await #expect(processExitsWith: .success) {
      [term = term as String, columns = size.0 as Int, rows = size.1 as Int] in
      let drawing = try Drawing(Seat.Place(term: term, columns: columns, rows: rows))
      var board = Board(columns: columns, rows: rows)
      for (what, frame) in board.views() { drawing.show(frame, what) }
      drawing.end()
    }
  }

  static let sizes =
    WholeTests.sizes + WholeTests.sizes.reversed() + [(40, 8), (39, 7), (3, 2), (80, 24)]

  /// Frames that fill every cell to the last corner, and change all or little of it.
  static func patterns(_ columns: Int, _ rows: Int) -> [(String, Frame)] {
    let inks = Ink.allCases
    return [(1, 0), (1, 1), (7, 3), (0, 5)].map { step, start in
      var frame = Frame(width: columns, height: rows)
      for row in 0..<rows {
        for column in 0..<columns {
          let index = start + (column / 9 + row) * step
          let sign = Unicode.Scalar(UInt8(ascii: "0") + UInt8(index % 10))
          frame.fill(
            row: row, columns: column..<column + 1, with: sign,
            Style(inks[index % inks.count], isBold: index % 5 == 0, isUnderlined: index % 11 == 0))
        }
        // Where a terminal has no way to write its last cell but to push it there, ncurses would tear a
        // wide character beside it.
        let text = row == rows - 1 ? "▕█▒░▏ é" : "漢字 ▕█▒░▏ é"
        frame.put(text, at: row, (row * 3 + start) % columns)
      }
      return ("pattern \(step) \(start)", frame)
    }
  }
}

/// A simulated host on a screen, lived as far as some minutes.
private struct Board {
  private var state: AppState
  private let history = History()
  private var host: SimulatedHost
  private let observer = Observer()
  private var now = SteadyTime(milliseconds: 1_000_000)

  init(columns: Int, rows: Int) {
    host = SimulatedHost(
      scenario: Scenario.named("datacenter")!, seed: 7,
      startingAt: WallTime(milliseconds: 1_763_906_531_000), steady: now)
    state = AppState(
      settings: ScreenSettings(), size: ScreenSize(columns: columns, rows: rows), now: now)
    for _ in 0..<60 { live() }
  }

  private mutating func live() {
    now = now + Span.seconds(2)
    host.advance(to: now)
    let snapshot = observer.observe(host.reading())
    history.append(snapshot)
    send(.snapshot(snapshot))
  }

  private mutating func send(_ event: AppEvent) { _ = reduce(&state, event, history: history) }

  mutating func resize(columns: Int, rows: Int) {
    send(.resized(ScreenSize(columns: columns, rows: rows)))
  }

  var frame: Frame { Screen.draw(state, history: history, glyphs: .unicode) }

  /// The list, as it moves; then what the keys open, one after the other.
  mutating func views() -> [(String, Frame)] {
    var views: [(String, Frame)] = []
    for second in 0..<3 {
      live()
      views.append(("list \(second)", frame))
    }
    let keys: [(String, Key)] = [
      ("down", .down), ("page", .enter), ("list again", .escape), ("help", .character("?")),
      ("list once more", .escape), ("staged", .character("]")), ("unstaged", .escape),
      ("filter", .character("/")), ("filter typed", .pasted("swap>0")), ("filtered", .enter),
      ("unfiltered", .escape), ("frozen", .character("z")), ("live", .escape),
    ]
    for (what, key) in keys {
      send(.key(key))
      views.append((what, frame))
    }
    return views
  }
}
