import Glibc
import MemtopCore

/// Opens the host and the terminal, runs the dashboard, and ends as it ended.
struct ScreenSession {
  let open: () throws(Failure) -> HostConnection
  let isASCII: Bool
  let settings: ScreenSettings
  let sort: SortOrder?

  func run() throws(Failure) {
    // Blocked before the first thread, so that only the loop sees them.
    let signals = Signals()
    let isUTF8 = TerminalLocale.adopt()
    // What can fail in words fails before the screen is taken.
    let connection = try open()
    try CursesTerminal.requireTerminal()
    let terminal = try CursesTerminal(isUTF8: isUTF8)
    let dashboard = Dashboard(
      host: connection, terminal: terminal, signals: signals, settings: settings,
      sort: sort, glyphs: isUTF8 && !isASCII ? .unicode : .ascii)
    switch dashboard.run() {
    case .quit: return
    case .signal(let number): Signals.die(by: number)
    }
  }
}
