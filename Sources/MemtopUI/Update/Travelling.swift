import MemtopCore

extension AppState {
  /// To where nothing newer is: the host as it is, or the end of a recording.
  mutating func goToPresent(_ history: any HistoryReader) {
    settings.isReplay ? goToNewest(history) : goLive()
  }

  mutating func freeze() {
    if let shown { playback.freeze(at: shown.steady) }
  }

  mutating func goLive() {
    playback.goLive()
    if let live { show(live) }
  }

  /// In a recording; on one that grows the screen stays there.
  mutating func goToNewest(_ history: any HistoryReader) {
    guard let newest = history.range?.upperBound else { return say("Nothing is recorded yet") }
    jump(to: newest, playing: nil, history)
    if settings.follows { playback.follow() }
  }

  mutating func setSpeed(_ key: PlaybackState.SpeedKey) {
    guard let instant else { return }
    if !playback.press(key, at: instant) { say("Nothing newer to play") }
  }

  /// The instant shown, which may lie between two samples; nil before there is one.
  var instant: SteadyTime? {
    switch playback.timeline {
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
    let seen = playback.gap == nil ? shown?.steady ?? at : at
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
    playback.jump(to: time, playing: playing, gap: gap(at: time, history))
    show(snapshot)
  }

  /// Around an instant at which nobody was looking.
  private func gap(at time: SteadyTime, _ history: any HistoryReader) -> ClosedRange<WallTime>? {
    history.gap(from: time, to: time).flatMap { wall($0, history) }
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

  /// Asks for the timeline where it is shown.
  mutating func renewStrip(_ history: any HistoryReader) {
    let plan = self.plan
    guard !playback.timeline.isLive, plan.timeline != nil, !plan.isTooSmall,
      let range = history.range, let first = history.wallTime(at: range.lowerBound),
      let last = history.wallTime(at: range.upperBound)
    else { return playback.dropStrip() }
    let layout = TimelineLayout(
      first: first, last: last, clock: Clock(settings), width: size.columns)
    playback.renewStrip(over: range, of: pageDomain, layout, history)
  }
}
