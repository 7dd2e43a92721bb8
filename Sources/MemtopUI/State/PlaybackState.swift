import MemtopCore

/// Which instant is shown, and how it moves. Only its own functions change it.
package struct PlaybackState: Sendable {
  package private(set) var timeline: Timeline = .live
  /// How fast the past is played, or was before it was paused.
  private(set) var speed = PlaySpeed.real
  /// Around the instant shown nobody was looking: from the sample before it to the one after it.
  package private(set) var gap: ClosedRange<WallTime>?
  /// What there is to the past, in one row; nil while live.
  private(set) var strip: TimelineStrip?
  /// When a recording that is followed had something new last, by this machine's steady clock.
  private(set) var grewAt: SteadyTime?
  /// The last sample of a recording.
  private var newest: SteadyTime?

  /// It stands still where nothing newer is.
  var isAtEnd: Bool {
    switch timeline {
    case .past(let at, nil): newest.map { at >= $0 } ?? false
    case .following: true
    case .live, .past: false
    }
  }

  mutating func note(newest: SteadyTime?) { self.newest = newest }

  mutating func goLive() { (timeline, gap) = (.live, nil) }

  mutating func follow() { timeline = .following }

  mutating func freeze(at time: SteadyTime) { timeline = .past(at: time, playing: nil) }

  mutating func jump(to time: SteadyTime, playing: PlaySpeed?, gap: ClosedRange<WallTime>?) {
    timeline = .past(at: time, playing: playing)
    self.gap = gap
  }

  /// Plays on to a sample without a gap before it.
  mutating func play(on time: SteadyTime, at speed: PlaySpeed) {
    timeline = .past(at: time, playing: speed)
  }

  mutating func leaveGap() { gap = nil }

  mutating func open(at speed: PlaySpeed?, now: SteadyTime) {
    self.speed = speed ?? .real
    grewAt = now
  }

  mutating func grow(at time: SteadyTime) { grewAt = time }

  enum SpeedKey { case play, slower, faster }

  /// - Returns: whether the key meant something at this instant.
  mutating func press(_ key: SpeedKey, at instant: SteadyTime) -> Bool {
    switch (timeline, key) {
    case (.past(_, .some), .play), (.following, .play): freeze(at: instant)
    case (.past(_, nil), .play), (.past(_, nil), .faster): play(on: instant, at: speed)
    case (.past(_, .some), .faster), (.past(_, .some), .slower):
      speed = key == .faster ? speed.faster : speed.slower
      play(on: instant, at: speed)
    case (.following, .faster): return false
    case (.live, _), (.past(_, nil), .slower), (.following, .slower): break
    }
    return true
  }

  mutating func dropStrip() { strip = nil }

  /// Asks for the timeline of these cells where it is not known yet.
  mutating func renewStrip(
    over range: ClosedRange<SteadyTime>, of domain: DomainID?, _ layout: TimelineLayout,
    _ history: any HistoryReader
  ) {
    let key = domain.map(HistoryKey.init)
    if let strip, strip.domain == key, strip.isGood(range, layout) { return }
    strip = TimelineStrip(
      from: range.lowerBound, to: range.upperBound, domain: key,
      marks: history.marks(
        of: domain, from: range.lowerBound, to: range.upperBound, cells: layout.cells),
      layout: layout)
  }
}

/// Which instant the screen shows.
package enum Timeline: Hashable, Sendable {
  case live
  case past(at: SteadyTime, playing: PlaySpeed?)
  /// The newest sample of a recording that somebody is writing, whenever there is a newer one.
  case following

  package var isLive: Bool { self == .live }

  /// What is shown is as new as it can be.
  var isNewest: Bool {
    switch self {
    case .live, .following: true
    case .past: false
    }
  }

  var isPlaying: Bool {
    if case .past(_, .some) = self { true } else { false }
  }
}

/// How many times as fast as it happened the past is played.
package enum PlaySpeed: Int64, CaseIterable, Hashable, Sendable {
  case real = 1
  case two = 2
  case five = 5
  case ten = 10
  case thirty = 30
  case sixty = 60
  case twoHundred = 200
  case sixHundred = 600

  package var faster: PlaySpeed { Self.neighbour(of: self, by: 1) }
  package var slower: PlaySpeed { Self.neighbour(of: self, by: -1) }

  private static func neighbour(of speed: PlaySpeed, by step: Int) -> PlaySpeed {
    let place = allCases.firstIndex(of: speed)! + step
    return allCases[min(max(0, place), allCases.count - 1)]
  }
}

/// The timeline as it was last asked of the past: that may cost, and it does not change.
struct TimelineStrip: Sendable {
  let from: SteadyTime
  let to: SteadyTime
  /// Whose it is; nil is everybody's.
  let domain: HistoryKey?
  let marks: [TimelineMark]
  let layout: TimelineLayout
}

extension TimelineStrip {
  /// A past that grew by less than a cell looks the same.
  fileprivate func isGood(_ range: ClosedRange<SteadyTime>, _ layout: TimelineLayout) -> Bool {
    let cell = (to - from) / Int64(max(1, marks.count))
    return layout.cells == marks.count && range.lowerBound == from
      && range.upperBound - to < max(.seconds(2), cell)
  }
}
