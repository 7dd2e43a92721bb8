import Glibc
import MemtopCore
import MemtopSystem
import MemtopUI

/// Opens what is to be shown and the terminal, runs the dashboard, and ends as it ended.
struct ScreenSession {
  let open: (any EventLoop) throws(Failure) -> any DashboardSource
  let isASCII: Bool
  let settings: ScreenSettings
  let sort: SortOrder?

  func run() throws(Failure) {
    // Blocked before the first thread, so that only the loop sees them.
    let loop = PollLoop(signals: Signals(ending: .ending))
    let isUTF8 = TerminalLocale.adopt()
    // What can fail in words fails before the screen is taken.
    let source = try open(loop)
    try CursesTerminal.requireTerminal()
    let terminal = try CursesTerminal(isUTF8: isUTF8)
    var settings = settings
    settings.clock = LocalTime.clock
    let dashboard = Dashboard(
      source: source, loop: loop, terminal: terminal, settings: settings, sort: sort,
      glyphs: isUTF8 && !isASCII ? .unicode : .ascii)
    switch dashboard.run() {
    case .quit: return
    case .signal(let number): Signals.die(by: number)
    }
  }
}
