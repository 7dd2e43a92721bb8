import Glibc
import MemtopCore
import MemtopXen

/// The screen: one loop over the terminal, signals, samples and the time, on one thread.
final class Dashboard {
  /// How it ended.
  enum Ending {
    case quit
    case signal(Int32)
  }

  let host: HostConnection
  var state: AppState
  let history = History()
  let terminal: CursesTerminal
  let glyphs: GlyphSet
  let sampler: Sampler
  let worker: TargetWorker
  var driver: ChangeDriver?
  var input = TerminalInput()
  var ending: Ending?
  /// Events of memtop's own, for the next sample.
  var ownEvents: [HostEvent] = []

  private let signals: Signals
  private let bell: Doorbell
  private var nextSample = SteadyTime(milliseconds: 0)
  private var nextTick = SteadyTime(milliseconds: 0)
  /// Since when a sample has been awaited; the first one is asked for at once.
  var awaitedSince: SteadyTime? = HostClock.system.steady()
  /// Nothing but time has changed since the screen was drawn.
  private var isOnlyOlder = true

  /// Longer than this without an answer is told.
  private static let patience = Span.seconds(3)
  /// For so long a new time waits for the sample that was asked for with it, so that a second is one
  /// frame and not two.
  private static let sampleTime = Span(milliseconds: 500)

  init(
    host: HostConnection, terminal: CursesTerminal, signals: Signals, settings: ScreenSettings,
    sort: SortOrder?, glyphs: GlyphSet
  ) {
    self.host = host
    self.terminal = terminal
    self.signals = signals
    self.glyphs = glyphs
    let bell = Doorbell()
    self.bell = bell
    sampler = Sampler(host) { bell.ring() }
    worker = TargetWorker(writer: host.writer) { bell.ring() }
    state = AppState(
      settings: settings, size: terminal.resize(), now: HostClock.system.steady(),
      sort: sort.map { .field($0.field.id) } ?? .trouble, isReversed: sort?.isReversed ?? false)
  }

  /// Runs until the operator quits, a signal ends it or the terminal is gone; the terminal is given
  /// back, and what is being written is seen to its end.
  func run() -> Ending {
    while ending == nil {
      if !isOnlyOlder || !isSampleNear {
        terminal.show(Screen.draw(state, history: history, glyphs: glyphs))
      }
      wait()
    }
    terminal.end()
    sampler.end()
    finishWriting()
    return ending ?? .quit
  }

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
    takeSamples()
    takeChange()
    keepTime(now)
  }

  private var isSampleNear: Bool {
    awaitedSince.map { HostClock.system.steady() - $0 < Self.sampleTime } ?? false
  }

  private func sleepTime() -> Int64 {
    let now = HostClock.system.steady()
    var due = min(nextSample, nextTick)
    if let patience = input.patience(at: now) { due = min(due, now + patience) }
    return max(0, (due - now).milliseconds)
  }

  private func keepTime(_ now: SteadyTime) {
    let isDue = now >= nextSample
    if isDue {
      ask()
      awaitedSince = awaitedSince ?? now
      let interval = driver?.isWriting == true ? ChangeDriver.pace : state.settings.interval
      nextSample = max(nextSample + interval, now)
    }
    guard now >= nextTick || isDue else { return }
    nextTick = now + state.tickLength
    state.settings.utcOffset = LocalTime.utcOffset
    tellOfWaiting(now)
    perform(reduce(&state, .tick(now), history: history))
  }

  /// Asks for a sample soon: a change under way wants the guard's facts with it.
  func ask() {
    if let driver, !driver.run.isFinished { driver.requestSample() } else { sampler.request() }
  }

  func hurry() { nextSample = HostClock.system.steady() }

  private func tellOfWaiting(_ now: SteadyTime) {
    let waited = sampler.waiting(at: now)
    guard waited > Self.patience else { return }
    let problem = host.waitingFor() ?? "the host has not answered for \(waited.wholeSeconds) s"
    perform(reduce(&state, .sourceProblem(problem), history: history))
  }

  private func takeSignals() {
    while let number = signals.next() {
      switch number {
      case SIGWINCH: resize()
      case SIGTSTP: suspend(.process)
      case SIGCONT: takeBack()
      default: ending = .signal(number)
      }
    }
  }

  private func resize() {
    perform(reduce(&state, .resized(terminal.resize()), history: history))
  }

  private func takeInput(_ events: Int16) {
    guard events & Int16(POLLIN) != 0, case .keys(let keys) = input.read() else {
      if events & Int16(POLLIN | POLLHUP | POLLERR | POLLNVAL) != 0 { ending = .signal(SIGHUP) }
      return
    }
    press(keys)
  }

  private func press(_ keys: [Key]) {
    for key in keys where ending == nil {
      let effects = reduce(&state, .key(key), history: history)
      perform(effects)
      // What was typed ahead of a review includes what has been read already.
      if effects.contains(.flushInput) { return }
    }
  }

  /// Nothing of memtop may hold up a guest while it is stopped: the watch is given back.
  func suspend(_ whom: Signals.Stopped) {
    terminal.end()
    host.pause()
    Signals.stop(whom)
    // What was to end it meanwhile ends it, before it could be stopped once more for wanting the
    // terminal from the background.
    while let number = signals.next() {
      if Signals.ending.contains(number) { ending = .signal(number) }
    }
    guard ending == nil else { return }
    // In this order: in the background, a shell stops it once more when it takes the terminal.
    takeBack()
    host.resume()
    hurry()
  }

  /// After a stop: the terminal may be set otherwise now, and have another size.
  private func takeBack() {
    guard terminal.takeBack() else { return ending = .signal(SIGHUP) }
    resize()
  }
}
