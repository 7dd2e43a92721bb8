import Glibc
import MemtopCore
import MemtopUI

/// Opens what is to be shown and the terminal, runs the dashboard, and ends as it ended.
struct ScreenSession {
  /// Rings the bell when there are news.
  let open: (Doorbell) throws(Failure) -> any DashboardSource
  let isASCII: Bool
  let settings: ScreenSettings
  let sort: SortOrder?

  func run() throws(Failure) {
    // Blocked before the first thread, so that only the loop sees them.
    let signals = Signals(ending: .ending)
    let isUTF8 = TerminalLocale.adopt()
    let bell = Doorbell()
    // What can fail in words fails before the screen is taken.
    let source = try open(bell)
    try CursesTerminal.requireTerminal()
    let terminal = try CursesTerminal(isUTF8: isUTF8)
    var settings = settings
    settings.clock = LocalTime.clock
    let dashboard = Dashboard(
      source: source, bell: bell, terminal: terminal, signals: signals, settings: settings,
      sort: sort, glyphs: isUTF8 && !isASCII ? .unicode : .ascii)
    switch dashboard.run() {
    case .quit: return
    case .signal(let number): Signals.die(by: number)
    }
  }
}
