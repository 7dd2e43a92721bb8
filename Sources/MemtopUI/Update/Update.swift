import MemtopCore

/// The screen's next state, and what is to be done outside; a pure function of its arguments.
package func reduce(
  _ state: inout AppState, _ event: AppEvent, history: any HistoryReader = EmptyHistory()
) -> [Effect] {
  let effects: [Effect]
  switch event {
  case .snapshot(let snapshot):
    effects = state.arrive(snapshot)
    state.renewEvents(history)
  case .preview(let snapshot):
    state.preview(snapshot)
    effects = []
  case .readForChange(let snapshot, let facts): effects = state.judgeAnew(snapshot, facts)
  case .key(let key): effects = state.press(key, history)
  case .tick(let now): effects = state.tick(now, history)
  case .resized(let size):
    state.size = size
    effects = [.redraw]
  case .changeProgress(let progress):
    state.follow(progress)
    effects = []
  case .recording(let status):
    state.follow(status)
    effects = []
  case .opened(let time, let speed):
    state.open(at: time, speed: speed, history)
    effects = []
  case .remark(let text):
    state.say(text)
    effects = []
  case .grew:
    state.grow(history)
    state.renewEvents(history)
    effects = []
  case .sourceProblem(let problem):
    state.problem = problem
    effects = []
  }
  state.staging.judge(refused: state.refusedByFigures)
  state.renewStrip(history)
  if state.settings.isReplay { state.playback.note(newest: history.range?.upperBound) }
  state.keepCursorInSight()
  return effects
}

extension AppState {
  mutating func arrive(_ snapshot: Snapshot) -> [Effect] {
    live = snapshot
    problem = snapshot.problem
    now = max(now, snapshot.steady)
    if playback.timeline.isLive { show(snapshot) }
    dropOrdersOfTheGone()
    tellOfTheGoneInPrompt()
    return followOthersTargets()
  }

  /// A review never goes on showing what no longer is: it says what someone else has set, and the domains
  /// are read again. Below a prompt it stays as it was agreed to: what is typed there would be refused.
  private mutating func followOthersTargets() -> [Effect] {
    guard let live, case .review(var review) = pages.layers.last, review.stage == .ready,
      let news = review.overtaking(in: live)
    else { return [] }
    (review.news, review.plan) = (news, nil)
    return readAgain(&review, as: .reading)
  }

  /// Shows what is known of the host before there is a sample.
  mutating func preview(_ snapshot: Snapshot) {
    guard live == nil else { return }
    list.show(snapshot, before: shown, live: false)
    shown = snapshot
  }

  /// Puts a snapshot on the screen: the newest, or one of the past.
  mutating func show(_ snapshot: Snapshot) {
    let before = selected
    put(snapshot)
    if let before, HistoryKey(before.id) != list.cursor.map(HistoryKey.init) {
      leavePage(of: before)
    }
  }

  private mutating func put(_ snapshot: Snapshot) {
    let snapshot = showsAdvice ? advised(snapshot) : snapshot
    list.show(snapshot, before: shown, live: playback.timeline.isNewest)
    shown = snapshot
  }

  /// Whether anything on the screen hangs on the advice for every domain.
  private var showsAdvice: Bool {
    list.sort == .field(.advice) || list.filter.asks(.advice) || layout.column(.advice) != nil
  }

  /// A page never becomes another domain's by itself.
  private mutating func leavePage(of sample: DomainSample) {
    guard pages.closePages() else { return }
    let isLive = playback.timeline.isLive
    say("\(sample.name) \(isLive ? "is gone" : "is not there at this time")", .warning)
  }

  /// Orders the list anew after a sort, a filter, or the end of staging.
  mutating func relist() {
    if let shown { put(shown) }
  }

  mutating func tick(_ time: SteadyTime, _ history: any HistoryReader) -> [Effect] {
    let passed = time - now
    now = max(now, time)
    ageMessage()
    play(passed, history)
    return askAgain()
  }

  /// What is being typed hides a message: its time begins when it can be read.
  private mutating func ageMessage() {
    guard let message, !message.stays else { return }
    if mode == .prompt {
      self.message?.until = now + Message.lifetime(message.alarm)
    } else if message.until <= now {
      self.message = nil
    }
  }

