extension AppState {
  /// Goes about in the past; what is shown there can be looked at, but not changed.
  mutating func travel(_ command: Command.ID, _ history: any HistoryReader) {
    switch command {
    case .freeze: freeze()
    case .goToTime: ask(.time)
    case .live: goLive()
    case .play, .slower, .faster: setSpeed(command)
    case .sampleOn, .sampleBack, .nextEvent, .previousEvent, .firstSample, .lastSample:
      step(command, history)
    default: break
    }
  }

  private mutating func freeze() {
    guard let shown else { return }
    timeline = .past(at: shown.steady, playing: nil)
  }

  mutating func goLive() {
    timeline = .live
    if let live { show(live) }
  }

  private mutating func setSpeed(_ command: Command.ID) {
    guard case .past(let at, let speed) = timeline else { return }
    switch command {
    case .play: timeline = .past(at: at, playing: speed == nil ? .real : nil)
    case .faster: timeline = .past(at: at, playing: speed?.faster ?? .real)
    default: timeline = .past(at: at, playing: speed?.slower)
    }
  }

  private mutating func step(_ command: Command.ID, _ history: any HistoryReader) {
    guard case .past(let at, _) = timeline else { return }
    let target: SteadyTime? =
      switch command {
      case .sampleOn: history.sampleTime(.later, than: at)
      case .sampleBack: history.sampleTime(.earlier, than: at)
      case .nextEvent: history.eventTime(.later, than: at)
      case .previousEvent: history.eventTime(.earlier, than: at)
      case .firstSample: history.range?.lowerBound
      default: history.range?.upperBound
      }
    guard let target else { return say("Nothing further that way is kept") }
    jump(to: target, playing: nil, history)
  }

  mutating func jump(to time: SteadyTime, playing: PlaySpeed?, _ history: any HistoryReader) {
    guard let snapshot = history.snapshot(at: time) else { return say("Nothing is kept from then") }
    timeline = .past(at: time, playing: playing)
    show(snapshot)
  }

  /// Moves the past on while it is played; at its end the screen is live again.
  mutating func play(_ passed: Span, _ history: any HistoryReader) {
    guard case .past(let at, .some(let speed)) = timeline, passed > .zero else { return }
    let next = at + passed * speed.rawValue
    guard let end = history.range?.upperBound, next < end else {
      goLive()
      return say("Live again")
    }
    timeline = .past(at: next, playing: speed)
    if let snapshot = history.snapshot(at: next), snapshot.steady != shown?.steady {
      show(snapshot)
    }
  }
}
