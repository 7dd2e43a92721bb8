import Glibc
import MemtopCore
import MemtopSystem
import MemtopUI

/// How the terminal's line is set: as it was found, and as the screen needs it.
struct TerminalModes {
  private let before: termios
  private let ours: termios

  init?() {
    var found = termios()
    guard tcgetattr(STDIN_FILENO, &found) == 0 else { return nil }
    before = found
    // Keys come at once, unseen and untranslated. ^C, ^Z and ^\ come as keys, so that a paste that
    // holds one does nothing.
    found.c_lflag &= ~tcflag_t(ICANON | ECHO | ECHONL | ISIG | IEXTEN)
    found.c_iflag &= ~tcflag_t(ICRNL | INLCR | IGNCR)
    // Line feeds and tabs only move the cursor; a tab made of blanks would erase. Where nothing is to be
    // processed the kernel does not look at each byte, and wakes the reader once for a write.
    found.c_oflag &= ~tcflag_t(OPOST)
    Self.setKeyAtOnce(&found)
    ours = found
  }

  private static func setKeyAtOnce(_ settings: inout termios) {
    withUnsafeMutableBytes(of: &settings.c_cc) { characters in
      characters[Int(VMIN)] = 1
      characters[Int(VTIME)] = 0
    }
  }

  /// - Returns: false where the terminal is not ours to set: it is gone, or another job's for good; also
  ///   where a signal waits that is to end this process.
  ///   Where a shell keeps it for now, this process is stopped until it is brought to the foreground.
  func take() -> Bool { Self.comesToForeground() && Self.set(ours) }

  /// In the background the terminal is another job's, whose shell has set it by now.
  func giveBack() { if Self.isInForeground { _ = Self.set(before) } }

  /// Lets output go on that was stopped by ^S: without XON and XOFF the kernel starts it.
  func restartOutput() {
    var settings = ours
    settings.c_iflag &= ~tcflag_t(IXON)
    if Self.isInForeground { _ = Self.set(settings) }
  }

  private static var isInForeground: Bool {
    let foreground = tcgetpgrp(STDIN_FILENO)
    return foreground < 0 || foreground == getpgrp()
  }

  /// Stops until the terminal is this job's.
  ///
  /// Not by tcsetattr(3) itself: the kernel stops that again and again, and a signal that is blocked would
  /// never end the process.
  /// - Returns: false where it could not stop, or where it was continued to be ended.
  private static func comesToForeground() -> Bool {
    while !isInForeground {
      guard Signals.stop(.process, by: SIGTTOU), Signals.pendingEnding == nil else { return false }
    }
    return true
  }

  /// One that comes to the background just now stops, as SIGTTOU does it, or it would set another job's
  /// terminal.
  private static func set(_ settings: termios) -> Bool {
    let background: SignalSet = [SIGTTOU]
    return background.letThrough {
      var settings = settings
      while tcsetattr(STDIN_FILENO, TCSANOW, &settings) != 0 {
        guard errno == EINTR else { return false }
      }
      return true
    }
  }
}

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