  /// A domain that was replaced is not the one that the operator meant.
  private mutating func dropOrdersOfTheGone() {
    guard let live, !staging.isEmpty else { return }
    let gone = staging.orders.filter { live.domain($0.domain) == nil }
    guard !gone.isEmpty else { return }
    staging.keep { order in !gone.contains { $0.domain == order.domain } }
    let names = gone.map(\.name).joined(separator: ", ")
    let news = names + (gone.count == 1 ? " is gone" : " are gone")
    say(
      news + (gone.count == 1 ? "; its staged target is" : "; their staged targets are")
        + " dropped", .warning)
    judgeTheGone(Set(gone.map(\.domain)), news)
    if staging.isEmpty { endStaging() }
  }

  /// A review that shows them says so, and asks again. What lies over it stays: keys that are being typed
  /// there mean something else below.
  private mutating func judgeTheGone(_ gone: Set<DomainID>, _ news: String) {
    guard let live, var review = pages.review else { return }
    for index in review.rows.indices where gone.contains(review.rows[index].order.domain) {
      review.rows[index].verdict = Guard.verdict(on: review.rows[index].order, in: live)
    }
    (review.news, review.plan) = (Review.somethingChanged, nil)
    if review.stage == .rereading || staging.isEmpty { review.stage = .ready }
    pages.replaceReview(with: review)
    if pages.prompt?.purpose == .consent { pages.setProblem(news) }
  }

  /// A question about domains that are gone says so; only the operator takes it away.
  private mutating func tellOfTheGoneInPrompt() {
    guard let live, let purpose = pages.prompt?.purpose else { return }
    // A note may tell of its end.
    if case .note = purpose { return }
    guard let domains = purpose.domains else { return }
    guard !domains.contains(where: { live.domain($0) != nil }) else { return }
    pages.setProblem(domains.count == 1 ? "it is gone" : "they are gone")
  }
}

extension AppState {
  /// Recording has begun, ended, or ended by itself.
  mutating func follow(_ status: RecordingStatus) {
    let before = recording
    recording = status
    switch (before, status) {
    case (.on, .on(_, _, let trouble?)): say("Not recorded: \(trouble)", .warning)
    case (.on(_, _, _?), .on(_, _, nil)): say("Recording resumed")
    case (_, .on(let file, _, _)): say("Recording to \(file)")
    case (.on(let file, let since, _), .off), (.ending(let file, let since), .off):
      say("Recorded \((now - since).clock) to \(file)")
    case (_, .ending): break
    case (_, .stopped(let why)):
      let (reason, path) = Self.reasonFirst(why)
      stay("Recording stopped: \(reason). Esc dismisses this" + (path.map { "   \($0)" } ?? ""))
    case (_, .off): break
    }
  }

  mutating func toggleRecording() -> [Effect] {
    if case .ending(let file, _) = recording {
      say("\(file) is still being written", .warning)
      return []
    }
    return [.toggleRecording]
  }

  /// A narrow screen cuts off what comes last: of "/a/long/path: the disk is full" that is the path.
  private static func reasonFirst(_ why: String) -> (reason: Substring, path: Substring?) {
    guard why.hasPrefix("/"), let colon = why.utf8.firstIndex(of: UInt8(ascii: ":")),
      why[colon...].hasPrefix(": ")
    else { return (why[...], nil) }
    return (why[colon...].dropFirst(2), why[..<colon])
  }

  /// On a domain's page a note is about it.
  mutating func askForNote() {
    if case .page = pages.layers.last { return ask(.note(list.cursor)) }
    ask(.note(nil))
  }

  mutating func finishNote(_ text: String, _ domain: DomainID?, name: String?) -> [Effect] {
    pages.close()
    let text = text.trimmed
    guard !text.isEmpty else { return [] }
    say(recording.isOn ? "Noted" : "Noted for this run only; r starts a recording")
    return [.note(text: text, domain: domain, name: name)]
  }
}

extension Span {
  /// "00:12:31", as long as it lasts.
  var clock: String {
    let seconds = max(0, wholeSeconds)
    return Clock.two(seconds / 3600) + ":" + Clock.two(seconds / 60 % 60) + ":"
      + Clock.two(seconds % 60)
  }
}
