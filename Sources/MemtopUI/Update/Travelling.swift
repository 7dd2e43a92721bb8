import MemtopCore

extension AppState {
  /// Goes about in the past; what is shown there can be looked at, but not changed.
  mutating func travel(_ command: Command.ID, _ history: any HistoryReader) {
    switch command {
    case .freeze: freeze()
    case .goToTime: ask(.time)
    case .live: settings.isReplay ? goToNewest(history) : goLive()
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
    gap = nil
    if let live { show(live) }
  }

  /// In a recording; on one that grows the screen stays there.
  mutating func goToNewest(_ history: any HistoryReader) {
    guard let newest = history.range?.upperBound else { return say("Nothing is recorded yet") }
    jump(to: newest, playing: nil, history)
    if settings.follows { timeline = .following }
  }

  private mutating func setSpeed(_ command: Command.ID) {
    guard let at = instant else { return }
    switch (timeline, command) {
    case (.past(_, .some), .play): timeline = .past(at: at, playing: nil)
    case (.past(_, nil), .play), (.past(_, nil), .faster):
      timeline = .past(at: at, playing: speed)
    case (.past(_, .some), .faster), (.past(_, .some), .slower):
      speed = command == .faster ? speed.faster : speed.slower
      timeline = .past(at: at, playing: speed)
    case (.following, .play): timeline = .past(at: at, playing: nil)
    case (.following, .faster): say("Nothing newer to play")
    default: break
    }
  }

  /// The instant shown, which may lie between two samples; nil before there is one.
  var instant: SteadyTime? {
    switch timeline {
    case .live, .following: shown?.steady
    case .past(let at, _): at
    }
  }

  private mutating func step(_ command: Command.ID, _ history: any HistoryReader) {
    guard let at = instant else { return }
    // Between two samples the earlier one is seen: back is the one before that, but for a gap, where
    // none is seen.
    let seen = gap == nil ? shown?.steady ?? at : at
    let target: SteadyTime? =
      switch command {
      case .sampleOn: history.sampleTime(.later, than: at)
      case .sampleBack: history.sampleTime(.earlier, than: seen)
      case .nextEvent: history.eventTime(.later, than: at, of: pageDomain)
      case .previousEvent: history.eventTime(.earlier, than: seen, of: pageDomain)
      case .firstSample: history.range?.lowerBound
      default: history.range?.upperBound
      }
    guard let target else { return say("No more history in that direction") }
    jump(to: target, playing: nil, history)
  }

  mutating func jump(to time: SteadyTime, playing: PlaySpeed?, _ history: any HistoryReader) {
    guard let snapshot = history.snapshot(at: time) else { return say("No history from that time") }
    timeline = .past(at: time, playing: playing)
    noteGap(at: time, history)
    show(snapshot)
  }

  /// Whether anybody was looking at the instant shown.
  private mutating func noteGap(at time: SteadyTime, _ history: any HistoryReader) {
    gap = history.gap(from: time, to: time).flatMap { wall($0, history) }
  }

  private func wall(_ range: ClosedRange<SteadyTime>, _ history: any HistoryReader)
    -> ClosedRange<WallTime>?
  {
    guard let begin = history.wallTime(at: range.lowerBound),
      let end = history.wallTime(at: range.upperBound)
    else { return nil }
    // The clock may have been set back meanwhile.
    return begin...max(begin, end)
  }
}
