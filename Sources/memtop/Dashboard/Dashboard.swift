import Glibc
import MemtopCore
import MemtopSystem
import MemtopUI
import MemtopXen

/// The screen: one loop over the terminal, signals, news of its source and the time, on one thread.
final class Dashboard {
  /// How it ended.
  enum Ending {
    case quit
    case signal(Int32)
  }

  private var state: AppState
  private let source: any DashboardSource
  private let loop: any EventLoop
  private let terminal: any DashboardTerminal
  private let glyphs: GlyphSet
  private var painter = ScreenPainter()
  private var input: TerminalInput
  private var ending: Ending?

  private var nextTick = SteadyTime(milliseconds: 0)
  /// What has changed since the screen was drawn.
  private var change = Change.some
  private enum Change {
    case none
    /// Only the time.
    case time
    case some
  }

  init(
    source: any DashboardSource, loop: any EventLoop, terminal: any DashboardTerminal,
    settings: ScreenSettings, list: ListChoice, glyphs: GlyphSet
  ) {
    self.source = source
    self.loop = loop
    self.terminal = terminal
    input = TerminalInput(terminal.input)
    self.glyphs = glyphs
    state = AppState(
      settings: settings, size: terminal.resize(), now: loop.now,
      sort: list.sort.map { .field($0.field.id) } ?? .trouble,
      isReversed: list.sort?.isReversed ?? false, filter: list.filter)
  }

  /// Runs until the operator quits, a signal ends it or the terminal is gone; the terminal is given
  /// back, and what the source has under way is seen to its end.
  func run() -> Ending {
    source.begin(state).forEach(tell)
    while ending == nil {
      if change == .some || change == .time && !source.isNewsNear {
        terminal.show(painter.draw(state, history: source.history, glyphs: glyphs))
        change = .none
      }
      wait()
    }
    terminal.end()
    source.end()
    return ending ?? .quit
  }

  /// Something has happened.
  private func tell(_ event: AppEvent) {
    if case .tick = event { change = change == .some ? .some : .time } else { change = .some }
    perform(reduce(&state, event, history: source.history))
  }

  private func wait() {
    let own = [Watched(terminal.input, POLLIN), Watched(terminal.congested ?? -1, POLLOUT)]
    let arrivals = loop.wait(until: wakeUp(), for: own + source.watched)
    let (typed, room) = (arrivals.others[0], arrivals.others[1])
    if arrivals.isSignalled { takeSignals() }
    if typed != 0 { takeInput(typed) }
    if room != 0 { terminal.push() }
    if terminal.isGone { ending = .signal(SIGHUP) }
    let now = loop.now
    let late = typed == 0 ? input.timeout(at: now) : []
    // Room for what the terminal has yet to take is no news, but for a frame that waits for it.
    if !late.isEmpty || typed != 0 || arrivals.isSignalled || terminal.isBehind { change = .some }
    press(late)
    let isDue = now >= source.due
    source.turn(state).forEach(tell)
    keepTime(now, isDue: isDue)
  }

  private func wakeUp() -> SteadyTime {
    let due = min(source.due, nextTick)
    return input.patience(at: loop.now).map { min(due, loop.now + $0) } ?? due
  }

  private func keepTime(_ now: SteadyTime, isDue: Bool) {
    guard now >= nextTick || isDue else { return }
    nextTick = now + state.tickLength
    tell(.tick(now))
  }

  private func takeSignals() {
    while let number = loop.nextSignal() {
      switch number {
      case SIGWINCH: tell(.resized(terminal.resize()))
      case SIGTSTP, SIGTTIN, SIGTTOU: suspend(.process, by: number)
      case SIGCONT: takeBack()
      default: ending = .signal(number)
      }
    }
  }

