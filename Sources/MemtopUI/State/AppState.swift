import MemtopCore

/// All that the screen depends on; `reduce` changes it, `Screen.draw` is a function of it.
///
/// Its four parts change themselves only; what concerns several is done here, in `Update`.
package struct AppState: Sendable {
  package var settings: ScreenSettings
  package var size: ScreenSize { didSet { renewLayout() } }
  /// The newest tick's time.
  package var now: SteadyTime

  /// The newest snapshot, and the one shown: the same while live.
  package internal(set) var live: Snapshot? { didSet { staging.forgetJudgement() } }
  package internal(set) var shown: Snapshot? { didSet { renewDigest() } }
  /// What follows from what is shown.
  package private(set) var digest = HostDigest(nil)
  private var advice = KeptAdvice()
  /// The columns of the list as it is shown.
  package private(set) var layout: ColumnLayout
  package internal(set) var recording = RecordingStatus.off
  /// Why there are no samples: "xenstore has not responded for 5 s".
  package internal(set) var problem: String?
  package internal(set) var message: Message?

  package internal(set) var list: ListState
  package internal(set) var pages = PageState()
  package internal(set) var staging = StagingState()
  package internal(set) var playback = PlaybackState()

  /// - Parameters:
  ///   - sort: the order of the list, until the operator chooses another.
  ///   - isReversed: that order turned round.
  ///   - filter: what is shown, until the operator chooses another.
  package init(
    settings: ScreenSettings, size: ScreenSize, now: SteadyTime, sort: ListState.Sort = .trouble,
    isReversed: Bool = false, filter: Filter = .none
  ) {
    self.settings = settings
    self.size = size
    self.now = now
    list = ListState(sort: sort, isReversed: isReversed, filter: filter)
    layout = ColumnLayout(digest, width: size.columns)
  }

  /// The snapshot with the advice for every domain.
  mutating func advised(_ snapshot: Snapshot) -> Snapshot {
    var snapshot = snapshot
    advice.note(on: &snapshot, settings.policies)
    return snapshot
  }

  private mutating func renewDigest() {
    let before = digest
    digest = digest.renewed(for: shown)
    if !digest.isAsWide(as: before) { renewLayout() }
  }

  private mutating func renewLayout() { layout = ColumnLayout(digest, width: size.columns) }
}

/// What was decided outside the screen.
package struct ScreenSettings: Sendable {
  /// Nothing changes the host: `--read-only`, or no writer. Then the commands do not exist.
  package var isReadOnly: Bool
  /// Between samples.
  package var interval: Span
  package var clock: LocalClock
  package var source: ScreenSource
  /// What advice goes by.
  package var policies: PolicySet

  package init(
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
  package var isReplay: Bool { source != .host }

  /// The recording that is shown is being written.
  var follows: Bool {
    if case .recording(_, let follows) = source { follows } else { false }
  }
}

/// One line that answers a key, for a few seconds.
package struct Message: Hashable, Sendable {
  package var text: String
  package var alarm: Alarm
  package var until: SteadyTime
  /// It stays until Esc or another message takes its place.
  package var stays = false

  /// What went wrong stays longer: the operator may look elsewhere.
  static func lifetime(_ alarm: Alarm) -> Span { alarm == .danger ? .minutes(2) : .seconds(8) }
}

extension AppState {
  /// Where keys go.
  package var mode: Mode {
    switch pages.layers.last {
    case .help: .help
    case .prompt: .prompt
    case .review: .review
    case .progress: .progress
    case .events: .events
    case .page: pageMode
    case nil: playback.timeline.isLive ? (staging.isEmpty ? .list : .listStaged) : .listPast
    }
  }

  private var pageMode: Mode {
    playback.timeline.isLive ? (staging.isEmpty ? .page : .pageStaged) : .pagePast
  }

  /// The key that does this on a domain's page; nil where none does now.
  func keyOnPage(_ id: Command.ID) -> String? {
    let key = Command.of(id).keys[0]
    return Command.named(by: key, in: pageMode, settings) == nil ? nil : key
  }

  /// The domain under the cursor; on a page, the page's.
  package var selected: DomainSample? { list.cursor.flatMap { shown?.domain($0) } }

  /// The host that is acted on: the selected domain's.
  package var here: HostNumber { selected?.id.host ?? .only }

  /// The newest snapshot of that host alone.
  package var liveHere: Snapshot? { live.map { $0.of(here) } }

  /// Longer than three intervals without a sample, and nothing may be decided on what is shown.
  package var isLate: Bool {
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
  package var plan: ScreenPlan {
    ScreenPlan(
      size: size, hasTimeline: !playback.timeline.isLive, hosts: shown?.hosts.count ?? 0)
  }
}

/// Times as the screen writes them: local, by the clock of that time.
struct Clock {
  let local: LocalClock

  init(_ settings: ScreenSettings) { local = settings.clock }

  /// "14:02:11".
  func time(_ time: WallTime) -> String {
    let seconds = local.local(time).time.wholeSeconds
    return Self.two(seconds / 3600) + ":" + Self.two(seconds / 60 % 60) + ":"
      + Self.two(seconds % 60)
  }

  /// "2026-11-20".
  func date(_ time: WallTime) -> String {
    let (year, month, day) = local.local(time).day.date
    let digits = "\(year)"
    return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits + "-"
      + Self.two(month) + "-" + Self.two(day)
  }

  /// "2026-11-20 14:02:11".
  func dateAndTime(_ time: WallTime) -> String { date(time) + " " + self.time(time) }

  /// The time, and its day where that is not the day of `other`.
  func time(_ time: WallTime, beside other: WallTime) -> String {
    isSameDay(time, other) ? self.time(time) : dateAndTime(time)
  }

  func isSameDay(_ a: WallTime, _ b: WallTime) -> Bool { local.local(a).day == local.local(b).day }

  static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
