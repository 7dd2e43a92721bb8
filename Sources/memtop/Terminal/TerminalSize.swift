import Glibc
import MemtopCore
import MemtopUI

/// The terminal's size, by whoever knows it: the terminal itself, else LINES and COLUMNS (a serial line
/// knows no size), else its description.
enum TerminalSize {
  /// As it is now; only after `newterm`.
  static var now: ScreenSize {
    var window = winsize()
    if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) != 0 { window = winsize() }
    return ScreenSize(
      columns: first(Int(window.ws_col), "COLUMNS", "cols") ?? 80,
      rows: first(Int(window.ws_row), "LINES", "lines") ?? 24)
  }

  private static func first(_ known: Int, _ variable: String, _ capability: String) -> Int? {
    let said = Environment.value(variable).flatMap { Int($0) } ?? 0
    return [known, said, Capability.number(capability)].first { $0 > 0 }
  }
}
