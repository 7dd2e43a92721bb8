import MemtopCore

extension AppState {
  /// To where nothing newer is: the host as it is, or the end of a recording.
  mutating func goToPresent(_ history: any HistoryReader) {
    settings.isReplay ? goToNewest(history) : goLive()
  }

  mutating func freeze() {
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

  enum SpeedKey { case play, slower, faster }

  mutating func setSpeed(_ key: SpeedKey) {
    guard let at = instant else { return }
    switch (timeline, key) {
    case (.past(_, .some), .play): timeline = .past(at: at, playing: nil)
    case (.past(_, nil), .play), (.past(_, nil), .faster):
      timeline = .past(at: at, playing: speed)
    case (.past(_, .some), .faster), (.past(_, .some), .slower):
      speed = key == .faster ? speed.faster : speed.slower
      timeline = .past(at: at, playing: speed)
    case (.following, .play): timeline = .past(at: at, playing: nil)
    case (.following, .faster): say("Nothing newer to play")
    case (.live, _), (.past(_, nil), .slower), (.following, .slower): break
    }
  }

  /// The instant shown, which may lie between two samples; nil before there is one.
  var instant: SteadyTime? {
    switch timeline {
    case .live, .following: shown?.steady
    case .past(let at, _): at
    }
  }

  /// Where to in the past; what is shown there can be looked at, but not changed.
  enum Step { case sampleOn, sampleBack, nextEvent, previousEvent, firstSample, lastSample }

  mutating func step(_ step: Step, _ history: any HistoryReader) {
    guard let at = instant else { return }
    // Between two samples the earlier one is seen: back is the one before that, but for a gap, where
    // none is seen.
    let seen = gap == nil ? shown?.steady ?? at : at
    let target: SteadyTime? =
      switch step {
      case .sampleOn: history.sampleTime(.later, than: at)
      case .sampleBack: history.sampleTime(.earlier, than: seen)
      case .nextEvent: history.eventTime(.later, than: at, of: pageDomain)
      case .previousEvent: history.eventTime(.earlier, than: seen, of: pageDomain)
      case .firstSample: history.range?.lowerBound
      case .lastSample: history.range?.upperBound
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
