import CLinux
@preconcurrency import CNcurses
@preconcurrency import Glibc
import MemtopCore
import MemtopSystem
import MemtopUI

/// The operator's terminal: shows frames, and gives itself back whole.
///
/// The one place that draws with ncurses, which finds the cells that changed. It does no more than
/// draw: it neither takes the terminal nor gives it back (`Takeover`), and keys do not come by it, for
/// it would tear the sequences of another terminal apart, but as bytes by `TerminalInput`.
final class CursesTerminal: DashboardTerminal {
  let input = STDIN_FILENO
  let output: TerminalOutput
  private let palette: Palette
  private let isUTF8: Bool
  private let modes: TerminalModes
  private let takeover: Takeover
  private let errors: HeldErrors?
  private var shown: Frame?
  /// A frame was not shown, because the terminal had yet to take the one before.
  private(set) var isBehind = false
  private var isTaken = false

  /// Takes the terminal over; `end` gives it back.
  init(isUTF8: Bool) throws(Failure) {
    self.isUTF8 = isUTF8
    guard let modes = TerminalModes() else { throw Self.lost }
    self.modes = modes
    output = try TerminalOutput()
    mt_crash_guard_install(STDIN_FILENO, output.descriptor)
    guard Self.startCurses(output.stream) else {
      throw Failure(line: Self.unknownTerminal, status: .failed)
    }
    takeover = Takeover()
    errors = HeldErrors()
    palette = Palette(isColourful: Environment.value("NO_COLOR") == nil)
    // However it began, that was for a screen of another size.
    wrefresh(cn_screen())
    output.drop()
    guard takeBack() else {
      // Begun in the background, and ended there.
      if let number = Signals.pendingEnding { Signals.die(by: number) }
      throw Self.lost
    }
  }

  /// Lets curses draw into `stream`; false where no description of the terminal will do.
  private static func startCurses(_ stream: UnsafeMutablePointer<FILE>) -> Bool {
    cn_no_escape_delay()
    // The size comes from `TerminalSize`. curses asks the file, which has none, and not the environment.
    use_env(false)
    use_tioctl(true)
    guard newterm(nil, stream, stdin) != nil else { return false }
    typeahead(-1)
    leaveok(cn_screen(), false)
    // Until it has been left once, ncurses 6.4 flushes its output after each move of the cursor
    // (lib_mvcur.c, ewInitial). Nothing of this reaches the terminal.
    endwin()
    return true
  }

  private static let lost = Failure(line: "the terminal is gone", status: .failed)

  /// Throws where there is no terminal to take over; `plainly` is the command that needs none.
  static func requireTerminal(_ plainly: String) throws(Failure) {
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
      let line =
        "the screen needs a terminal on standard input and output; for plain lines:"
        + " \(plainly)"
      throw Failure(line: line, status: .failed)
    }
    switch Environment.value("TERM") {
    case nil:
      throw Failure(line: "TERM is not set; for plain lines: \(plainly)", status: .failed)
    case "dumb":
      let line = "TERM=dumb cannot move the cursor; for plain lines: \(plainly)"
      throw Failure(line: line, status: .failed)
    default: break
    }
  }

  private static var unknownTerminal: String {
    let name = SafeText.escaped(Array((Environment.value("TERM") ?? "").utf8), limit: 40)
    return "terminfo has no usable entry for TERM=\(name); try TERM=xterm or TERM=vt100."
      + " Without a screen: memtop -b"
  }

  /// Follows the terminal's size; the next frame is drawn whole.
  func resize() -> ScreenSize {
    let size = TerminalSize.now
    resizeterm(Int32(size.rows), Int32(size.columns))
    output.add(takeover.resize(rows: size.rows))
    guardEnding(rows: size.rows)
    forget()
    return size
  }

  /// Whatever the terminal shows is not trusted any more.
  func forget() {
    shown = nil
    clearok(cn_physical_screen(), true)
  }

  /// Gives the terminal back, as far as it still takes anything; once given back it is not touched.
  func end() {
    guard isTaken else { return }
    isTaken = false
    output.add(takeover.end(rows: TerminalSize.now.rows))
    if !output.drain(milliseconds: 300) {
      modes.restartOutput()
      if !output.drain(milliseconds: 500) { output.discard() }
    }
    modes.giveBack()
    mt_crash_guard_arm(false)
    errors?.release()
  }

  /// So that a crash ends the screen as `end` does.
  private func guardEnding(rows: Int) {
    let ending = takeover.end(rows: rows)
    mt_crash_guard_ending(ending, ending.count)
  }

  /// Takes the terminal over, at first or as it is now after another program had it.
  /// - Returns: false where it cannot be had.
  func takeBack() -> Bool {
    guard modes.take() else { return false }
    let rows = TerminalSize.now.rows
    guardEnding(rows: rows)
    mt_crash_guard_arm(true)
    errors?.hold()
    output.add(isTaken ? takeover.renew(rows: rows) : takeover.begin(rows: rows))
    isTaken = true
    forget()
    return true
  }
}

