import TerminalEmulator

/// A terminal in memory, which knows all that it shows and how it behaves.
///
/// libvterm has the picture, the cursor and the looks; the rest is read from what was sent.
final class Emulator {
  /// What one column of one row shows.
  struct Cell: Hashable {
    /// U+0000 is the right half of a wide character.
    var scalar: Unicode.Scalar
    var look: UInt8 = 0
    /// Of the palette; -1 is the terminal's own.
    var foreground: Int16 = -1
    var background: Int16 = -1
  }

  /// What can be seen, and how the next character would look.
  struct Screen: Equatable {
    var rows: [[Cell]]
    var cursor: [Int]
    /// Visible, blinking, shape, other screen, reversed, mouse; then the pen.
    var properties: [Int32]
    var scrolledOff: Int32
  }

  private(set) var columns: Int
  private(set) var rows: Int
  private(set) var state = TerminalState.whole
  private let terminal: OpaquePointer
  private var parser = ControlParser()
  private var last: Unicode.Scalar = " "
  /// What was sent of something that is not complete.
  private var held: [UInt8] = []

  init(columns: Int, rows: Int) {
    (self.columns, self.rows) = (columns, rows)
    terminal = te_new(Int32(columns), Int32(rows))
  }

  deinit { te_free(terminal) }

  func resize(columns: Int, rows: Int) {
    (self.columns, self.rows) = (columns, rows)
    te_resize(terminal, Int32(columns), Int32(rows))
  }

  func write(_ text: String) { write(Array(text.utf8)) }

  func write(_ bytes: some Sequence<UInt8>) {
    var whole: [UInt8] = []
    for byte in bytes {
      held.append(byte)
      guard let sent = parser.take(byte) else { continue }
      state.take(sent)
      whole += translated(sent) ?? held
      held = []
    }
    te_write(terminal, whole, whole.count)
  }

  /// What libvterm of Debian 12 does not know, in its words: REP (ECMA-48, 8.3.103), and the first
  /// form of the other screen.
  private func translated(_ sent: Sent) -> [UInt8]? {
    switch sent {
    case .character(let scalar):
      last = scalar
      return nil
    case .sequence("", let count, "b"):
      return Array(repeating: Array(String(last).utf8), count: Int(count) ?? 1).flatMap { $0 }
    case .sequence("?", "47", let final): return Array("\u{1B}[?1047\(final)".utf8)
    default: return nil
    }
  }

  var screen: Screen {
    let state = te_state(terminal)
    return Screen(
      rows: (0..<rows).map(cells), cursor: [Int(state.cursor_row), Int(state.cursor_column)],
      properties: [
        state.cursor_visible, state.cursor_blinks, state.cursor_shape, state.other_screen,
        state.reversed, state.mouse, Int32(state.pen.look), Int32(state.pen.foreground),
        Int32(state.pen.background),
      ], scrolledOff: state.scrolled_off)
  }

  /// A row's words.
  func text(_ row: Int) -> String {
    var text = String.UnicodeScalarView()
    for cell in cells(in: row) where cell.scalar != "\0" { text.append(cell.scalar) }
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  var cursor: [Int] {
    let state = te_state(terminal)
    return [Int(state.cursor_row), Int(state.cursor_column)]
  }

  func cells(in row: Int) -> [Cell] {
    var cells = [te_cell](repeating: te_cell(), count: columns)
    te_row(terminal, Int32(row), &cells)
    return cells.map { cell in
      let scalar: Unicode.Scalar? =
        switch cell.scalar {
        case 0: " "
        case UInt32.max: "\0"
        default: Unicode.Scalar(cell.scalar)
        }
      return Cell(
        scalar: scalar ?? "\u{FFFD}", look: cell.look, foreground: cell.foreground,
        background: cell.background)
    }
  }
}
