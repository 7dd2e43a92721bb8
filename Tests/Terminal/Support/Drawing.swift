import Foundation
import MemtopCore
import MemtopUI
import PseudoTerminal
import TerminalEmulator
import Testing

@testable import memtop

/// memtop's own way to a terminal, in a process that has none: this one's standard input and output
/// become a terminal with an emulator at its other end, and what that shows is compared with the frame.
///
/// For a process of its own: nothing of it is undone.
final class Drawing {
  private let place: Seat.Place
  private let emulator: Emulator
  private let terminal: CursesTerminal
  private var master: Int32 = -1
  /// What each style was seen to look like.
  private var looks: [Style: Emulator.Cell] = [:]

  init(_ place: Seat.Place) throws {
    self.place = place
    emulator = Emulator(columns: place.columns, rows: place.rows)
    var slave: Int32 = -1
    _ = pt_open(UInt16(place.columns), UInt16(place.rows), &master, &slave)
    for standard in [STDIN_FILENO, STDOUT_FILENO] { dup2(slave, standard) }
    setenv("TERM", place.term, 1)
    setenv("LC_ALL", "C.UTF-8", 1)
    for variable in ["LINES", "COLUMNS", "NO_COLOR"] { unsetenv(variable) }
    try #require(TerminalLocale.adopt())
    terminal = try CursesTerminal(isUTF8: true)
    try #require(terminal.resize() == ScreenSize(columns: place.columns, rows: place.rows))
  }

  func resize(columns: Int, rows: Int) {
    emulator.resize(columns: columns, rows: rows)
    pt_resize(master, UInt16(columns), UInt16(rows))
    #expect(terminal.resize() == ScreenSize(columns: columns, rows: rows))
  }

  func redraw() { terminal.forget() }

  func end() {
    terminal.end()
    listen()
    #expect(emulator.state == .whole)
  }

  /// Shows a frame, and expects the terminal to show it cell by cell.
  func show(_ frame: Frame, _ what: String) {
    terminal.show(frame)
    while terminal.output.isPending {
      listen()
      terminal.output.push()
    }
    listen()
    let where_ = "\(what) on \(place.term) at \(frame.width)x\(frame.height)"
    #expect(emulator.cursor == cursor(frame), "\(where_)")
    for row in 0..<frame.height {
      let cells = emulator.cells(in: row)
      let wrong = zip(frame.cells(in: row), cells).enumerated().first { !agree($1.0, $1.1) }
      guard let wrong else { continue }
      Issue.record("\(where_): row \(row), column \(wrong.offset): \(wrong.element)")
      return
    }
  }

  private func cursor(_ frame: Frame) -> [Int] {
    frame.cursor.map { [$0.row, $0.column] } ?? [frame.height - 1, 0]
  }

  private func listen() {
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = read(master, &buffer, buffer.count)
      guard count > 0 else { return }
      emulator.write(buffer[..<count])
    }
  }

  /// The same character, which looks as every other of its style does.
  private func agree(_ wanted: Frame.Cell, _ seen: Emulator.Cell) -> Bool {
    guard wanted.scalar == seen.scalar else { return false }
    var look = seen
    look.scalar = " "
    // libvterm leaves the right half of a wide character as what was there before looked.
    if wanted.isContinuation { return true }
    // On a blank nobody sees its colour, and curses leaves it as it is.
    if wanted.scalar == " " { return isPlainGround(wanted, look) }
    guard let known = looks[wanted.style] else {
      looks[wanted.style] = look
      return wanted.style != .plain || look == Emulator.Cell(scalar: " ")
    }
    return known == look
  }

  private func isPlainGround(_ wanted: Frame.Cell, _ look: Emulator.Cell) -> Bool {
    let isReversed = look.look & UInt8(TE_REVERSE) != 0
    return look.background == -1
      && (wanted.style == .plain ? !isReversed : wanted.style.isReversed ? isReversed : true)
  }
}