extension CursesTerminal {
  var congested: Int32? { output.isPending ? output.descriptor : nil }
  var isGone: Bool { output.isGone }
  func push() { output.push() }

  /// Shows `frame`; does nothing where it is what is shown, or while the terminal has yet to take
  /// the one before.
  func show(_ frame: Frame) {
    output.push()
    isBehind = output.isPending
    guard !isBehind else { return }
    let changed = (0..<frame.height).filter { shown?.rowsEqual($0, to: frame) != true }
    guard !changed.isEmpty || shown == nil || shown?.cursor != frame.cursor else { return }
    for row in changed { draw(row, of: frame) }
    if let cursor = frame.cursor {
      wmove(cn_screen(), Int32(cursor.row), Int32(cursor.column))
    } else {
      wmove(cn_screen(), Int32(max(0, frame.height - 1)), 0)
    }
    wrefresh(cn_screen())
    output.collect()
    if frame.cursor != shown?.cursor || shown == nil {
      output.add(frame.cursor == nil ? takeover.hideCursor : takeover.showCursor)
    }
    output.push()
    shown = frame
  }

  private func draw(_ row: Int, of frame: Frame) {
    let window = cn_screen()
    let cells = frame.cells(in: row)
    let known = shown.flatMap { $0.hasRow(row, like: frame) ? $0.cells(in: row) : nil }
    let isKnown = known != nil
    var style: Style?
    // What is plain and alike goes to curses together.
    var piece: [CChar] = []
    piece.reserveCapacity(frame.width)
    // Where curses would write next.
    var place = -1
    // The cell before may have been written over this one, where curses holds it for wider.
    var isDoubtful = false
    for (column, (cell, old)) in zip(cells, known ?? cells).enumerated() {
      if isKnown, !isDoubtful, cell == old {
        if !piece.isEmpty { flush(&piece) }
        continue
      }
      if place != column { wmove(window, Int32(row), Int32(column)) }
      place = column + 1
      isDoubtful = !cell.scalar.isASCII
      let isPlain = cell.scalar.isASCII && !cell.isContinuation
      if cell.style != style || !isPlain { flush(&piece) }
      if cell.style != style {
        let look = palette.look(cell.style)
        wattr_set(window, look.attributes, look.pair, nil)
        style = cell.style
      }
      if isPlain {
        piece.append(CChar(truncatingIfNeeded: cell.scalar.value))
      } else if !cell.isContinuation {
        put(cell.scalar, Int32(row), Int32(column))
      }
    }
    flush(&piece)
    wattr_set(window, 0, 0, nil)
  }

  private func flush(_ piece: inout [CChar]) {
    guard !piece.isEmpty else { return }
    waddnstr(cn_screen(), piece, Int32(piece.count))
    piece.removeAll(keepingCapacity: true)
  }

  /// One at a time: where ncurses and the frame differ about a width, no column moves.
  private func put(_ scalar: Unicode.Scalar, _ row: Int32, _ column: Int32) {
    let columns = TextWidth.columns(of: scalar)
    wmove(cn_screen(), row, column)
    if isUTF8 {
      // Wide, since curses would put bytes together with a look at the locale for each.
      var wide = wchar_t(scalar.value)
      waddnwstr(cn_screen(), &wide, 1)
    } else {
      let sign = [CChar](repeating: CChar(UInt8(ascii: "?")), count: max(1, columns))
      waddnstr(cn_screen(), sign, Int32(sign.count))
    }
    wmove(cn_screen(), row, column + Int32(columns))
  }
}
