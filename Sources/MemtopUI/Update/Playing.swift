import MemtopCore

extension AppState {
  /// Moves the past on while it is played, over what nobody saw; at its end a session is live again,
  /// and a recording pauses, or is followed.
  mutating func play(_ passed: Span, _ history: any HistoryReader) {
    guard case .past(let at, .some(let speed)) = playback.timeline, passed > .zero else { return }
    // Who stopped memtop for an hour does not want to have missed one.
    let step = min(passed, Self.longestStep) * speed.rawValue
    guard let end = history.range?.upperBound, at + step < end else {
      return finishPlaying(history)
    }
    let next = at + step
    if let gap = history.gap(from: at, to: next) { return play(over: gap, history) }
    playback.play(on: next, at: speed)
    if let snapshot = history.snapshot(at: next),
      snapshot.steady != shown?.steady || playback.gap != nil
    {
      playback.leaveGap()
      show(snapshot)
    }
  }

  private static let longestStep = Span.seconds(2)

  private mutating func play(over gap: ClosedRange<SteadyTime>, _ history: any HistoryReader) {
    jump(to: gap.upperBound, playing: playback.speed, history)
    if let begin = history.wallTime(at: gap.lowerBound), let shown {
      say("Skipped: \(GapText(begin...max(begin, shown.time), self).sentence)")
    }
  }

  private mutating func finishPlaying(_ history: any HistoryReader) {
    guard settings.isReplay else {
      goLive()
      return say("Live again")
    }
    goToNewest(history)
    say(settings.follows ? "Following: this is the newest sample" : "The end of the recording")
  }

  /// Opens a recording at a time, at its beginning, or, where it is followed, at its end.
  mutating func open(at time: TypedTime?, speed: PlaySpeed?, _ history: any HistoryReader) {
    guard let range = history.range else { return }
    playback.open(at: speed, now: now)
    guard let time else {
      return settings.follows
        ? goToNewest(history) : jump(to: range.lowerBound, playing: speed, history)
    }
    // So long after the beginning, or before the end.
    var reference = range.upperBound
    if case .relative(let span) = time, span >= .zero { reference = range.lowerBound }
    jump(to: reference, playing: nil, history)
    if let problem = go(to: time, playing: speed, history) { say(problem, .warning) }
  }

  /// The recording has become longer.
  mutating func grow(_ history: any HistoryReader) {
    playback.grow(at: now)
    guard playback.timeline == .following else { return }
    goToNewest(history)
  }

  /// A typed time; what is wrong with it, where it leads nowhere.
  mutating func go(to time: TypedTime, playing: PlaySpeed?, _ history: any HistoryReader)
    -> String?
  {
    guard let range = history.range, let first = history.wallTime(at: range.lowerBound),
      let last = history.wallTime(at: range.upperBound), let instant
    else { return "no history from that time" }
    var target: SteadyTime
    if case .relative(let span) = time {
      // By the steady clock: it has no repeated hours.
      target = instant + span
    } else {
      let shown = history.wallTime(at: instant) ?? last
      let wall = time.meant(
        shown: shown, kept: min(first, last)...max(first, last), clock: settings.clock)
      target = steady(of: wall + TypedTime.typedSecond, history) ?? range.lowerBound
      if wall > last { target = max(target, range.upperBound + Span(milliseconds: 1)) }
      if wall + TypedTime.typedSecond < first {
        target = range.lowerBound + Span(milliseconds: -1)
      }
    }
    if target > range.upperBound, playback.timeline.isLive { return "that is in the future" }
    jump(to: min(max(target, range.lowerBound), range.upperBound), playing: playing, history)
    let clock = Clock(settings)
    if target < range.lowerBound {
      say("No history before \(clock.time(first, beside: last))")
    }
    if target > range.upperBound { say("No history after \(clock.time(last, beside: first))") }
    return nil
  }

  /// The instant at which the wall clock showed this; it may lie between two samples.
  private func steady(of wall: WallTime, _ history: any HistoryReader) -> SteadyTime? {
    guard let sample = history.sampleTime(at: wall), let shown = history.wallTime(at: sample) else {
      return nil
    }
    let instant = sample + max(.zero, wall - shown)
    // Where the clock was set on or back after that sample, it is the last instant before the next.
    guard let next = history.sampleTime(.later, than: sample) else { return instant }
    return min(instant, next + Span(milliseconds: -1))
  }
}

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

  /// Nothing newer is recorded than what is shown.
  var isAtEnd: Bool { settings.isReplay && playback.isAtEnd }

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
  enum Step {
    case sampleOn, sampleBack, nextEvent, previousEvent, firstSample, lastSample

    fileprivate var nothingMore: String {
      switch self {
      case .sampleOn: "No later sample"
      case .sampleBack: "No earlier sample"
      case .nextEvent: "No later event"
      case .previousEvent: "No earlier event"
      case .firstSample, .lastSample: "No history yet"
      }
    }
  }

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
    guard let target else { return say(step.nothingMore) }
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
