import MemtopCore

/// All that the screen depends on; `reduce` changes it, `Screen.draw` is a function of it.
///
/// Its four parts change themselves only; what concerns several is done here, in `Update`.
public struct AppState: Sendable {
  public var settings: ScreenSettings
  public var size: ScreenSize
  /// The newest tick's time.
  public var now: SteadyTime

  /// The newest snapshot, and the one shown: the same while live.
  public internal(set) var live: Snapshot? { didSet { staging.forgetJudgement() } }
  public internal(set) var shown: Snapshot?
  public internal(set) var recording = RecordingStatus.off
  /// Why there are no samples: "xenstore has not responded for 5 s".
  public internal(set) var problem: String?
  public internal(set) var message: Message?

  public internal(set) var list: ListState
  public internal(set) var pages = PageState()
  public internal(set) var staging = StagingState()
  public internal(set) var playback = PlaybackState()

  /// - Parameters:
  ///   - sort: the order of the list, until the operator chooses another.
  ///   - isReversed: that order turned round.
  public init(
    settings: ScreenSettings, size: ScreenSize, now: SteadyTime, sort: ListState.Sort = .trouble,
    isReversed: Bool = false
  ) {
    self.settings = settings
    self.size = size
    self.now = now
    list = ListState(sort: sort, isReversed: isReversed)
  }
}

/// What was decided outside the screen.
public struct ScreenSettings: Sendable {
  /// Nothing changes the host: `--read-only`, or no writer. Then the commands do not exist.
  public var isReadOnly: Bool
  /// Between samples.
  public var interval: Span
  public var clock: LocalClock
  public var source: ScreenSource
  /// What advice goes by.
  public var policies: PolicySet

  public init(
    isReadOnly: Bool = false, interval: Span = .seconds(1), clock: LocalClock = .utc,
    source: ScreenSource = .host, policies: PolicySet = .standard
  ) {
    self.isReadOnly = isReadOnly
    self.interval = interval
    self.clock = clock
    self.source = source
    self.policies = policies
  }

  /// A recording is shown: there is no host.
  public var isReplay: Bool { source != .host }

  /// The recording that is shown is being written.
  var follows: Bool {
    if case .recording(_, let follows) = source { follows } else { false }
  }
}

/// One line that answers a key, for a few seconds.
public struct Message: Hashable, Sendable {
  public var text: String
  public var alarm: Alarm
  public var until: SteadyTime
  /// It stays until Esc or another message takes its place.
  public var stays = false

  /// What went wrong stays longer: the operator may look elsewhere.
  static func lifetime(_ alarm: Alarm) -> Span { alarm == .danger ? .minutes(2) : .seconds(8) }
}

extension AppState {
  /// Where keys go.
  public var mode: Mode {
    switch pages.layers.last {
    case .help: .help
    case .prompt: .prompt
    case .review: .review
    case .progress: .progress
    case .events: .events
    case .page: playback.timeline.isLive ? (staging.isEmpty ? .page : .pageStaged) : .pagePast
    case nil: playback.timeline.isLive ? (staging.isEmpty ? .list : .listStaged) : .listPast
    }
  }

  /// The domain under the cursor; on a page, the page's.
  public var selected: DomainSample? { list.cursor.flatMap { shown?.domain($0) } }

  /// Longer than three intervals without a sample, and nothing may be decided on what is shown.
  public var isLate: Bool {
    guard let live else { return true }
    return problem != nil || now - live.steady > max(.seconds(3), settings.interval * 3)
  }

  mutating func say(_ text: String, _ alarm: Alarm = .quiet) {
    message = Message(text: text, alarm: alarm, until: now + Message.lifetime(alarm))
  }

  /// Until Esc, or another message.
  mutating func stay(_ text: String) {
    message = Message(text: text, alarm: .danger, until: now, stays: true)
  }

  /// Which row of the screen holds what now.
  public var plan: ScreenPlan {
    ScreenPlan(size: size, hasTimeline: !playback.timeline.isLive)
  }
}