  private func takeInput(_ events: Int16) {
    switch events & Int16(POLLIN) != 0 ? input.read(at: loop.now) : .end {
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
      case .setInterval, .readForChange, .apply, .refused, .toggleRecording, .note, .regulate:
        source.perform(effect, state).forEach(tell)
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
    let hasStopped = loop.stop(whom, by: number)
    // What was to end it meanwhile ends it, before it could be stopped once more for wanting the
    // terminal from the background.
    if let number = loop.nextEnding() { ending = .signal(number) }
    guard ending == nil else { return hasStopped }
    // In this order: in the background, a shell stops it once more when it takes the terminal.
    takeBack()
    source.resume()
    return hasStopped
  }

  /// After a stop: the terminal may be set otherwise now, and have another size.
  private func takeBack() {
    guard terminal.takeBack() else { return ending = .signal(loop.nextEnding() ?? SIGHUP) }
    tell(.resized(terminal.resize()))
  }
}

/// Where the screen is shown, and where its keys come from.
protocol DashboardTerminal: AnyObject {
  /// Keys are read from this descriptor.
  var input: Int32 { get }
  /// The descriptor that is to have room before it takes the rest of what is on its way; nil where
  /// it has taken all.
  var congested: Int32? { get }
  /// The last frame was not shown, because the one before is still on its way.
  var isBehind: Bool { get }
  var isGone: Bool { get }

  func show(_ frame: Frame)
  /// Sends what there is room for now.
  func push()
  /// The next frame is drawn whole.
  func forget()
  /// Follows the terminal's size.
  func resize() -> ScreenSize
  /// Takes it over again, as it is now.
  /// - Returns: false where it cannot be had.
  func takeBack() -> Bool
  /// Gives it back.
  func end()
}

/// What stands behind the screen: a host that is sampled, or a recording that is read.
///
/// The dashboard calls it, on its own thread only, and tells the screen the events that it answers.
protocol DashboardSource: AnyObject {
  /// What the screen draws the past from.
  var history: any HistoryReader { get }
  /// When it wants its next turn.
  var due: SteadyTime { get }
  /// What it takes a turn for when it has come.
  var watched: [Watched] { get }
  /// Something new is awaited at any moment: a frame that only time would change can wait for it.
  var isNewsNear: Bool { get }

  /// Before the loop begins.
  func begin(_ state: AppState) -> [AppEvent]
  /// Takes what has come, and does what is due.
  func turn(_ state: AppState) -> [AppEvent]
  /// Does what the dashboard itself cannot.
  func perform(_ effect: Effect, _ state: AppState) -> [AppEvent]
  /// This process is going to be stopped, and goes on.
  func pause()
  func resume()
  /// The terminal is given back: sees what is under way to its end.
  func end()
}

extension DashboardSource {
  var watched: [Watched] { [] }
}

/// Opens what is to be shown and the terminal, runs the dashboard, and ends as it ended.
struct ScreenSession {
  let open: (any EventLoop) throws(Failure) -> any DashboardSource
  let isASCII: Bool
  let settings: ScreenSettings
  let list: ListChoice
  /// What says the same without a screen.
  var plainly = "memtop -b"

  func run() throws(Failure) {
    // Blocked before the first thread, so that only the loop sees them.
    let loop = PollLoop(signals: Signals(ending: .ending))
    let isUTF8 = TerminalLocale.adopt()
    // What can fail in words fails before the screen is taken.
    let source = try open(loop)
    try CursesTerminal.requireTerminal(plainly)
    let terminal = try CursesTerminal(isUTF8: isUTF8)
    var settings = settings
    settings.clock = LocalTime.clock
    let dashboard = Dashboard(
      source: source, loop: loop, terminal: terminal, settings: settings, list: list,
      glyphs: isUTF8 && !isASCII ? .unicode : .ascii)
    switch dashboard.run() {
    case .quit: return
    case .signal(let number): Signals.die(by: number)
    }
  }
}

extension AppState {
  /// How long the screen may go without being told the time.
  var tickLength: Span {
    if case .past(_, .some) = playback.timeline { return Span(milliseconds: 250) }
    return .seconds(1)
  }
}
