import Glibc
import MemtopCore
import MemtopUI
import MemtopXen

/// The screen: one loop over the terminal, signals, news of its source and the time, on one thread.
final class Dashboard {
  /// How it ended.
  enum Ending {
    case quit
    case signal(Int32)
  }

  var state: AppState
  let source: any DashboardSource
  /// Rung from other threads when there are news.
  let bell: Doorbell
  private let terminal: CursesTerminal
  private let glyphs: GlyphSet
  private var input = TerminalInput()
  private var ending: Ending?

  private let signals: Signals
  private var nextTick = SteadyTime(milliseconds: 0)
  /// Nothing but time has changed since the screen was drawn.
  private var isOnlyOlder = true

  init(
    source: any DashboardSource, bell: Doorbell, terminal: CursesTerminal, signals: Signals,
    settings: ScreenSettings, sort: SortOrder?, glyphs: GlyphSet
  ) {
    self.source = source
    self.bell = bell
    self.terminal = terminal
    self.signals = signals
    self.glyphs = glyphs
    state = AppState(
      settings: settings, size: terminal.resize(), now: HostClock.system.steady(),
      sort: sort.map { .field($0.field.id) } ?? .trouble, isReversed: sort?.isReversed ?? false)
  }

  /// Runs until the operator quits, a signal ends it or the terminal is gone; the terminal is given
  /// back, and what the source has under way is seen to its end.
  func run() -> Ending {
    source.begin(self)
    while ending == nil {
      if !isOnlyOlder || !source.isNewsNear {
        terminal.show(Screen.draw(state, history: source.history, glyphs: glyphs))
      }
      wait()
    }
    terminal.end()
    source.end()
    return ending ?? .quit
  }

  /// Something has happened.
  func tell(_ event: AppEvent) { perform(reduce(&state, event, history: source.history)) }

  private func wait() {
    // A descriptor below zero is not polled.
    let output = terminal.output.isPending ? terminal.output.descriptor : -1
    var descriptors = [
      pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
      pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: output, events: Int16(POLLOUT), revents: 0),
    ]
    let ready = poll(&descriptors, 4, Int32(clamping: sleepTime()))
    if ready > 0, descriptors[1].revents != 0 { takeSignals() }
    if ready > 0, descriptors[0].revents != 0 { takeInput(descriptors[0].revents) }
    if ready > 0, descriptors[2].revents != 0 { bell.silence() }
    if ready > 0, descriptors[3].revents != 0 { terminal.output.push() }
    if terminal.output.isGone { ending = .signal(SIGHUP) }
    let now = HostClock.system.steady()
    let late = ready <= 0 || descriptors[0].revents == 0 ? input.timeout(at: now) : []
    // Room for what the terminal has yet to take is no news, but for a frame that waits for it.
    let isNews = descriptors[..<3].contains { $0.revents != 0 } || terminal.isBehind
    isOnlyOlder = (ready <= 0 || !isNews) && late.isEmpty
    press(late)
    source.takeNews()
    keepTime(now)
  }

  private func sleepTime() -> Int64 {
    let now = HostClock.system.steady()
    var due = min(source.due, nextTick)
    if let patience = input.patience(at: now) { due = min(due, now + patience) }
    return max(0, (due - now).milliseconds)
  }

  private func keepTime(_ now: SteadyTime) {
    let isDue = source.keepTime(now)
    guard now >= nextTick || isDue else { return }
    nextTick = now + state.tickLength
    tell(.tick(now))
  }

  private func takeSignals() {
    while let number = signals.next() {
      switch number {
      case SIGWINCH: tell(.resized(terminal.resize()))
      case SIGTSTP, SIGTTIN, SIGTTOU: suspend(.process, by: number)
      case SIGCONT: takeBack()
      default: ending = .signal(number)
      }
    }
  }

  private func takeInput(_ events: Int16) {
    switch events & Int16(POLLIN) != 0 ? input.read() : .end {
    case .keys(let keys): press(keys)
    case .background: waitInBackground()
    case .end:
      if events & Int16(POLLIN | POLLHUP | POLLERR | POLLNVAL) != 0 { ending = .signal(SIGHUP) }
    }
  }

  private func press(_ keys: [Key]) {
    for key in keys where ending == nil {
      let effects = reduce(&state, .key(key), history: source.history)
      perform(effects)
      // What was typed ahead of a review includes what has been read already.
      if effects.contains(.flushInput) { return }
    }
  }

  /// Does what the screen wants done.
  private func perform(_ effects: [Effect]) {
    for effect in effects {
      switch effect {
      case .quit: ending = .quit
      case .suspend: suspend(.job)
      case .redraw: terminal.forget()
      case .flushInput: input.flush()
      case .setInterval, .readForChange, .apply, .toggleRecording, .note, .regulate:
        source.perform(effect)
      }
    }
  }

  /// Gives the terminal back and stops until continued.
  private func suspend(_ whom: Signals.Stopped, by number: Int32 = SIGTSTP) {
    terminal.end()
    stop(whom, by: number)
  }

  /// The terminal is another job's, which must not find it changed.
  private func waitInBackground() {
    if !stop(.process, by: SIGTTIN) { ending = .signal(SIGHUP) }
  }

  /// Nothing of memtop may hold up a guest while it is stopped.
  /// - Returns: false where it did not stop.
  @discardableResult
  private func stop(_ whom: Signals.Stopped, by number: Int32) -> Bool {
    source.pause()
    let hasStopped = Signals.stop(whom, by: number)
    // What was to end it meanwhile ends it, before it could be stopped once more for wanting the
    // terminal from the background.
    if let number = signals.nextEnding() { ending = .signal(number) }
    guard ending == nil else { return hasStopped }
    // In this order: in the background, a shell stops it once more when it takes the terminal.
    takeBack()
    source.resume()
    return hasStopped
  }

  /// After a stop: the terminal may be set otherwise now, and have another size.
  private func takeBack() {
    guard terminal.takeBack() else { return ending = .signal(SIGHUP) }
    tell(.resized(terminal.resize()))
  }
}
